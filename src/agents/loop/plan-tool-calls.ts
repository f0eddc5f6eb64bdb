import { abortable } from '../../lib/deadline.ts'
import { toPublicError } from '../../lib/redact.ts'
import type { Approval } from '../../records/approval.ts'
import type { ClientTool, ToolCall } from '../../records/run.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent } from './tool-result.ts'
import type { Tool } from '../tool.ts'
import { prepareClientTool } from './client-tools.ts'
import { describeFaults, parseInput } from './parse-input.ts'
import {
  agentOf,
  findClientTool,
  findTool,
  openCalls,
  reportFailure,
  type RunState,
  toCallContext,
} from './run-state.ts'
import { toWireApproval } from '../views/resources.ts'

/** What to do with one call. */
type Plan =
  | { readonly kind: 'run' }
  | { readonly kind: 'refuse'; readonly text: string }
  | {
      readonly kind: 'ask'
      readonly reason: string | null
      readonly expiresInMs: number | null
      readonly clientTool?: true
    }

/**
 * Plans all calls of the turn before any of them runs. Unknown tools and invalid arguments get an error as their result,
 * protected calls get an approval, and the tool's `onUnknown` decides about a call that a crash left `started`.
 */
export async function planCalls(state: RunState): Promise<void> {
  const calls = openCalls(state).filter(needsPlan)
  const plans: { readonly call: ToolCall; readonly plan: Plan }[] = []
  for (const call of calls) {
    const plan = await planCall(state, call)
    if (!plan) return // the run was stopped; the code that ends or takes over the run decides what follows
    plans.push({ call, plan })
  }
  const changes = plans.map(({ call, plan }) => applyPlan(state, call, plan))
  const events = changes.flatMap((change) => change.events)
  if (events.length === 0) return
  await state.journal.write(
    {
      toolCalls: changes.flatMap((change) => change.toolCalls),
      approvals: changes.flatMap((change) => change.approvals),
    },
    events,
  )
}

function needsPlan(call: ToolCall): boolean {
  return call.state !== 'waiting' && !(call.state === 'planned' && call.approvalId !== null)
}

interface PlanChange {
  readonly toolCalls: readonly ToolCall[]
  readonly approvals: readonly Approval[]
  readonly events: readonly RunEvent[]
}

function applyPlan(state: RunState, call: ToolCall, plan: Plan): PlanChange {
  if (plan.kind === 'refuse') {
    const done = concludeCall(state, call, { text: plan.text, skipped: call.state !== 'started' })
    return { toolCalls: [done], approvals: [], events: [resultEvent(done)] }
  }
  if (plan.kind === 'ask') {
    const approval = toApproval(state, call, plan)
    const waiting: ToolCall = { ...call, state: 'waiting', approvalId: approval.id }
    state.approvals.set(approval.id, approval)
    state.toolCalls.set(call.toolCallId, waiting)
    const event = { type: 'tool_approval_request', approval: toWireApproval(approval) } as const
    return { toolCalls: [waiting], approvals: [approval], events: [event] }
  }
  if (call.state === 'started') {
    state.toolCalls.set(call.toolCallId, { ...call, state: 'planned' })
  }
  return { toolCalls: [], approvals: [], events: [] }
}

/** Returns null if the run was stopped before the schema and the policy of the tool answered. */
async function planCall(state: RunState, call: ToolCall): Promise<Plan | null> {
  const { maxToolCalls: most } = agentOf(state)
  if (call.index >= most) return { kind: 'refuse', text: tooManyCalls(most) }
  const clientTool = findClientTool(state, call)
  if (clientTool) return planClientCall(state, call, clientTool)
  const tool = findTool(state, call)
  if (!tool) return { kind: 'refuse', text: `ToolNotFoundError: there is no tool ${call.toolName}` }
  if (call.state === 'started') return planUnknown(tool)
  const parsed = await parseInput(state, tool, call)
  if (!parsed) return null
  if (!parsed.ok) return { kind: 'refuse', text: describeFaults(parsed.faults) }
  return planApproval(tool, parsed.value, state, call)
}

/** The approval of such a call waits for the client's output. Nothing runs here. */
async function planClientCall(
  state: RunState,
  call: ToolCall,
  clientTool: ClientTool,
): Promise<Plan | null> {
  const parsed = await parseInput(state, prepareClientTool(clientTool), call)
  if (!parsed) return null
  if (!parsed.ok) return { kind: 'refuse', text: describeFaults(parsed.faults) }
  const { expiresInMs = null } = clientTool
  return { kind: 'ask', reason: null, expiresInMs, clientTool: true }
}

function tooManyCalls(most: number): string {
  return `TooManyCallsError: at most ${most} tools run in one turn; this call did not run`
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
): Promise<Plan | null> {
  if (!approval) return { kind: 'run' }
  const context = toCallContext(state.run, call, state.signal)
  try {
    const when = approval.when(input, context)
    if (!(await abortable(when, state.signal))) return { kind: 'run' }
    const reason = approval.reason(input, context)
    return { kind: 'ask', reason, expiresInMs: approval.expiresInMs }
  } catch (error) {
    if (state.signal.aborted) return null
    reportFailure(state, error, call)
    const { name, message } = toPublicError(error)
    return { kind: 'refuse', text: `ApprovalPolicyError: ${name}: ${message}` }
  }
}

export function toApproval(
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
    expiresAt: toExpiry(plan.expiresInMs, storeTime),
    metadata: run.input.metadata,
    ...(plan.clientTool ? { clientTool: true } : {}),
  }
}

/** Later than this, a time has no common spelling, and nobody waits for it: about 8,000 years. */
const maxExpiryMs = 2.5e14

function toExpiry(expiresInMs: number | null, storeTime: RunState['storeTime']): string | null {
  return expiresInMs === null || expiresInMs > maxExpiryMs ? null : storeTime(expiresInMs)
}
