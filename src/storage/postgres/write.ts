import type { CommitResult, RunChange, RunRef } from '../store.ts'
import type { SqlClient, SqlRow } from './client.ts'
import { commitStatement } from './commit.ts'
import { now } from './statement.ts'

/** Writes a change; ending a run takes a second statement, which makes way for the session's next. */
export async function commitChange(
  client: SqlClient,
  schema: string,
  { ref, change }: { ref: RunRef; change: RunChange },
): Promise<CommitResult | null> {
  const { text, parameters } = commitStatement(schema, ref, change)
  const [row] = await client.query(text, parameters)
  const written = row ?? (await findWritten(client, schema, { ref, change }))
  if (!written) return null
  if (written === 'refused') return { cancelRequested: true, wake: [], refused: true }
  const ends = change.release?.to === 'end'
  const next = ends ? await wakeNext(client, schema, written['session_id']) : []
  const woken = change.release && !ends && written['woken'] === true
  return { cancelRequested: written['cancel_requested'] === true, wake: woken ? [ref.runId] : next }
}

/**
 * Tells why nothing was written: the same write was done before (a connection broke before its answer came), a cancellation
 * came first, or the claim is lost, which is null.
 *
 * @throws Error when the claim holds and the change does not fit the log.
 */
async function findWritten(
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
  if (row['owner'] !== null) throw new Error(`The log goes on at ${String(row['next_seq'])}`)
  return null
}

/** The session's next run in line, when it is only waiting for this. A statement of its own: it must see who came meanwhile. */
async function wakeNext(client: SqlClient, schema: string, sessionId: unknown): Promise<string[]> {
  if (typeof sessionId !== 'string') return []
  const rows = await client.query(
    `update ${schema}.runs set wake_at = coalesce(wake_at, ${now})
     where id = (select r.id from ${schema}.runs r
       where r.session_id = $1::text and r.ended_at is null order by r.serial limit 1)
       and status = 'queued' returning id`,
    [sessionId],
  )
  return rows.map((row) => String(row['id']))
}
