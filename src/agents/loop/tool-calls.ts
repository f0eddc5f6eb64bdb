import { abortable } from '../../lib/deadline.ts'
import type { Approval } from '../../records/approval.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { toRejection } from '../rejection-message.ts'
import { runToolCall } from './run-tool-call.ts'
import { planCalls } from './plan-tool-calls.ts'
import { concludeCall, resultEvent, toToolMessage } from './tool-result.ts'
import { findTool, openCalls, reportFailure, type RunState } from './run-state.ts'
import { resume } from './stillness.ts'
import { toWireApproval } from '../views/resources.ts'

/**
 * Processes the tool calls of the current turn. Requests all approvals at once, then runs tools in call order, at most
 * `toolConcurrency` at a time. With a concurrency of 1, a call also waits for the approvals of the calls before it.
 *
 * @returns `done` if the turn has all its results, `waiting` if only approvals are missing.
 */
export async function runToolPhase(state: RunState): Promise<'done' | 'waiting' | 'stopped'> {
  const hadNoOpenCall = openCalls(state).length === 0
  await planCalls(state)
  if (state.signal.aborted) return 'stopped'
  await settleApprovals(state)
  const running = new Map<string, Promise<void>>()
  for (;;) {
    if (!state.signal.aborted) {
      for (const call of readyCalls(state, running)) {
        const done = runToolCall(state, call).finally(() => running.delete(call.toolCallId))
        done.catch(() => undefined) // the race below reports rejections
        running.set(call.toolCallId, done)
      }
    }
    if (running.size === 0) break
    await Promise.race(running.values())
    await settleApprovals(state)
  }
  if (state.signal.aborted) return 'stopped'
  if (openCalls(state).length > 0) return 'waiting'
  const message = { turn: state.turn, message: toToolMessage(state) }
  state.messages.push(message)
  // If no call ran, this turn is not stored yet, and the staged row of the next turn would replace its row.
  if (hadNoOpenCall) await state.journal.write({ messages: [message] })
  else state.journal.stage({ messages: [message] })
  return 'done'
}

function readyCalls(state: RunState, running: ReadonlyMap<string, unknown>): ToolCall[] {
  const { toolConcurrency } = state.run.input
  const open = openCalls(state).filter(({ toolCallId }) => !running.has(toolCallId))
  const candidates = toolConcurrency === 1 ? open.slice(0, 1) : open
  return candidates
    .filter((call) => call.state === 'planned')
    .slice(0, toolConcurrency - running.size)
}

/** Loads the decisions about pending approvals and applies them to their calls. */
export async function settleApprovals(state: RunState): Promise<void> {
  const waiting = openCalls(state).filter((call) => call.state === 'waiting')
  if (waiting.length === 0) return
  const resolved = await state.retryOutage(() => readResolved(state, waiting))
  if (resolved.length === 0) return
  for (const approval of resolved) state.approvals.set(approval.id, approval)
  const events: RunEvent[] = []
  const settled: ToolCall[] = []
  for (const call of waiting) {
    const approval = state.approvals.get(call.approvalId ?? '')
    if (!approval || approval.status === 'pending') continue
    const next = await settleCall(state, call, approval)
    if (!next) break // the run was stopped
    events.push({ type: 'tool_approval_result', approval: toWireApproval(approval) })
    if (next.state === 'done') events.push(resultEvent(next))
    settled.push(next)
  }
  if (settled.length === 0) return
  await state.journal.write({ toolCalls: settled }, [...(await resume(state)), ...events])
}

/** Reads the approvals of these calls that are resolved. It happens after every call, so it reads nothing else. */
async function readResolved(
  { host, run }: RunState,
  waiting: readonly ToolCall[],
): Promise<readonly Approval[]> {
  const { approvals } = host.stores
  const ids = waiting.flatMap(({ approvalId }) => approvalId ?? [])
  if (approvals.resolvedOf) return approvals.resolvedOf(ids)
  const pending = new Set((await approvals.pendingOf([run.id])).map(({ id }) => id))
  const others = ids.filter((id) => !pending.has(id)).map((id) => approvals.get(run.tenant, id))
  return (await Promise.all(others)).filter((approval) => approval !== null)
}

async function settleCall(
  state: RunState,
  call: ToolCall,
  approval: Approval,
): Promise<ToolCall | null> {
  if (approval.status === 'approved' && approval.clientTool) {
    const { output = null } = approval
    const text = typeof output === 'string' ? output : JSON.stringify(output)
    return concludeCall(state, call, { items: [{ type: 'text', text }] })
  }
  if (approval.status === 'approved') {
    const ready: ToolCall = { ...call, state: 'planned', input: approval.input }
    state.toolCalls.set(call.toolCallId, ready)
    return ready
  }
  const report = (error: unknown) => reportFailure(state, error, call)
  const made = () => toRejection(findTool(state, call), approval, report)
  const text = approval.decisionReason ?? (await abortable(made(), state.signal).catch(() => null))
  return text === null ? null : concludeCall(state, call, { text, skipped: true })
}
