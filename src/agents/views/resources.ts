import type { Approval } from '../../records/approval.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import type { WireApproval } from '../answers/approval-answers.ts'
import type { WireRun } from '../answers/run-answers.ts'
import type { WireSession } from '../answers/session-answers.ts'

/** Shows an approval. `reason` is the reason of the decision, else of the request. */
export function toWireApproval(approval: Approval): WireApproval {
  const { requestReason, decisionReason, input } = approval
  const shown = present<Omit<WireApproval, 'input'>>({
    id: approval.id,
    runId: approval.runId,
    agentId: approval.agentId,
    sessionId: approval.sessionId,
    toolName: approval.toolName,
    toolCallId: approval.toolCallId,
    callId: approval.toolCallId,
    internalCallId: approval.internalCallId,
    args: approval.args,
    status: approval.status,
    requestedAt: approval.requestedAt,
    resolvedAt: approval.resolvedAt,
    expiresAt: approval.expiresAt,
    reason: decisionReason ?? requestReason,
    requestReason,
    decisionReason,
    decidedBy: approval.decidedBy,
    metadata: approval.metadata,
    clientTool: approval.clientTool,
  })
  return { ...shown, input } // null is an input too
}

/** Shows a run with its pending approvals. `finishReason` tells why the model stopped in the last turn, once the run ended. */
export function toWireRun(
  run: RunSummary,
  approvals: readonly Approval[],
  finishReason: string | null = null,
): WireRun {
  return present<WireRun>({
    id: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    status: run.status,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    cancelRequestedAt: run.cancelRequestedAt,
    turns: run.turns,
    usage: run.usage,
    output: run.output,
    error: run.error,
    finishReason: run.endedAt === null ? null : finishReason,
    trace: toTraceRef(run),
    model: run.input.model,
    metadata: run.input.metadata,
    preview: run.input.preview,
    startedBy: run.startedBy,
    approvals: approvals.filter(({ status }) => status === 'pending').map(toWireApproval),
  })
}

/** Names the trace of a run, and its root observation. */
export function toTraceRef({ id, traceId }: Pick<RunSummary, 'id' | 'traceId'>) {
  return { traceId, observationId: spanIdOf(id) }
}

/** Returns the last 16 hex digits of a random id. The last, because they also differ between the counting ids of tests. */
export function spanIdOf(uuid: string): string {
  return uuid.replaceAll('-', '').slice(-16)
}

/** Shows a session without its messages. */
export function toWireSession(session: Session): WireSession {
  return present<WireSession>({
    id: session.id,
    agentId: session.agentId,
    title: session.title,
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
    messageCount: session.messageCount,
    metadata: session.metadata,
  })
}

/** An object under construction: a member that may be absent may be null too. */
type Sparse<Wire> = {
  readonly [Key in keyof Wire]: Partial<Pick<Wire, Key>> extends Pick<Wire, Key>
    ? Wire[Key] | null | undefined
    : Wire[Key]
}

/** Leaves null members out, because on the agent routes an absent key means unknown. */
export function present<Wire extends object>(members: Sparse<Wire>): Wire {
  const shown: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(members)) {
    if (value !== null && value !== undefined) shown[name] = value
  }
  return shown as Wire
}
