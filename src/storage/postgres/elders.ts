import type { SqlClient, SqlRow } from './client.ts'
import { createStatement, now } from './statement.ts'

const replaceElder = `cancel_requested_at = coalesce(cancel_requested_at, ${now}), wake_at = ${now},
  cancel_reason = coalesce(cancel_reason, 'A newer run took its place.')`

/**
 * A replay repeats the cancellation, because an older version of this library admitted and cancelled in two transactions.
 */
export async function cancelElders(client: SqlClient, schema: string, row: SqlRow): Promise<void> {
  const { bind, part, select } = createStatement()
  const condition = `and r.serial < ${bind(String(row['serial']), 'bigint')} and r.cancel_requested_at is null`
  part('elder_rows', lockOpen(schema, bind(row['session_id'] as string | null), { condition }))
  part('elders', updateElders(schema))
  await client.write(select('select id from elders'))
}

/** SQL: locks the open runs of a session, the oldest first as in every other statement, so that none of two waits for the other. */
export function lockOpen(
  schema: string,
  session: string,
  { condition = '', lock = 'for no key update' } = {},
): string {
  return `select r.id from ${schema}.runs r where r.session_id = ${session} and r.ended_at is null ${condition}
    order by r.serial ${lock}`
}

/** SQL: requests the cancellation of the runs that the part `elder_rows` has locked. */
export function updateElders(schema: string): string {
  return `update ${schema}.runs set ${replaceElder}
    where id = any (array(select id from elder_rows)) and ended_at is null returning id`
}
