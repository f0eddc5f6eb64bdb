import { maxAttempts } from '../../records/run.ts'
import type { Claimant, ClaimedRun } from '../store.ts'
import { isUniqueViolation, type SqlClient, type SqlRow } from './client.ts'
import type { Notes } from './outbox/notes.ts'
import { toRun } from './rows.ts'
import {
  hasOlderRun,
  newestMessages,
  runColumns,
  selectParts,
  toJournal,
  wholeRun,
} from './selects.ts'
import { createStatement, now } from './statement.ts'

/** A claim of a run, and what notes the approvals that expired. */
interface ClaimRequest extends Claimant {
  readonly runId: string
  readonly notes: Notes
}

/** The history of a claim ends with the message that exceeds this. No model takes as much. */
const historyBytes = 64 * 1_048_576

// Two statements: the claim, then the journal. Only the winner of the claim reads the journal.
export async function claimRun(
  client: SqlClient,
  schema: string,
  { runId, ...claimant }: ClaimRequest,
): Promise<ClaimedRun | null> {
  const row = await takeOver(client, schema, { runId, ...claimant })
  if (!row) return null
  const agentId = String(row['agent_id'])
  const isCancelled = row['cancel_requested_at'] !== null
  const attempts = Number(row['attempts'])
  // The owner ends a run of so many attempts. For this it needs the run's own calls; if these cannot be read either, the run alone.
  if (attempts > maxAttempts) return readBareClaim(client, schema, runId)
  const isOver = isCancelled || attempts === maxAttempts
  const limit = isOver ? 0 : (claimant.historyLimit?.(agentId) ?? Infinity)
  return readClaim(client, schema, { runId, limit })
}

async function takeOver(
  client: SqlClient,
  schema: string,
  { runId, owner, leaseMs, agents, notes }: ClaimRequest,
): Promise<SqlRow | undefined> {
  const built = createStatement()
  const { bind, part, select } = built
  const id = bind(runId)
  part(
    'claimed',
    `update ${schema}.runs r set status = 'running', epoch = r.epoch + 1, owner = ${bind(owner)},
       lease_until = ${now} + ${bind(leaseMs, 'float8')} * interval '1 millisecond', wake_at = null,
       started_at = coalesce(r.started_at, ${now}),
       attempts = case when r.lease_until is null then 0 else r.attempts + 1 end, writes = 0,
       takeover_seq = case when r.lease_until is null then r.takeover_seq else r.next_seq end
     where r.id = ${id} and r.ended_at is null and (r.lease_until is null or r.lease_until <= now())
       and (r.due_at <= now() or (r.status = 'queued' and not ${hasOlderRun(schema)}))
       and ${isFor(bind([...agents.keys()]))}
     returning r.id, r.agent_id, r.attempts, r.cancel_requested_at`,
  )
  part(
    'expired',
    `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now}
     where run_id in (select id from claimed) and status = 'pending' and expires_at <= now()
     returning *`,
  )
  notes.add(built, 'approval.resolved', 'expired')
  const [row] = await client
    .write(select('select agent_id, attempts, cancel_requested_at from claimed'))
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) return [] // another run of the session was claimed at the same time
      throw error
    })
  return row
}

/** SQL: may a claimant with these agents (a JSON list) take over run `r`? Cancelled runs need no agent, only an end. */
export function isFor(agents: string): string {
  return `(r.cancel_requested_at is not null or ${agents} ? r.agent_id)`
}

// The length of a stored text is known without reading it. Each entry but the last of a batch ends with a line feed.
const logBytes = (schema: string) =>
  `(select coalesce(sum(octet_length(e.lines) - (e.last_seq - e.first_seq)), 0) from ${schema}.run_events e
    where e.run_id = r.id) as log_bytes`

const claimedAt = 'extract(epoch from now()) * 1000 as claimed_at'

async function readClaim(
  client: SqlClient,
  schema: string,
  { runId, limit }: { readonly runId: string; readonly limit: number },
): Promise<ClaimedRun | null> {
  const history = newestMessages(schema, {
    session: 'r.session_id',
    before: `coalesce((select min(o.position) from ${schema}.run_messages o where o.run_id = r.id), 2147483647)`,
    limit: '$2::text::float8',
    bytes: String(historyBytes),
  })
  const [row] = await client.query(
    `select ${wholeRun(schema)}, ${selectParts(schema)}, ${claimedAt}, ${logBytes(schema)},
       (select json_agg(h.message order by h.position) from ${history} h) as history
     from ${schema}.runs r where r.id = $1::text`,
    [runId, limit],
  )
  if (!row) return null // the session was deleted a moment ago
  const journal = toJournal(row)
  const { sessionId, input } = journal.run
  const messages = sessionId === null ? input.history : row['history']
  return {
    history: (messages ?? []) as ClaimedRun['history'],
    journal,
    logBytes: Number(row['log_bytes']),
    now: Number(row['claimed_at']),
  }
}

/** Reads a claimed run without anything that may be large. */
async function readBareClaim(
  client: SqlClient,
  schema: string,
  runId: string,
): Promise<ClaimedRun | null> {
  const [row] = await client.query(
    `select ${runColumns(schema)}, ${claimedAt} from ${schema}.runs r where r.id = $1::text`,
    [runId],
  )
  if (!row) return null
  const run = toRun({ ...row, input: { ...(row['input'] as object), ...noConversation } })
  const journal = { run, messages: [], turns: [], toolCalls: [], approvals: [] }
  return { history: [], journal, now: Number(row['claimed_at']) }
}

const noConversation = { prompt: { role: 'user', content: [] }, history: [] }
