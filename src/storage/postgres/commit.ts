import type { Approval } from '../../records/approval.ts'
import { hasSuccess, type LogEntry, type ToolCall } from '../../records/run.ts'
import type { RunChange, RunRef } from '../store.ts'
import { createStatement, now, type Statement } from './statement.ts'
import type { ApprovalFacts } from './rows.ts'

/**
 * Writes a change in one statement, so in one transaction and one round trip. Everything hangs on `owned`: when the epoch
 * moved on, or the log does not end where the change begins, it has no row and nothing is written.
 */
export function commitStatement(schema: string, ref: RunRef, change: RunChange): Statement {
  const statement = createStatement()
  const { bind, part } = statement
  const { entries = [], messages = [], approvals = [], release } = change
  const [first] = entries
  const owned = `id = ${bind(ref.runId)} and epoch = ${bind(ref.epoch, 'bigint')} and owner is not null`
  const sets = [
    `writes = ${change.write === undefined ? 'writes + 1' : bind(change.write, 'integer')}`,
    ...(first ? [`next_seq = next_seq + ${entries.length}`] : []),
    ...(messages.length > 0 ? [`next_message = next_message + ${messages.length}`] : []),
    ...(change.turn ? [`turns = greatest(turns, ${bind(change.turn.turn, 'integer')})`] : []),
    ...(hasSuccess(change.toolCalls ?? []) ? ['attempts = 0'] : []),
    ...(change.usage ? [`usage = ${bind(change.usage)}`] : []),
    ...(release ? releaseColumns(schema, change, bind) : []),
  ]
  part(
    'owned',
    `update ${schema}.runs set ${sets.join(', ')} where ${owned}` +
      (first ? ` and next_seq = ${bind(first.seq, 'integer')}` : '') +
      (change.write === undefined ? '' : ` and writes = ${bind(change.write - 1, 'integer')}`) +
      (release?.to === 'end' && release.status === 'succeeded'
        ? ' and cancel_requested_at is null' // a cancellation wins over a success that comes after it
        : '') +
      ' returning *',
  )
  if (first) part('events', insertEvents(schema, entries, bind))
  addConversation(schema, change, statement)
  addParts(schema, change, statement)
  if (approvals.length > 0) {
    part('asked', insertApprovals(schema, bind(approvals.map(toApprovalRow))))
  }
  if (release?.to === 'end') {
    part(
      'closed',
      `update ${schema}.approvals set status = 'cancelled', resolved_at = ${now},
       decision_reason = 'The run ended.'
       where run_id in (select id from owned) and status = 'pending'`,
    )
  }
  return statement.select(
    `select cancel_requested_at is not null as cancel_requested, wake_at <= now() as woken, session_id
     from owned`,
  )
}

type Bind = ReturnType<typeof createStatement>['bind']

/** Entries a row holds at most: readers page through the log, and a row is read as a whole. */
const batchSize = 512

function insertEvents(schema: string, entries: readonly LogEntry[], bind: Bind): string {
  const rows: string[] = []
  for (let start = 0; start < entries.length; start += batchSize) {
    const batch = entries.slice(start, start + batchSize)
    const left = entries.length - start
    const lines = bind(batch.map(({ json }) => json).join('\n'))
    rows.push(
      `select id, next_seq - ${left}, next_seq - ${left - batch.length + 1}, ${lines} from owned`,
    )
  }
  const columns = 'run_id, first_seq, last_seq, lines'
  return `insert into ${schema}.run_events (${columns}) ${rows.join(' union all ')}`
}

function releaseColumns(schema: string, change: RunChange, bind: Bind): string[] {
  const { release, approvals = [] } = change
  const free = ['owner = null', 'lease_until = null']
  if (!release) return []
  if (release.to === 'yield') return [...free, `wake_at = ${now}`]
  if (release.to === 'wait') {
    const asked = approvals.flatMap(({ expiresAt }) => expiresAt ?? []).sort()[0] ?? null
    const expiry = `least(${bind(asked)}::timestamptz, (select min(a.expires_at)
      from ${schema}.approvals a where a.run_id = runs.id and a.status = 'pending'))`
    const woken = 'wake_at is not null or cancel_requested_at is not null'
    const wakeAt = `wake_at = case when ${woken} then ${now} else ${expiry} end`
    return [...free, `status = 'waiting'`, wakeAt]
  }
  return [
    ...free,
    'wake_at = null',
    `ended_at = ${now}`,
    `status = ${bind(release.status)}`,
    `output = ${bind(release.output)}`,
    `error = ${bind(release.error)}::jsonb`,
    `partial = ${bind(release.partial)}::jsonb`,
  ]
}

/** Messages join the run and its session; the session's row gives them their places and is the lock between runs. */
function addConversation(
  schema: string,
  { messages = [], title, release }: RunChange,
  { bind, part }: ReturnType<typeof createStatement>,
): void {
  const ends = release?.to === 'end'
  if (messages.length > 0 || title !== undefined || ends) {
    part(
      'conversation',
      `update ${schema}.sessions s
       set message_count = s.message_count + ${messages.length}, updated_at = ${now},
         open_runs = s.open_runs - ${ends ? 1 : 0}, title = coalesce(s.title, ${bind(title ?? null)})
       from owned where s.id = owned.session_id
       returning s.message_count - ${messages.length} as position`,
    )
  }
  if (messages.length === 0) return
  part(
    'said',
    `insert into ${schema}.run_messages (run_id, index, turn, message, session_id, position)
     select owned.id, owned.next_message - ${messages.length} + m.place - 1, (m.value ->> 'turn')::integer,
       m.value -> 'message', owned.session_id, conversation.position + m.place - 1
     from owned left join conversation on true
     cross join jsonb_array_elements(${bind(messages)}) with ordinality as m (value, place)`,
  )
}

function addParts(
  schema: string,
  { turn, toolCalls = [] }: RunChange,
  { bind, part }: ReturnType<typeof createStatement>,
): void {
  if (turn) {
    part(
      'turned',
      `insert into ${schema}.run_turns (run_id, turn, data)
       select id, ${bind(turn.turn, 'integer')}, ${bind(turn)} from owned
       on conflict (run_id, turn) do update set data = excluded.data`,
    )
  }
  if (toolCalls.length > 0) {
    part(
      'called',
      `insert into ${schema}.run_tool_calls (run_id, tool_call_id, turn, index, state, data)
       select owned.id, c.value ->> 'toolCallId', (c.value ->> 'turn')::integer,
         (c.value ->> 'index')::integer, c.value ->> 'state', c.value
       from owned cross join jsonb_array_elements(${bind(latest(toolCalls))}) as c (value)
       on conflict (run_id, tool_call_id) do update set state = excluded.state, data = excluded.data`,
    )
  }
}

/** A statement may touch a row once: of several changes to one call the last counts. */
function latest(toolCalls: readonly ToolCall[]): ToolCall[] {
  return [...new Map(toolCalls.map((call) => [call.toolCallId, call])).values()]
}

function insertApprovals(schema: string, rows: string): string {
  return `insert into ${schema}.approvals
      (id, run_id, tenant, agent_id, session_id, requested_at, expires_at, input, data)
    select a.value ->> 'id', owned.id, owned.tenant, owned.agent_id, owned.session_id,
      (a.value ->> 'requestedAt')::timestamptz, (a.value ->> 'expiresAt')::timestamptz,
      a.value -> 'input', a.value -> 'facts'
    from owned cross join jsonb_array_elements(${rows}) as a (value)`
}

function toApprovalRow(approval: Approval) {
  const { id, requestedAt, expiresAt, input } = approval
  return { id, requestedAt, expiresAt, input, facts: toFacts(approval) }
}

function toFacts(approval: Approval): ApprovalFacts {
  const { toolName, toolCallId, internalCallId, args, requestReason, metadata } = approval
  return { toolName, toolCallId, internalCallId, args, requestReason, metadata }
}
