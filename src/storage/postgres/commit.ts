import type { CommitResult, RunChange, RunRef } from '../store.ts'
import type { SqlClient, SqlRow } from './client.ts'
import { type CommitRequest, commitStatement } from './commit-statement.ts'
import { now, statement } from './statement.ts'

/** Writes a change. A change that ends the run takes a second statement, which wakes the next run of the session. */
export async function commitChange(
  client: SqlClient,
  schema: string,
  request: CommitRequest,
): Promise<CommitResult | null> {
  const { ref, change } = request
  const [row] = await client.write(commitStatement(schema, request))
  const written = row ?? (await findEarlierWrite(client, schema, { ref, change }))
  if (!written) return null
  if (written === 'refused') return { cancelRequested: true, wake: [], refused: true }
  const ends = change.release?.to === 'end'
  const next = ends ? await wakeNext(client, schema, written['session_id']) : []
  const woken = change.release && !ends && written['woken'] === true
  return { cancelRequested: written['cancel_requested'] === true, wake: woken ? [ref.runId] : next }
}

/**
 * Finds out why nothing was written. Returns the row when the same write was done before, because a connection broke before
 * its answer came; `refused` when a cancellation came before a success; null when the claim is lost.
 *
 * @throws Error when the claim holds and the change does not continue the log.
 */
async function findEarlierWrite(
  client: SqlClient,
  schema: string,
  { ref, change }: { ref: RunRef; change: RunChange },
): Promise<SqlRow | 'refused' | null> {
  const [row] = await client.query(
    `select session_id, writes, owner, next_seq, wake_at <= now() as woken,
       cancel_requested_at is not null as cancel_requested
     from ${schema}.runs where id = $1::text and epoch = $2::bigint`,
    [ref.runId, ref.epoch],
  )
  if (!row) return null
  if (Number(row['writes']) === change.write) return row
  const succeeds = change.release?.to === 'end' && change.release.status === 'succeeded'
  if (row['owner'] !== null && succeeds && row['cancel_requested'] === true) return 'refused'
  if (row['owner'] !== null) throw new Error(`The log continues at ${String(row['next_seq'])}`)
  return null
}

// A statement of its own, because it must see runs that were admitted during the first one.
async function wakeNext(client: SqlClient, schema: string, sessionId: unknown): Promise<string[]> {
  if (typeof sessionId !== 'string') return []
  const rows = await client.write(
    statement(
      `update ${schema}.runs set wake_at = coalesce(wake_at, ${now})
     where id = (select r.id from ${schema}.runs r
       where r.session_id = $1::text and r.ended_at is null order by r.serial limit 1)
       and status = 'queued' returning id`,
      [sessionId],
    ),
  )
  return rows.map((row) => String(row['id']))
}
