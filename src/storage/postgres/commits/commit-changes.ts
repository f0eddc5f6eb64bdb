import type { CommitResult, RunChange, RunRef } from '../../store.ts'
import type { SqlClient, SqlRow } from '../client.ts'
import { createGroup } from '../group.ts'
import type { Notes } from '../outbox/notes.ts'
import { createStatement, now } from '../statement.ts'
import type { Commit } from './commit-rows.ts'
import { commitStatement } from './commit-statement.ts'

/** Creates the function that writes a change. Changes that arrive while others are written go together. */
export function createCommits(client: SqlClient, schema: string, notes: Notes) {
  const write = (commits: readonly Commit[], waits: boolean) =>
    client.write(commitStatement(schema, commits, { notes, waits }))
  const group = createGroup<Commit, CommitResult | null>({
    sizeOf: ({ change }) => sizeOf(change),
    async alone(commit) {
      const [row] = await write([commit], true)
      return conclude(commit, row ?? (await findEarlierWrite(client, schema, commit)))
    },
    async together(commits) {
      const rows = await write(commits, false)
      const byPlace = new Map(rows.map((row) => [row['place'], row]))
      return commits.map((commit, place) => {
        const row = byPlace.get(place)
        return row ? () => conclude(commit, row) : null
      })
    },
  })
  // A change that ends a run may take a second statement, which wakes the next run of the session.
  const conclude = async (commit: Commit, written: SqlRow | 'refused' | null) => {
    const { ref, change } = commit
    if (!written) return null
    if (written === 'refused') return { cancelRequested: true, wake: [], refused: true } as const
    const ends = change.release?.to === 'end'
    const next = ends ? await wakeNext(client, schema, written) : []
    const woken = change.release && !ends && written['woken'] === true
    const wake = woken ? [ref.runId] : next
    return { cancelRequested: written['cancel_requested'] === true, wake }
  }
  return (ref: RunRef, change: RunChange) => group({ ref, change })
}

/** About how many characters a change has. */
function sizeOf({ entries = [], messages = [], release }: RunChange): number {
  const output = release?.to === 'end' ? (release.output?.length ?? 0) : 0
  const lines = entries.reduce((sum, { json }) => sum + json.length, 0)
  return lines + output + messages.length * 1_000
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
  { ref, change }: Commit,
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

/**
 * Wakes the next run of a session. It is a statement of its own, because it must see runs that were admitted during the first
 * one. With no open run left there is none to wake: a later admission sees that as well, and makes its run due itself.
 */
async function wakeNext(client: SqlClient, schema: string, ended: SqlRow): Promise<string[]> {
  const sessionId = ended['session_id']
  if (typeof sessionId !== 'string' || ended['open_runs'] === 0) return []
  const { part, bind, select } = createStatement()
  const id = bind(sessionId)
  part(
    'woken',
    `update ${schema}.runs set wake_at = coalesce(wake_at, ${now})
     where id = (select r.id from ${schema}.runs r
       where r.session_id = ${id} and r.ended_at is null order by r.serial limit 1)
       and status = 'queued' returning id`,
  )
  // Sessions that nobody woke, because their process was lost in between, are found by this mark.
  part(
    'settled',
    `update ${schema}.sessions set waking = false
     where id = ${id} and (select count(*) from woken) >= 0 returning id`,
  )
  const rows = await client.write(select('select id from woken', { isPrepared: true }))
  return rows.map((row) => String(row['id']))
}
