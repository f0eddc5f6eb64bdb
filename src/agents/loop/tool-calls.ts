import type { Approval } from '../../records/approval.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { toRejection } from '../rejection-message.ts'
import { runToolCall } from './run-tool-call.ts'
import { planCalls } from './plan-tool-calls.ts'
import { concludeCall, resultEvent, toToolMessage } from './tool-result.ts'
import { agentOf, openCalls, turnCalls, type Work } from './run-state.ts'
import { toWireApproval } from '../views/resources.ts'

/**
 * Answers the tool calls of the current turn: approvals are asked for all at once, tools run in call order, at most
 * `toolConcurrency` at a time. With a concurrency of 1 a call also waits for the approval of the calls before it.
 *
 * @returns `done` when the turn has all its results, `waiting` when only people can take it further.
 */
export async function runToolPhase(work: Work): Promise<'done' | 'waiting' | 'stopped'> {
  const wasAnswered = openCalls(work).length === 0
  await planCalls(work)
  await settleApprovals(work)
  const running = new Map<string, Promise<void>>()
  for (;;) {
    if (!work.signal.aborted) {
      for (const call of readyCalls(work, running)) {
        const done = runToolCall(work, call).finally(() => running.delete(call.toolCallId))
        done.catch(() => undefined) // rejections are seen through the race below
        running.set(call.toolCallId, done)
      }
    }
    if (running.size === 0) break
    await Promise.race(running.values())
    await settleApprovals(work)
  }
  if (work.signal.aborted) return 'stopped'
  if (openCalls(work).length > 0) return 'waiting'
  const message = { turn: work.turn, message: toToolMessage(turnCalls(work)) }
  work.messages.push(message)
  // Without a call to run nothing has stored this turn yet, and the next one must not take its place.
  if (wasAnswered) await work.journal.write({ messages: [message] })
  else work.journal.stage({ messages: [message] })
  return 'done'
}

function readyCalls(work: Work, running: ReadonlyMap<string, unknown>): ToolCall[] {
  const { toolConcurrency } = work.run.input
  const open = openCalls(work).filter(({ toolCallId }) => !running.has(toolCallId))
  const candidates = toolConcurrency === 1 ? open.slice(0, 1) : open
  return candidates
    .filter(({ state }) => state === 'planned')
    .slice(0, toolConcurrency - running.size)
}

/** Records what became of approvals since the last look. */
async function settleApprovals(work: Work): Promise<void> {
  const waiting = openCalls(work).filter(({ state }) => state === 'waiting')
  if (waiting.length === 0) return
  const { runs } = work.engine.stores
  const [journal] = await work.patiently(() => runs.journals([work.run.id]))
  for (const approval of journal?.approvals ?? []) work.approvals.set(approval.id, approval)
  const events: RunEvent[] = []
  const settled: ToolCall[] = []
  for (const call of waiting) {
    const approval = work.approvals.get(call.approvalId ?? '')
    if (!approval || approval.status === 'pending') continue
    const next = await settleCall(work, call, approval)
    events.push({ type: 'tool_approval_result', approval: toWireApproval(approval) })
    if (next.state === 'done') events.push(resultEvent(next))
    settled.push(next)
  }
  if (settled.length > 0) await work.journal.write({ toolCalls: settled }, events)
}

async function settleCall(work: Work, call: ToolCall, approval: Approval): Promise<ToolCall> {
  if (approval.status === 'approved') {
    const ready: ToolCall = { ...call, state: 'planned', input: approval.input }
    work.toolCalls.set(call.toolCallId, ready)
    return ready
  }
  const { engine } = work
  const tool = agentOf(work).tools.find(({ name }) => name === call.toolName)
  const text = approval.decisionReason ?? (await toRejection(tool, approval, engine.onError))
  return concludeCall(work, call, { text, skipped: true })
}
