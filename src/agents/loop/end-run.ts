import type { AssistantMessage, ToolMessage } from '../../records/message.ts'
import type { EndedStatus, RunError, RunMessage, ToolCall } from '../../records/run.ts'
import type { CommitResult } from '../../storage/store.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent, toToolMessage } from './tool-result.ts'
import { openCalls, turnCalls, type Work } from './run-state.ts'
import { toWireApproval } from '../views/resources.ts'

/** How a run ends; `partial` is what an interrupted model call had produced. */
export interface Ending {
  readonly status: EndedStatus
  readonly output?: string
  readonly error?: RunError
  readonly partial?: AssistantMessage | null
}

/**
 * Ends a run in one write: its open approvals and tool calls are closed, what an interrupted turn produced is kept, and
 * the terminal event is stored together with the terminal status.
 */
export async function endRun(work: Work, ending: Ending): Promise<CommitResult> {
  const { status, output = null, error = null } = ending
  const approvalEvents = await closeApprovals(work)
  const closed = openCalls(work).map((call) =>
    concludeCall(work, call, closingResult(call, status)),
  )
  const messages = closingMessages(work, ending)
  const partial = messages.length > 0 || !hasContent(ending.partial) ? null : ending.partial
  work.messages.push(...messages)
  const terminal = await terminalEvent(work, ending)
  return work.journal.write(
    {
      toolCalls: closed,
      messages,
      usage: work.usage,
      release: { to: 'end', status, output, error, partial: partial ?? null },
    },
    [...approvalEvents, ...closed.map(resultEvent), terminal],
  )
}

/** Why a run failed that took longer than it was given. */
export function timeoutError({ run }: Work): RunError {
  const message = `The run did not finish within ${run.input.timeoutMs} ms`
  return { code: 'timeout', name: 'TimeoutError', message }
}

/** Tells what became of each approval that a call still waits for: cancelled now, or decided a moment ago. */
async function closeApprovals(work: Work): Promise<RunEvent[]> {
  const waiting = openCalls(work).filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return []
  const { run, engine } = work
  const ref = { runId: run.id, epoch: run.epoch }
  const reason = 'The run was cancelled.'
  const approvals = await work.patiently(() => engine.stores.runs.cancelApprovals(ref, reason))
  const wanted = new Set(waiting.map(({ approvalId }) => approvalId))
  return (approvals ?? [])
    .filter(({ id }) => wanted.has(id))
    .map((approval) => ({ type: 'tool_approval_result', approval: toWireApproval(approval) }))
}

function closingResult({ state }: ToolCall, status: EndedStatus) {
  const how = status === 'cancelled' ? 'The run was cancelled' : 'The run failed'
  return state === 'started'
    ? { text: `${how} while the tool was running; its outcome is unknown.`, skipped: false }
    : { text: `${how} before the tool ran.`, skipped: true }
}

/** A history is well-formed when every tool call has its result; text of an interrupted turn is kept and marked. */
function closingMessages(work: Work, { partial }: Ending): RunMessage[] {
  const messages: RunMessage[] = []
  const last = work.messages.at(-1)?.message
  if (last?.role === 'assistant' && turnCalls(work).length > 0) {
    const message: ToolMessage = toToolMessage(turnCalls(work))
    messages.push({ turn: work.turn, message })
  }
  const content = partial?.content.filter((part) => part.type !== 'tool_call') ?? []
  if (partial && content.some((part) => part.type === 'text' && part.text !== '')) {
    messages.push({ turn: work.turn + 1, message: { ...partial, content } })
  }
  return messages
}

function hasContent(partial: AssistantMessage | null | undefined): boolean {
  return partial !== null && partial !== undefined && partial.content.length > 0
}

async function terminalEvent(work: Work, ending: Ending): Promise<RunEvent> {
  const { engine, run, usage, messages } = work
  const { id: runId, traceId, tenant } = run
  if (ending.error) return { type: 'error', runId, error: ending.error, usage }
  if (ending.status === 'cancelled') {
    // Asked for after the claim, as a rule: our own copy of the run does not know the reason.
    const now = await work.patiently(() => engine.stores.runs.get(tenant, runId))
    const reason = now?.cancelReason ?? null
    return { type: 'cancelled', runId, ...(reason === null ? {} : { reason }), usage }
  }
  return {
    type: 'final',
    runId,
    output: ending.output ?? '',
    messages: messages.map(({ message }) => message),
    usage,
    ...(engine.sessions ? { trace: { traceId } } : {}),
  }
}
