import type { Approval } from '../../records/approval.ts'
import { type Message, userMessage } from '../../records/message.ts'
import type { LogEntry, Run, RunMessage, ToolCall, Turn } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import { noUsage } from '../../records/usage.ts'
import type { Claimant, NewRun, RunChange, RunRef, Stores } from '../../storage/store.ts'
import { countingIds } from '../clock.ts'

const ids = countingIds()
const time = '2026-01-01T00:00:00.000Z'

/** Builds an empty session, as `POST /sessions` saves it. */
export function newSession(fields: Partial<Session> = {}): Session {
  return {
    id: ids.uuid(),
    tenant: '',
    agentId: 'support',
    title: null,
    metadata: null,
    createdAt: time,
    updatedAt: time,
    messageCount: 0,
    ...fields,
  }
}

/** Builds a run without a session, as `POST /agents/:id/runs` admits it. */
export function newRun(fields: Partial<NewRun> = {}): NewRun {
  return {
    id: ids.uuid(),
    tenant: '',
    agentId: 'support',
    sessionId: null,
    traceId: ids.hex(32),
    input: {
      prompt: userMessage('hi'),
      history: [],
      maxTurns: 20,
      toolConcurrency: 1,
      timeoutMs: null,
      stream: false,
      verbose: false,
      trace: null,
      metadata: null,
    },
    startedBy: null,
    onBusy: 'enqueue',
    idempotency: null,
    ...fields,
  }
}

/** Builds a pending approval of a run that waits for it. */
export function newApproval(
  run: Pick<Run, 'id'> & Partial<Run>,
  fields: Partial<Approval> = {},
): Approval {
  return {
    id: ids.uuid(),
    tenant: run.tenant ?? '',
    runId: run.id,
    agentId: run.agentId ?? 'support',
    sessionId: run.sessionId ?? null,
    toolName: 'refund',
    toolCallId: 'call-1',
    internalCallId: ids.uuid(),
    args: '{"cents":5}',
    input: { cents: 5 },
    status: 'pending',
    requestedAt: time,
    resolvedAt: null,
    requestReason: 'Over the limit',
    decisionReason: null,
    decidedBy: null,
    expiresAt: null,
    metadata: null,
    ...fields,
  }
}

/** Builds a planned tool call of turn 1. */
export function newToolCall(fields: Partial<ToolCall> = {}): ToolCall {
  return {
    toolCallId: 'call-1',
    internalCallId: ids.uuid(),
    turn: 1,
    index: 0,
    toolName: 'refund',
    input: { cents: 5 },
    state: 'planned',
    approvalId: null,
    plannedAt: time,
    startedAt: null,
    endedAt: null,
    result: null,
    isError: false,
    skipped: false,
    ...fields,
  }
}

/** Builds turn 1 with its model call in progress. */
export function newTurn(fields: Partial<Turn> = {}): Turn {
  return {
    turn: 1,
    attempt: 1,
    spanId: ids.hex(16),
    status: 'running',
    startedAt: time,
    endedAt: null,
    firstDeltaMs: null,
    provider: 'scripted',
    model: 'scripted-model',
    responseId: null,
    responseModel: null,
    finishReason: null,
    usage: noUsage,
    historyCount: 1,
    toolNames: [],
    retries: [],
    error: null,
    ...fields,
  }
}

/** Builds `count` log entries; the first one has number `seq`. */
export function logEntries(seq: number, count: number, type = 'text_delta'): LogEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: seq + index,
    type,
    json: `{"type":"${type}","seq":${seq + index}}`,
  }))
}

/** Builds the user message that starts a run. */
export function promptOf(text: string): RunMessage {
  return { turn: 0, message: userMessage(text) }
}

/** Builds the answer of a model in turn 1. */
export function answerOf(text: string): RunMessage {
  const message: Message = { role: 'assistant', content: [{ type: 'text', text }] }
  return { turn: 1, message }
}

/** Releases a run as succeeded, with the output `hello`. */
export const succeed: NonNullable<RunChange['release']> = {
  to: 'end',
  status: 'succeeded',
  output: 'hello',
  error: null,
  partial: null,
}

/** Releases a run as cancelled, without an output. */
export const cancel: NonNullable<RunChange['release']> = {
  to: 'end',
  status: 'cancelled',
  output: null,
  error: null,
  partial: null,
}

/** Admits a run and claims it. @throws Error when the store refuses either. */
export async function startRun(
  { runs }: Stores,
  fields: Partial<NewRun> = {},
  leaseMs = 1_000,
): Promise<RunRef & { readonly run: Run }> {
  const admission = await runs.create(newRun(fields))
  if (admission.kind !== 'created') throw new Error(`The run was not admitted: ${admission.kind}`)
  return claimRun({ runs }, admission.run.id, leaseMs)
}

/** The agents that the runs of the contract belong to. */
export const agents: ReadonlyMap<string, unknown> = new Map(
  ['support', 'other', 'rare', 'a', 'b'].map((id) => [id, null]),
)

/** Builds a claimant that has all of these agents. */
export function claimant(owner = 'me', leaseMs = 1_000): Claimant {
  return { owner, leaseMs, agents }
}

/** Claims a run. @throws Error when the store refuses the claim. */
export async function claimRun(
  { runs }: Pick<Stores, 'runs'>,
  runId: string,
  leaseMs = 1_000,
): Promise<RunRef & { readonly run: Run }> {
  const claimed = await runs.claim(runId, claimant('test', leaseMs))
  if (!claimed) throw new Error('The run could not be claimed')
  const { run } = claimed.journal
  return { runId, epoch: run.epoch, run }
}

/** Admits and claims a run, then releases it to wait for these approvals. */
export async function waitingRun(
  stores: Stores,
  approvals: (run: Run) => readonly Approval[],
  fields: Partial<NewRun> = {},
): Promise<RunRef & { readonly run: Run; readonly approvals: readonly Approval[] }> {
  const claimed = await startRun(stores, fields)
  const requested = approvals(claimed.run)
  await stores.runs.commit(claimed, { approvals: requested, release: { to: 'wait' } })
  return { ...claimed, approvals: requested }
}

/** Texts that no store made as a cursor. */
export const foreignCursors: readonly string[] = [
  'x',
  '!',
  'é',
  'bm9uc2Vuc2U',
  btoa('[]'),
  btoa('{"a":1}'),
  btoa('[{}]'),
  btoa('[null]'),
  btoa('[true]'),
  btoa('[["a"],1]'),
  btoa('[1.5]'),
  btoa('[1e300]'),
  btoa('["abc","x"]'),
  btoa('["0000-01-01T00:00:00.000Z","x"]'),
  btoa('["2026-02-31T00:00:00.000Z","x"]'),
]
