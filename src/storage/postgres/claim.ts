import { maxAttempts } from '../../records/run.ts'
import type { Claimant, ClaimedRun } from '../store.ts'
import { createGroup, maxSize } from './group.ts'
import { isUniqueViolation, type SqlClient, type SqlRow } from './client.ts'
import type { Notes } from './outbox/notes.ts'
import { toRun } from './rows.ts'
import {
  daysOf,
  hasOlderRun,
  newestMessages,
  runColumns,
  selectParts,
  toJournal,
  wholeRun,
} from './selects.ts'
import { createStatement, now } from './statement.ts'

/** A claim that is asked for. */
interface ClaimRequest extends Claimant {
  readonly runId: string
}

/** A claimed run whose parts are to be read. */
interface ClaimReading {
  readonly runId: string
  /** Who has claimed the run once more before it was read has another one. */
  readonly epoch: number
  /** How many messages of its session are read. */
  readonly limit: number
}

/** The history of a claim ends with the message that exceeds this. No model takes as much. */
const historyBytes = 64 * 1_048_576

/** With more messages than this in its session, a run is read alone. */
const smallHistory = 100

/** So many runs are read together. */
const maxReads = 1_000

/** A run that was never claimed has no parts yet. The claim itself returns it if its stored input has at most so many bytes. */
const smallInput = 8_000

/**
 * Creates the function that claims a run. The first claim of a run takes one statement. Any other takes two: the claim,
 * then the journal, which only the winner of the claim reads. Claims that arrive while others are on their way go together.
 */
export function createClaims(client: SqlClient, schema: string, notes: Notes) {
  const takeOver = createTakeOver(client, schema, notes)
  const readAlone = (reading: ClaimReading) =>
    readClaims(client, schema, [reading]).then(([claim = null]) => claim)
  const readTogether = createGroup<ClaimReading, ClaimedRun | null>({
    sizeOf: () => maxSize / maxReads,
    alone: readAlone,
    async together(readings) {
      const claims = await readClaims(client, schema, readings)
      return claims.map((claim) => async () => claim)
    },
  })
  return async (runId: string, claimant: Claimant): Promise<ClaimedRun | null> => {
    const row = await takeOver({ runId, ...claimant })
    if (!row) return null
    if (row['id'] !== null) return toClaim({ ...row, ...noParts }, 0)
    const isCancelled = row['is_cancelled'] === true
    const attempts = Number(row['takeovers'])
    const epoch = Number(row['claimed_epoch'])
    // The owner ends a run of so many attempts. For this it needs the run's own calls; if these cannot be read either, the run alone.
    if (attempts > maxAttempts) return readBareClaim(client, schema, { runId, epoch })
    const isOver = isCancelled || attempts === maxAttempts
    const limit = isOver ? 0 : (claimant.historyLimit?.(String(row['agent'])) ?? Infinity)
    const isSmall =
      attempts === 0 && Math.min(Number(row['session_messages']), limit) <= smallHistory
    const reading = { runId, epoch, limit }
    return isSmall ? readTogether(reading) : readAlone(reading)
  }
}

/** Makes the function that takes a run over, and resolves to its row; undefined if it cannot be claimed. */
function createTakeOver(client: SqlClient, schema: string, notes: Notes) {
  const send = (requests: readonly ClaimRequest[], waits: boolean) =>
    client.write(takeOverStatement(schema, requests, { notes, waits }))
  return createGroup<ClaimRequest, SqlRow | undefined>({
    sizeOf: ({ agents }) => 200 + agents.size * 40,
    async alone(request) {
      const [row] = await send([request], true).catch((error: unknown) => {
        if (isUniqueViolation(error)) return [] // another run of the session was claimed at the same time
        throw error
      })
      return row?.['is_claimed'] === true ? row : undefined
    },
    async together(requests) {
      const rows = await send(requests, false)
      const byPlace = new Map(rows.map((row) => [row['place'], row]))
      return requests.map((_, place) => {
        const row = byPlace.get(place)
        if (!row || row['is_locked'] === true) return null
        return async () => (row['is_claimed'] === true ? row : undefined)
      })
    },
  })
}

function takeOverStatement(
  schema: string,
  requests: readonly ClaimRequest[],
  { notes, waits }: { readonly notes: Notes; readonly waits: boolean },
) {
  const built = createStatement()
  const { bind, part, select } = built
  const input = requests.map(({ runId, owner, leaseMs, agents }, place) => {
    return { place, id: runId, owner, lease_ms: leaseMs, agents: [...agents.keys()] }
  })
  part(
    'input',
    `select * from jsonb_to_recordset(${bind(input)})
       as i (place integer, id text, owner text, lease_ms float8, agents jsonb)`,
  )
  const ids = 'array(select i.id from input i)'
  if (!waits) {
    part(
      'free',
      `select r.id from ${schema}.runs r where r.id = any(${ids}) for no key update skip locked`,
    )
  }
  part(
    'claimed',
    `update ${schema}.runs r set status = 'running', epoch = r.epoch + 1, owner = i.owner,
       lease_until = ${now} + i.lease_ms * interval '1 millisecond', wake_at = null,
       started_at = coalesce(r.started_at, ${now}),
       attempts = case when r.lease_until is null then 0 else r.attempts + 1 end, writes = 0,
       takeover_seq = case when r.lease_until is null then r.takeover_seq else r.next_seq end
     from input i
     where r.id = any(${waits ? ids : 'array(select id from free)'}) and r.id = i.id and r.ended_at is null
       and (r.lease_until is null or r.lease_until <= now())
       and (coalesce(r.due_at, 'infinity') <= now() or (r.status = 'queued' and not ${hasOlderRun(schema)}))
       and ${isFor('i.agents')}
     returning i.place, r.id, r.epoch, r.agent_id, r.session_id, r.attempts, r.cancel_requested_at,
       coalesce((select s.message_count from ${schema}.sessions s where s.id = r.session_id), 0) as session_messages,
       case when r.epoch = 1 and pg_column_size(r.input) <= ${smallInput} then r end as run`,
  )
  part(
    'expired',
    `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now}
     where run_id = any(array(select id from claimed)) and status = 'pending' and expires_at <= now()
     returning *`,
  )
  notes.add(built, 'approval.resolved', 'expired')
  const isLocked = waits ? 'false' : 'not exists (select 1 from free f where f.id = i.id)'
  return select(
    // a full join is a left join here, but one that PostgreSQL never makes row by row
    `select i.place, ${isLocked} as is_locked, c.place is not null as is_claimed, c.epoch as claimed_epoch, c.agent_id as agent, c.attempts as takeovers,
       c.cancel_requested_at is not null as is_cancelled, c.session_messages,
       (case when c.session_messages = 0 then c.run end).*, 0 as observations, ${claimedAt}
     from input i full join claimed c on c.place = i.place`,
    { isPrepared: true },
  )
}

/** SQL: may a claimant with these agents (a JSON list) take over run `r`? Cancelled runs need no agent, only an end. */
export function isFor(agents: string): string {
  return `(r.cancel_requested_at is not null or ${agents} ? r.agent_id)`
}

/**
 * Reads the sizes of logs by run id. The length of a stored text is known without reading it. Each entry but the last of a batch
 * ends with a line feed.
 */
async function readLogBytes(client: SqlClient, schema: string, runIds: readonly string[]) {
  if (runIds.length === 0) return new Map<unknown, number>()
  const rows = await client.query(
    `select i.id, (select coalesce(sum(octet_length(lines) - (last_seq - first_seq)), 0) from ${schema}.run_events
       where run_id = i.id and ${daysOf(schema, 'i.id')}) as bytes
     from jsonb_array_elements_text($1::text::jsonb) as i (id)`,
    [JSON.stringify(runIds)],
  )
  return new Map(rows.map(({ id, bytes }) => [id, Number(bytes)]))
}

const claimedAt = 'extract(epoch from now()) * 1000 as claimed_at'

/** The parts of a run before its first change. */
const noParts = {
  messages: null,
  run_turns: null,
  tool_calls: null,
  approvals: null,
  history: null,
}

/** Reads claimed runs in the order of the list. Null for a run that was claimed by another process a moment ago, or deleted. */
async function readClaims(
  client: SqlClient,
  schema: string,
  readings: readonly ClaimReading[],
): Promise<(ClaimedRun | null)[]> {
  const history = newestMessages(schema, {
    session: 'r.session_id',
    before: `coalesce((select min(o.position) from ${schema}.run_messages o where o.run_id = r.id), 2147483647)`,
    limit: 'i.messages',
    bytes: String(historyBytes),
  })
  const input = readings.map(({ runId, limit }) => ({ id: runId, messages: String(limit) }))
  const rows = await client.query(
    `select ${wholeRun(schema)}, ${selectParts(schema)}, ${claimedAt},
       (select json_agg(h.message order by h.position) from ${history} h) as history
     from ${schema}.runs r
     join jsonb_to_recordset($1::text::jsonb) as i (id text, messages float8) on i.id = r.id
     where r.id = any(array(select n.id from jsonb_to_recordset($1::text::jsonb) as n (id text)))`,
    [JSON.stringify(input)],
  )
  const resumed = rows.filter((row) => Number(row['next_seq']) > 0).map(({ id }) => String(id))
  const bytes = await readLogBytes(client, schema, resumed)
  const claims = new Map(rows.map((row) => [row['id'], toClaim(row, bytes.get(row['id']) ?? 0)]))
  return readings.map(({ runId, epoch }) => {
    const claim = claims.get(runId)
    return claim?.journal.run.epoch === epoch ? claim : null
  })
}

function toClaim(row: SqlRow, logBytes: number): ClaimedRun {
  const journal = toJournal(row)
  const { sessionId, input } = journal.run
  const messages = sessionId === null ? input.history : row['history']
  return {
    history: (messages ?? []) as ClaimedRun['history'],
    journal,
    logBytes,
    now: Number(row['claimed_at']),
  }
}

/** Reads a claimed run without anything that may be large. */
async function readBareClaim(
  client: SqlClient,
  schema: string,
  { runId, epoch }: Omit<ClaimReading, 'limit'>,
): Promise<ClaimedRun | null> {
  const [row] = await client.query(
    `select ${runColumns(schema)}, ${claimedAt} from ${schema}.runs r
     where r.id = $1::text and r.epoch = $2::bigint`,
    [runId, epoch],
  )
  if (!row) return null
  const run = toRun({ ...row, input: { ...(row['input'] as object), ...noConversation } })
  const journal = { run, messages: [], turns: [], toolCalls: [], approvals: [] }
  return { history: [], journal, now: Number(row['claimed_at']) }
}

const noConversation = { prompt: { role: 'user', content: [] }, history: [] }
