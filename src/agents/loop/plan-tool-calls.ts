import type { Json } from '../../lib/json.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { ParseResult } from '../../lib/standard-schema.ts'
import type { Approval } from '../../records/approval.ts'
import type { ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent } from './tool-result.ts'
import type { Tool } from '../tool.ts'
import { agentOf, openCalls, toolContext, type Work, workTime } from './run-state.ts'
import { toWireApproval } from '../views/resources.ts'

/** What planning decided about one call. */
type Plan =
  | { readonly kind: 'run' }
  | { readonly kind: 'refuse'; readonly text: string }
  | { readonly kind: 'ask'; readonly reason: string | null; readonly expiresInMs: number | null }

/**
 * Looks at every call of the turn before any runs: unknown tools and arguments that do not fit are answered, protected
 * calls get their approval, and a call that a crash left `started` is repeated, given up or asked about, as its tool says.
 */
export async function planCalls(work: Work): Promise<void> {
  const toolCalls: ToolCall[] = []
  const approvals: Approval[] = []
  const events: RunEvent[] = []
  for (const call of openCalls(work)) {
    if (call.state === 'waiting' || (call.state === 'planned' && call.approvalId !== null)) continue
    const plan = await planCall(work, call)
    if (plan.kind === 'refuse') {
      const done = concludeCall(work, call, { text: plan.text, skipped: call.state !== 'started' })
      toolCalls.push(done)
      events.push(resultEvent(done))
    } else if (plan.kind === 'ask') {
      const approval = toApproval(work, call, plan)
      const waiting: ToolCall = { ...call, state: 'waiting', approvalId: approval.id }
      work.approvals.set(approval.id, approval)
      work.toolCalls.set(call.toolCallId, waiting)
      approvals.push(approval)
      toolCalls.push(waiting)
      events.push({ type: 'tool_approval_request', approval: toWireApproval(approval) })
    } else if (call.state === 'started') {
      work.toolCalls.set(call.toolCallId, { ...call, state: 'planned' })
    }
  }
  if (events.length > 0) await work.journal.write({ toolCalls, approvals }, events)
}

async function planCall(work: Work, call: ToolCall): Promise<Plan> {
  const tool = agentOf(work).tools.find(({ name }) => name === call.toolName)
  if (!tool) return { kind: 'refuse', text: `ToolNotFoundError: there is no tool ${call.toolName}` }
  if (call.state === 'started') return planUnknown(tool)
  const parsed = await parseSafely(tool, call.input)
  if (!parsed.ok) {
    const faults = parsed.faults.map(({ path, message }) =>
      path ? `${path}: ${message}` : message,
    )
    return { kind: 'refuse', text: `InvalidInputError: ${faults.join('; ')}` }
  }
  return planApproval(tool, parsed.value, work, call)
}

/** A schema that throws instead of answering has not accepted the input. */
async function parseSafely(tool: Tool, input: Json): Promise<ParseResult> {
  try {
    return await tool.parseInput(input)
  } catch (error) {
    return { ok: false, faults: [{ path: '', message: toPublicError(error).message }] }
  }
}

/** Nobody knows whether a started call took effect. */
function planUnknown({ onUnknown }: Tool): Plan {
  if (onUnknown === 'retry') return { kind: 'run' }
  const what = 'The process stopped while the tool was running'
  if (onUnknown === 'fail') return { kind: 'refuse', text: `${what}; its outcome is unknown.` }
  return { kind: 'ask', reason: `${what}. Run it again?`, expiresInMs: null }
}

/** A policy that throws refuses: a call nobody could judge must not run. */
async function planApproval(tool: Tool, input: unknown, work: Work, call: ToolCall): Promise<Plan> {
  const { approval } = tool
  if (!approval) return { kind: 'run' }
  const context = toolContext(work, call.toolCallId)
  try {
    if (!(await approval.when(input, context))) return { kind: 'run' }
    const reason = approval.reason(input, context)
    return { kind: 'ask', reason, expiresInMs: approval.expiresInMs }
  } catch (error) {
    work.engine.onError(error)
    const { name, message } = toPublicError(error)
    return { kind: 'refuse', text: `ApprovalPolicyError: ${name}: ${message}` }
  }
}

function toApproval(work: Work, call: ToolCall, plan: Extract<Plan, { kind: 'ask' }>): Approval {
  const { run, engine } = work
  return {
    id: engine.ids.uuid(),
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
    requestedAt: workTime(work),
    resolvedAt: null,
    requestReason: plan.reason,
    decisionReason: null,
    decidedBy: null,
    expiresAt: plan.expiresInMs === null ? null : workTime(work, plan.expiresInMs),
    metadata: run.input.metadata,
  }
}
