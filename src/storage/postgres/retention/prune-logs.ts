import type { Pruned } from '../../store.ts'
import type { SqlClient } from '../client.ts'
import { dayOf } from '../selects.ts'
import { createStatement, statement } from '../statement.ts'
import { dropDay, keepOpen } from './log-days.ts'

/**
 * Deletes the logs of runs that were created more than `ageMs` ago and have ended. A day of logs is dropped as a whole; what open
 * runs wrote on it moves to day 0 first. A day that other transactions use stays for the next time. Logs that are in no
 * partition of their own day, and days that the role may not drop, are deleted in batches.
 *
 * @see docs/decisions/243-logs-are-dropped-by-the-day.md
 */
export async function pruneLogs(
  client: SqlClient,
  schema: string,
  ageMs: number,
): Promise<Pick<Pruned, 'logDays' | 'logs'>> {
  const { before, days } = await listOldDays(client, schema, ageMs)
  const busy: number[] = []
  let logDays = 0
  for (const { day, isMine } of days) {
    if (!isMine) continue
    if (busy.length > 0) {
      busy.push(day) // what is in the way of one day is in the way of the others
      continue
    }
    // Moves most rows before anything is locked.
    await client.write(statement(`${keepOpen(schema, day)} returning 1 as moved`, []))
    const outcome = await dropDay(client, schema, day)
    if (outcome === 'done') logDays++
    if (outcome === 'busy') busy.push(day)
  }
  return { logDays, logs: await deleteLogs(client, schema, { ageMs, before, busy }) }
}

/** Lists the days whose last moment is longer ago than `ageMs`, the oldest first. `before` is the day after them. */
async function listOldDays(client: SqlClient, schema: string, ageMs: number) {
  const rows = await client.query(
    `select t.before, p.day, p.is_mine
     from (select floor((extract(epoch from now()) * 1000 - $2::float8) / 86400000)::integer as before) t
     left join lateral (
       select substring(c.relname, '^run_events_([1-9][0-9]{0,8})$')::integer as day,
         pg_catalog.pg_has_role(c.relowner, 'USAGE') as is_mine
       from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
       where i.inhparent = to_regclass($1::text)
     ) p on p.day < t.before order by p.day`,
    [`${schema}.run_events`, ageMs],
  )
  return {
    before: Number(rows[0]?.['before']),
    days: rows
      .filter(({ day }) => day !== null)
      .map((row) => ({ day: Number(row['day']), isMine: row['is_mine'] === true })),
  }
}

/** So many runs are looked at by one statement. */
const batchSize = 500

/** Deletes what is in no partition of its own day, or in one that could not be dropped for lack of a right. */
async function deleteLogs(
  client: SqlClient,
  schema: string,
  { ageMs, before, busy }: { ageMs: number; before: number; busy: readonly number[] },
): Promise<number> {
  const day = dayOf(schema, 'run_id')
  const list = async (column: string, where: string) => {
    const text = `select distinct ${column} as day from ${schema}.run_events where ${where}`
    return (await client.query(text, [])).map((row) => Number(row['day']))
  }
  // days in the text, so that PostgreSQL leaves out the partitions of other days
  const old = await list(day, `day = 0 and ${day} < ${before}`)
  const others = await list('day', `day > 0 and day < ${before}`)
  const parts = [
    ...old.map((of) => ({ of, where: `day = 0 and ${day} = ${of}` })),
    ...others.filter((of) => !busy.includes(of)).map((of) => ({ of, where: `day = ${of}` })),
  ]
  let deleted = 0
  for (const part of parts) deleted += await deletePart(client, schema, { ageMs, ...part })
  return deleted
}

/**
 * Walks through the runs `of` a day that have rows `where` the condition says. It follows the order of an index, so that each batch
 * looks at other runs.
 */
async function deletePart(
  client: SqlClient,
  schema: string,
  { ageMs, of, where }: { readonly ageMs: number; readonly of: number; readonly where: string },
): Promise<number> {
  let after = ''
  for (let deleted = 0; ;) {
    const { part, bind, select } = createStatement()
    part(
      'batch',
      `select run_id from ${schema}.run_events where ${where} and run_id > ${bind(after)}
       group by run_id order by run_id limit ${batchSize}`,
    )
    part(
      'old',
      `select r.id from ${schema}.runs r where r.id = any (array(select run_id from batch))
         and r.ended_at is not null and r.created_at < now() - ${bind(ageMs, 'float8')} * interval '1 millisecond'`,
    )
    part(
      'deleted',
      `delete from ${schema}.run_events where day in (0, ${of}) and run_id = any (array(select id from old))`,
    )
    const [row] = await client.write(
      select(`select (select max(run_id) from batch) as last, (select count(*) from batch) as looked_at,
        (select count(*) from old) as logs`),
    )
    deleted += Number(row?.['logs'])
    if (Number(row?.['looked_at']) < batchSize) return deleted
    after = String(row?.['last'])
  }
}
