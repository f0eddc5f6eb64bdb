import type { Json } from '../../lib/json.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { ParseResult } from '../../lib/standard-schema.ts'
import type { Approval } from '../../records/approval.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent } from './tool-result.ts'
import type { Tool } from '../tool.ts'
import { findTool, openCalls, type RunState, toCallContext } from './run-state.ts'
import { toWireApproval } from '../views/resources.ts'

/** What to do with one call. */
type Plan =
  | { readonly kind: 'run' }
  | { readonly kind: 'refuse'; readonly text: string }
  | { readonly kind: 'ask'; readonly reason: string | null; readonly expiresInMs: number | null }

/**
 * Plans all calls of the turn before any of them runs. Unknown tools and invalid arguments get an error as their result,
 * protected calls get an approval, and the tool's `onUnknown` decides about a call that a crash left `started`.
 */
export async function planCalls(state: RunState): Promise<void> {
  const toolCalls: ToolCall[] = []
  const approvals: Approval[] = []
  const events: RunEvent[] = []
  for (const call of openCalls(state)) {
    if (call.state === 'waiting' || (call.state === 'planned' && call.approvalId !== null)) continue
    const plan = await planCall(state, call)
    if (plan.kind === 'refuse') {
      const done = concludeCall(state, call, { text: plan.text, skipped: call.state !== 'started' })
      toolCalls.push(done)
      events.push(resultEvent(done))
    } else if (plan.kind === 'ask') {
      const approval = toApproval(state, call, plan)
      const waiting: ToolCall = { ...call, state: 'waiting', approvalId: approval.id }
      state.approvals.set(approval.id, approval)
      state.toolCalls.set(call.toolCallId, waiting)
      approvals.push(approval)
      toolCalls.push(waiting)
      events.push({ type: 'tool_approval_request', approval: toWireApproval(approval) })
    } else if (call.state === 'started') {
      state.toolCalls.set(call.toolCallId, { ...call, state: 'planned' })
    }
  }
  if (events.length > 0) await state.journal.write({ toolCalls, approvals }, events)
}

async function planCall(state: RunState, call: ToolCall): Promise<Plan> {
  const tool = findTool(state, call)
  if (!tool) return { kind: 'refuse', text: `ToolNotFoundError: there is no tool ${call.toolName}` }
  if (call.state === 'started') return planUnknown(tool)
  const parsed = await parseSafely(tool, call.input)
  if (!parsed.ok) {
    const faults = parsed.faults.map(({ path, message }) =>
      path ? `${path}: ${message}` : message,
    )
    return { kind: 'refuse', text: `InvalidInputError: ${faults.join('; ')}` }
  }
  return planApproval(tool, parsed.value, state, call)
}

/** Treats a schema that throws like one that rejects the input. */
async function parseSafely(tool: Tool, input: Json): Promise<ParseResult> {
  try {
    return await tool.parseInput(input)
  } catch (error) {
    return { ok: false, faults: [{ path: '', message: toPublicError(error).message }] }
  }
}

/** Plans a call that had started before a crash and whose outcome is unknown. */
function planUnknown({ onUnknown }: Tool): Plan {
  if (onUnknown === 'retry') return { kind: 'run' }
  const what = 'The process stopped while the tool was running'
  if (onUnknown === 'fail') return { kind: 'refuse', text: `${what}; its outcome is unknown.` }
  return { kind: 'ask', reason: `${what}. Run it again?`, expiresInMs: null }
}

/** A call whose approval policy throws must not run. */
async function planApproval(
  { approval }: Tool,
  input: unknown,
  state: RunState,
  call: ToolCall,
): Promise<Plan> {
  if (!approval) return { kind: 'run' }
  const context = toCallContext(state.run, call, state.signal)
  try {
    if (!(await approval.when(input, context))) return { kind: 'run' }
    const reason = approval.reason(input, context)
    return { kind: 'ask', reason, expiresInMs: approval.expiresInMs }
  } catch (error) {
    state.host.onError(error)
    const { name, message } = toPublicError(error)
    return { kind: 'refuse', text: `ApprovalPolicyError: ${name}: ${message}` }
  }
}

function toApproval(
  state: RunState,
  call: ToolCall,
  plan: Extract<Plan, { kind: 'ask' }>,
): Approval {
  const { run, host, storeTime } = state
  return {
    id: host.ids.uuid(),
    tenant: run.tenant,
    runId: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    toolName: call.toolName,
    toolCallId: call.toolCallId,
    internalCallId: call.internalCallId,
    args: JSON.stringify(call.input),
    input: call.input,
    status: 'pending',
    requestedAt: storeTime(),
    resolvedAt: null,
    requestReason: plan.reason,
    decisionReason: null,
    decidedBy: null,
    expiresAt: plan.expiresInMs === null ? null : storeTime(plan.expiresInMs),
    metadata: run.input.metadata,
  }
}
