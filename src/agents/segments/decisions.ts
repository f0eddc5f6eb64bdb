import { canonicalJson } from '../../lib/checksum.ts'
import type { Json } from '../../lib/json.ts'
import { toolResultText } from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { SegmentDecision } from '../hosted-loop.ts'
import { openCalls, type RunState, turnCalls } from '../loop/run-state.ts'
import { concludeCall, resultEvent } from '../loop/tool-result.ts'

/** Returns what people decided about the calls that wait since the last turn, in the order of the calls. */
export function readDecisions(state: RunState): SegmentDecision[] {
  const calls = state.lastTurn?.pause?.calls ?? {}
  return turnCalls(state).flatMap((call) => {
    const paused = calls[call.toolCallId]
    return paused && paused.allowed.length > 0 ? [toDecision(state, call, paused.callId)] : []
  })
}

/** Only an approval that says so approves. */
function toDecision({ approvals }: RunState, call: ToolCall, callId: string): SegmentDecision {
  const approval = approvals.get(call.approvalId ?? '')
  if (approval?.status !== 'approved') {
    const reason = approval?.decisionReason ?? toolResultText(call.result ?? [])
    return { callId, approved: false, reason }
  }
  const { args, input, output } = approval
  const isEdited = canonicalJson(JSON.parse(args)) !== canonicalJson(input)
  return {
    callId,
    approved: true,
    reason: null,
    ...(isEdited ? { input } : {}),
    ...(output === undefined ? {} : { output: output as Json }),
  }
}

/** Marks the approved calls as started: the framework runs them in the segment that begins. */
export function startApproved(state: RunState): ToolCall[] {
  return openCalls(state).map((call) => {
    const started: ToolCall = { ...call, state: 'started', startedAt: state.storeTime() }
    state.toolCalls.set(call.toolCallId, started)
    return started
  })
}

/** Closes the calls that an earlier attempt at a turn left open. Nobody knows whether they did their work. */
export function closeAttempt(state: RunState, turn: number): void {
  const text = 'The process stopped while the tool was running; its outcome is unknown.'
  const closed = openCalls({ toolCalls: state.toolCalls, turn }).map((call) =>
    concludeCall(state, call, { text, skipped: false }),
  )
  state.journal.stage({ toolCalls: closed }, closed.map(resultEvent))
}
