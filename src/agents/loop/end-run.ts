import { type AssistantMessage, isHostedCall, type ToolMessage } from '../../records/message.ts'
import { readExtras } from '../model/extras.ts'
import { refusedMark } from '../model/generation.ts'
import type { EndedStatus, Run, RunError, RunMessage, ToolCall } from '../../records/run.ts'
import type { CommitResult } from '../../storage/store.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent, toToolMessage } from './tool-result.ts'
import { openCalls, type RunState } from './run-state.ts'
import { toTraceRef, toWireApproval } from '../views/resources.ts'

export interface Ending {
  readonly status: EndedStatus
  readonly output?: string
  readonly error?: RunError
  /** What an interrupted model call had produced. */
  readonly partial?: AssistantMessage | null
  /** True when the provider refused the last messages: later runs of the session leave them out of their prompts. */
  readonly refused?: boolean
}

/**
 * Ends a run in one write: closes its open approvals and tool calls, keeps what an interrupted turn produced, and stores
 * the terminal event together with the terminal status.
 *
 * @see docs/decisions/032-what-a-failed-run-leaves.md
 */
export async function endRun(state: RunState, ending: Ending): Promise<CommitResult> {
  const { status, output = null, error = null } = ending
  const approvalEvents = await closeApprovals(state, ending)
  const closed = openCalls(state).map((call) =>
    concludeCall(state, call, closingResult(call, status)),
  )
  const messages = closingMessages(state, ending)
  const partial = messages.length > 0 || !hasContent(ending.partial) ? null : ending.partial
  state.messages.push(...messages)
  const terminal = await terminalEvent(state, ending)
  return state.journal.write(
    {
      toolCalls: closed,
      messages,
      usage: state.usage,
      release: { to: 'end', status, output, error, partial: partial ?? null },
    },
    [...approvalEvents, ...closed.map(resultEvent), terminal],
  )
}

/** The error of a run that exceeded its time limit. */
export function timeoutError({ input }: Run): RunError {
  const message = `The run did not finish within ${input.timeoutMs} ms`
  return { code: 'timeout', name: 'TimeoutError', message }
}

/** The error of a run whose log exceeds a limit. */
export function limitError({ journal, host }: Pick<RunState, 'journal' | 'host'>): RunError {
  const limit = journal.full ?? 'runEvents'
  const unit = limit === 'runEvents' ? 'events' : 'bytes'
  const message = `The log of the run exceeds limits.${limit}, ${host.limits[limit]} ${unit}`
  return { code: 'limit_exceeded', name: 'RunLimitError', message }
}

/** Cancels the approvals for which calls wait. Returns the events, also of approvals that were decided a moment ago. */
async function closeApprovals(state: RunState, ending: Ending): Promise<RunEvent[]> {
  const waiting = openCalls(state).filter((call) => call.state === 'waiting')
  if (waiting.length === 0) return []
  const { run, host } = state
  const ref = { runId: run.id, epoch: run.epoch }
  const reason = closingReason(ending)
  const approvals = await state.retryOutage(() => host.stores.runs.cancelApprovals(ref, reason))
  const ids = new Set(waiting.map(({ approvalId }) => approvalId))
  return (approvals ?? [])
    .filter(({ id }) => ids.has(id))
    .map((approval) => ({ type: 'tool_approval_result', approval: toWireApproval(approval) }))
}

/** Says why nobody can decide an approval any more. */
function closingReason({ status, error }: Ending): string {
  if (status === 'cancelled') return 'The run was cancelled.'
  if (error?.code === 'limit_exceeded') return 'The run exceeded a limit.'
  return error?.code === 'timeout' ? 'The run did not finish in time.' : 'The run failed.'
}

function closingResult(call: ToolCall, status: EndedStatus) {
  const ended = status === 'cancelled' ? 'The run was cancelled' : 'The run failed'
  return call.state === 'started'
    ? { text: `${ended} while the tool was running; its outcome is unknown.`, skipped: false }
    : { text: `${ended} before the tool ran.`, skipped: true }
}

/** Gives each open tool call its result, and keeps the text of an interrupted turn, without its tool calls. */
function closingMessages(state: RunState, { partial, refused }: Ending): RunMessage[] {
  if (refused && state.run.sessionId !== null) {
    const count = state.messages.filter(({ turn }) => turn === state.turn).length
    return [{ turn: state.turn + 1, message: refusedMark(count) }]
  }
  const messages: RunMessage[] = []
  const message: ToolMessage = toToolMessage(state)
  if (message.content.length > 0) messages.push({ turn: state.turn, message })
  const content =
    partial?.content.filter((part) => part.type !== 'tool_call' || isHostedCall(part)) ?? []
  if (partial && content.some((part) => part.type === 'text' && part.text !== '')) {
    messages.push({ turn: state.turn + 1, message: { ...partial, content } })
  }
  return messages
}

function hasContent(partial: AssistantMessage | null | undefined): boolean {
  return partial !== null && partial !== undefined && partial.content.length > 0
}

async function terminalEvent(state: RunState, ending: Ending): Promise<RunEvent> {
  const { host, run, usage, messages } = state
  const { id: runId, tenant } = run
  const finish = state.finishReason === null ? {} : { finishReason: state.finishReason }
  if (ending.error) return { type: 'error', runId, error: ending.error, usage, ...finish }
  if (ending.status === 'cancelled') {
    // The cancellation usually arrives after the claim, so reload the run to get its reason.
    const now = await state.retryOutage(() => host.stores.runs.get(tenant, runId))
    const reason = now?.cancelReason ?? null
    return { type: 'cancelled', runId, ...(reason === null ? {} : { reason }), usage }
  }
  const ownMessages = messages.map(({ message }) => message)
  const { sources, providerToolCalls } = readExtras(ownMessages)
  return {
    type: 'final',
    runId,
    output: ending.output ?? '',
    messages: ownMessages,
    usage,
    ...finish,
    ...(host.sessions ? { trace: toTraceRef(run) } : {}),
    ...(sources.length > 0 ? { sources } : {}),
    ...(providerToolCalls.length > 0 ? { providerToolCalls } : {}),
  }
}
