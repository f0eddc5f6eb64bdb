import type { Pruned } from '../store.ts'
import type { SqlClient } from './client.ts'

/** How long things are kept, in milliseconds; what is left out is kept for ever. */
export interface Retention {
  /** Runs without a session, from their end on. */
  readonly runs?: number
  /** Sessions without an open run, from their last change on; their runs, messages and approvals go with them. */
  readonly sessions?: number
}

/** Rows a statement deletes at most, so that none holds its locks for long; a session counts for its runs too. */
const batchSizes = { runs: 1_000, sessions: 100, idempotency_keys: 1_000 } as const

/**
 * Deletes what is older than the retention, and idempotency keys that no longer hold. A conversation goes as a whole or
 * not at all; what has not ended stays. Rows that somebody else is deleting or using are passed over.
 */
export async function pruneTables(
  client: SqlClient,
  schema: string,
  { runs, sessions }: Retention,
): Promise<Pruned> {
  const older = (column: string) =>
    `${column} < now() - $1::float8 * interval '1 millisecond' order by ${column}`
  const prune = (table: keyof typeof batchSizes, condition: string, ageMs: number | undefined) =>
    ageMs === undefined
      ? 0
      : deleteBatches(client, `${schema}.${table}`, { table, condition, ageMs })
  return {
    runs: await prune('runs', `session_id is null and ${older('ended_at')}`, runs),
    sessions: await prune('sessions', `open_runs = 0 and ${older('updated_at')}`, sessions),
    idempotencyKeys: await prune('idempotency_keys', older('expires_at'), 0),
  }
}

async function deleteBatches(
  client: SqlClient,
  name: string,
  { table, condition, ageMs }: { table: keyof typeof batchSizes; condition: string; ageMs: number },
): Promise<number> {
  const size = batchSizes[table]
  const text = `with old as (select ctid from ${name} where ${condition} limit ${size} for update skip locked)
    delete from ${name} where ctid = any (array(select ctid from old)) returning 1`
  for (let deleted = 0; ;) {
    const { length } = await client.query(text, [ageMs])
    deleted += length
    if (length < size) return deleted
  }
}
