import type { Approval } from '../../records/approval.ts'
import { hasSuccess, type LogEntry, type ToolCall } from '../../records/run.ts'
import type { RunChange, RunRef } from '../store.ts'
import { createStatement, now, type Statement } from './statement.ts'
import type { Notes } from './outbox/notes.ts'
import type { ApprovalDescription } from './rows.ts'

/** A change, the claim that writes it, and what notes its facts for other systems. */
export interface CommitRequest {
  readonly ref: RunRef
  readonly change: RunChange
  readonly notes: Notes
}

/**
 * Builds the statement that writes a change: one statement is one transaction and one round trip. It updates the run as
 * `owned`, and every other part selects from there. When another process took the run over, or the change does not continue
 * the log, `owned` has no row and nothing is written.
 */
export function commitStatement(schema: string, { ref, change, notes }: CommitRequest): Statement {
  const statement = createStatement()
  const { bind, part } = statement
  const { entries = [], approvals = [], release } = change
  part('owned', updateRun(schema, { ref, change }, bind))
  if (entries.length > 0) part('new_events', insertEvents(schema, entries, bind))
  addMessages(schema, change, statement)
  addTurnAndCalls(schema, change, statement)
  if (approvals.length > 0) {
    part('new_approvals', insertApprovals(schema, bind(approvals.map(toApprovalRow))))
    notes.add(statement, 'approval.requested', 'new_approvals')
  }
  if (release?.to === 'end') {
    part(
      'closed_approvals',
      `update ${schema}.approvals set status = 'cancelled', resolved_at = ${now},
       decision_reason = 'The run ended.'
       where run_id in (select id from owned) and status = 'pending' returning *`,
    )
    notes.add(statement, 'run.ended', 'owned')
    notes.add(statement, 'approval.resolved', 'closed_approvals')
  }
  return statement.select(
    `select cancel_requested_at is not null as cancel_requested, wake_at <= now() as woken, session_id
     from owned`,
  )
}

type Bind = ReturnType<typeof createStatement>['bind']

function updateRun(
  schema: string,
  { ref, change }: { readonly ref: RunRef; readonly change: RunChange },
  bind: Bind,
): string {
  const { entries = [], messages = [], toolCalls = [], turn, usage, release, write } = change
  const [first] = entries
  const conditions = [
    `id = ${bind(ref.runId)}`,
    `epoch = ${bind(ref.epoch, 'bigint')}`,
    'owner is not null',
  ]
  const columns = [`writes = ${write === undefined ? 'writes + 1' : bind(write, 'integer')}`]
  if (write !== undefined) conditions.push(`writes = ${bind(write - 1, 'integer')}`)
  if (first) {
    columns.push(`next_seq = next_seq + ${entries.length}`)
    conditions.push(`next_seq = ${bind(first.seq, 'integer')}`)
  }
  if (messages.length > 0) columns.push(`next_message = next_message + ${messages.length}`)
  if (turn) columns.push(`turns = greatest(turns, ${bind(turn.turn, 'integer')})`)
  if (hasSuccess(toolCalls)) columns.push('attempts = 0')
  if (usage) columns.push(`usage = ${bind(usage)}`)
  if (release) columns.push(...releaseColumns(schema, change, bind))
  if (release?.to === 'end' && release.status === 'succeeded') {
    conditions.push('cancel_requested_at is null') // a cancellation wins over a later success
  }
  return `update ${schema}.runs set ${columns.join(', ')} where ${conditions.join(' and ')} returning *`
}

// Entries in one row. Readers page through the log, and PostgreSQL reads a row as a whole.
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
    // approvals of this change are not in the table yet
    const newExpiry = approvals.flatMap(({ expiresAt }) => expiresAt ?? []).sort()[0] ?? null
    const expiry = `least(${bind(newExpiry)}::timestamptz, (select min(a.expires_at)
      from ${schema}.approvals a where a.run_id = runs.id and a.status = 'pending'))`
    const isWoken = 'wake_at is not null or cancel_requested_at is not null'
    const wakeAt = `wake_at = case when ${isWoken} then ${now} else ${expiry} end`
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

// The row of the session gives messages their positions, and locks out other runs of the session.
function addMessages(
  schema: string,
  { messages = [], title, release }: RunChange,
  { bind, part }: ReturnType<typeof createStatement>,
): void {
  const ends = release?.to === 'end'
  if (messages.length > 0 || title !== undefined || ends) {
    part(
      'session_row',
      `update ${schema}.sessions s
       set message_count = s.message_count + ${messages.length}, updated_at = ${now},
         open_runs = s.open_runs - ${ends ? 1 : 0}, title = coalesce(s.title, ${bind(title ?? null)})
       from owned where s.id = owned.session_id
       returning s.message_count - ${messages.length} as position`,
    )
  }
  if (messages.length === 0) return
  part(
    'new_messages',
    `insert into ${schema}.run_messages (run_id, index, turn, message, session_id, position)
     select owned.id, owned.next_message - ${messages.length} + m.place - 1, (m.value ->> 'turn')::integer,
       m.value -> 'message', owned.session_id, session_row.position + m.place - 1
     from owned left join session_row on true
     cross join jsonb_array_elements(${bind(messages)}) with ordinality as m (value, place)`,
  )
}

function addTurnAndCalls(
  schema: string,
  { turn, toolCalls = [] }: RunChange,
  { bind, part }: ReturnType<typeof createStatement>,
): void {
  if (turn) {
    part(
      'upsert_turn',
      `insert into ${schema}.run_turns (run_id, turn, data)
       select id, ${bind(turn.turn, 'integer')}, ${bind(turn)} from owned
       on conflict (run_id, turn) do update set data = excluded.data`,
    )
  }
  if (toolCalls.length > 0) {
    part(
      'upsert_tool_calls',
      `insert into ${schema}.run_tool_calls (run_id, tool_call_id, turn, index, state, data)
       select owned.id, ${toolCallKey}, (c.value ->> 'turn')::integer,
         (c.value ->> 'index')::integer, c.value ->> 'state', c.value
       from owned cross join jsonb_array_elements(${bind(latest(toolCalls))}) as c (value)
       on conflict (run_id, tool_call_id) do update set state = excluded.state, data = excluded.data`,
    )
  }
}

// An index entry has about 2,700 bytes at most, and providers choose the id. `data` keeps it whole.
const toolCallKey = `case when octet_length(c.value ->> 'toolCallId') <= 512 then c.value ->> 'toolCallId'
  else 'sha256:' || encode(sha256(convert_to(c.value ->> 'toolCallId', 'UTF8')), 'hex') end`

// One statement may update a row only once, so keep the last of several changes to one call.
function latest(toolCalls: readonly ToolCall[]): ToolCall[] {
  return [...new Map(toolCalls.map((call) => [call.toolCallId, call])).values()]
}

function insertApprovals(schema: string, rows: string): string {
  return `insert into ${schema}.approvals
      (id, run_id, tenant, agent_id, session_id, requested_at, expires_at, input, data)
    select a.value ->> 'id', owned.id, owned.tenant, owned.agent_id, owned.session_id,
      (a.value ->> 'requestedAt')::timestamptz, (a.value ->> 'expiresAt')::timestamptz,
      a.value -> 'input', a.value -> 'description'
    from owned cross join jsonb_array_elements(${rows}) as a (value) returning *`
}

function toApprovalRow(approval: Approval) {
  const { id, requestedAt, expiresAt, input } = approval
  return { id, requestedAt, expiresAt, input, description: describeApproval(approval) }
}

function describeApproval(approval: Approval): ApprovalDescription {
  const { toolName, toolCallId, internalCallId, args, requestReason, metadata, clientTool } =
    approval
  const description = { toolName, toolCallId, internalCallId, args, requestReason, metadata }
  return clientTool ? { ...description, clientTool } : description
}
