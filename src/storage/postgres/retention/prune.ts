import type { LogArchive, Pruned } from '../../store.ts'
import type { SqlClient } from '../client.ts'
import { statement } from '../statement.ts'
import type { LastWalk } from './archive-logs.ts'
import { pruneLogs } from './prune-logs.ts'

/**
 * How long to keep runs and sessions, in milliseconds. Whatever is left out is kept without limit.
 *
 * @see docs/decisions/041-a-conversation-is-kept-whole.md
 */
export interface Retention {
  /** Counts from the end of a run. Applies to runs without a session. */
  readonly runs?: number
  /** Counts from the last change of a session without an open run. Its runs, messages and approvals are deleted too. */
  readonly sessions?: number
  /** Counts from the last change of a change set that is not being written. With it goes what a rollback would need. */
  readonly changes?: number
  /** Counts from the delivery of a webhook, or from the time it was given up. Those that wait stay. */
  readonly deliveries?: number
  /**
   * Counts from the creation of a run that has ended. Its event log is deleted; the run, its messages, its trace and its approvals
   * stay. Logs go by whole days of UTC, so one may live a day longer. Whoever reads the events of such a run gets `gone`,
   * unless `blobStores` archives logs.
   *
   * @see docs/decisions/243-logs-are-dropped-by-the-day.md
   */
  readonly logs?: number
}

// The maximum of rows that one statement deletes, so that it holds its locks for a short time. A session takes its runs along.
const batchSizes = {
  runs: 1_000,
  sessions: 100,
  idempotency_keys: 1_000,
  change_sets: 100,
  outbox: 1_000,
} as const

/** What is deleted, and where logs go first. */
interface PruneOrder extends Retention {
  readonly archive: LogArchive | undefined
  readonly lastWalk: LastWalk
}

/**
 * Deletes runs, sessions and change sets that are older than the retention, and expired idempotency keys. Open runs stay. A session is
 * deleted as a whole. Rows that another transaction has locked are skipped.
 */
export async function pruneTables(
  client: SqlClient,
  schema: string,
  { runs, sessions, changes, deliveries, logs, ...order }: PruneOrder,
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
    changes: await prune(
      'change_sets',
      `status not in ('applying', 'rolling_back', 'migrating') and ${older('updated_at')}`,
      changes,
    ),
    ...(deliveries === undefined
      ? {}
      : { deliveries: await prune('outbox', older('settled_at'), deliveries) }),
    ...(logs === undefined ? {} : await pruneLogs(client, schema, { ageMs: logs, ...order })),
    idempotencyKeys: await prune('idempotency_keys', older('expires_at'), 0),
  }
}

async function deleteBatches(
  client: SqlClient,
  name: string,
  { table, condition, ageMs }: { table: keyof typeof batchSizes; condition: string; ageMs: number },
): Promise<number> {
  const size = batchSizes[table]
  const old = `select ctid from ${name} where ${condition} limit ${size} for update skip locked`
  const text = `delete from ${name} where ctid = any (array(${old})) returning 1 as deleted`
  for (let deleted = 0; ;) {
    const { length } = await client.write(statement(text, [ageMs]))
    deleted += length
    if (length < size) return deleted
  }
}
