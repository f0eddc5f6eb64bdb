import type { Approval } from '../../records/approval.ts'
import type { AssistantMessage } from '../../records/message.ts'
import type { PausedCall, ToolCall } from '../../records/run.ts'
import type { HostedLoop, PendingCall } from '../hosted-loop.ts'
import { toApproval } from '../loop/plan-tool-calls.ts'
import { openCalls, type RunState, turnCalls } from '../loop/run-state.ts'
import { claimCall, type SegmentDraft, type SegmentStep } from './draft.ts'

/** A call that waits, and what the framework said of it. */
export interface Placed {
  readonly call: ToolCall
  readonly pending: PendingCall
}

/** Puts the calls that wait into the last message, where the loop looks for them. */
export function placePending(draft: SegmentDraft, pending: readonly PendingCall[]): Placed[] {
  const placed = pending.map((one) => ({ call: claimAgain(draft, one), pending: one }))
  const ids = new Set(placed.map(({ call }) => call.toolCallId))
  const earlier = draft.steps.slice(0, -1)
  for (const { content } of earlier) {
    const moved = content.filter((part) => part.type === 'tool_call' && ids.has(part.id))
    content.splice(0, content.length, ...content.filter((part) => !moved.includes(part)))
    draft.steps.at(-1)?.content.push(...moved)
  }
  return placed
}

/**
 * Moves the calls of the turn before to the turn of a segment that paused without a word, because some of them are still open: the framework
 * asks for one call after the other. Returns the calls; none if there is nothing to go on with.
 */
export function carryCalls(
  { state, row, steps, ids }: SegmentDraft,
  pending: readonly PendingCall[],
): ToolCall[] {
  const isSilent = steps.every(({ content }) => content.length === 0)
  const isKnown = pending.every(({ callId }) => ids.has(callId))
  if (!isSilent || !isKnown || openCalls(state).length === 0) return []
  const asked = new Set(lastCallIds({ steps: [{ content: lastContent(state) }] }))
  return turnCalls(state)
    .filter(({ toolCallId }) => asked.has(toolCallId))
    .map((call) => {
      const moved: ToolCall = { ...call, turn: row.turn }
      state.toolCalls.set(call.toolCallId, moved)
      return moved
    })
}

function lastContent({ messages }: RunState): AssistantMessage['content'] {
  const last = messages.at(-1)?.message
  return last?.role === 'assistant' ? last.content : []
}

/** A call of an earlier turn that waits again is a call of its own: the one that people decided about is over. */
function claimAgain(draft: SegmentDraft, pending: PendingCall): ToolCall {
  const call = claimCall(draft, pending)
  if (call.turn === draft.row.turn) return call
  draft.ids.delete(pending.callId)
  return claimCall(draft, pending)
}

/** Returns the ids of the calls of the last message. */
export function lastCallIds({
  steps,
}: {
  readonly steps: readonly Pick<SegmentStep, 'content'>[]
}): Set<string> {
  const parts = steps.at(-1)?.content ?? []
  return new Set(parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])))
}

/** A call that waits, with its approval, and how the row of the turn keeps it. */
export interface Asked {
  readonly call: ToolCall
  readonly approval: Approval
  readonly paused: PausedCall
}

/** Makes a call wait for people, and its approval. */
export function askPeople(state: RunState, loop: HostedLoop, { call, pending }: Placed): Asked {
  const { reason = null, callId, allowed = ['approve', 'reject'], asksOutput } = pending
  const approval = toApproval(state, call, {
    kind: 'ask',
    reason,
    expiresInMs: loop.approvalExpiresInMs,
    ...(asksOutput ? { clientTool: true } : {}),
  })
  const waiting: ToolCall = { ...call, state: 'waiting', startedAt: null, approvalId: approval.id }
  state.approvals.set(approval.id, approval)
  state.toolCalls.set(call.toolCallId, waiting)
  return { call: waiting, approval, paused: { callId, allowed } }
}

/** The calls that the framework runs once people have decided about others of the same message. */
export function postponeCalls(
  { state, ids }: SegmentDraft,
  left: ReadonlySet<string>,
): Pick<Asked, 'call' | 'paused'>[] {
  const theirs = new Map([...ids].map(([callId, id]) => [id, callId]))
  return [...state.toolCalls.values()].flatMap((call) => {
    if (!left.has(call.toolCallId) || call.state !== 'started') return []
    const planned: ToolCall = { ...call, state: 'planned', startedAt: null }
    state.toolCalls.set(call.toolCallId, planned)
    const callId = theirs.get(call.toolCallId) ?? call.toolCallId
    return [{ call: planned, paused: { callId, allowed: [] } }]
  })
}
