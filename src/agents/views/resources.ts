import type { Json, JsonObject } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'

/** An approval as clients see it. */
export type WireApproval = JsonObject

/** Shows an approval. `reason` is the reason of the decision, else of the request. */
export function toWireApproval(approval: Approval): WireApproval {
  const { requestReason, decisionReason } = approval
  return present({
    id: approval.id,
    runId: approval.runId,
    agentId: approval.agentId,
    sessionId: approval.sessionId,
    toolName: approval.toolName,
    toolCallId: approval.toolCallId,
    internalCallId: approval.internalCallId,
    args: approval.args,
    input: approval.input,
    status: approval.status,
    requestedAt: approval.requestedAt,
    resolvedAt: approval.resolvedAt,
    expiresAt: approval.expiresAt,
    reason: decisionReason ?? requestReason,
    requestReason,
    decisionReason,
    decidedBy: approval.decidedBy,
    metadata: approval.metadata,
  })
}

/** Shows a run with its pending approvals. `finishReason` tells why the model stopped in the last turn, once the run ended. */
export function toWireRun(
  run: RunSummary,
  approvals: readonly Approval[],
  finishReason: string | null = null,
): JsonObject {
  return present({
    id: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    status: run.status,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    cancelRequestedAt: run.cancelRequestedAt,
    turns: run.turns,
    usage: run.usage as unknown as JsonObject,
    output: run.output,
    error: run.error && { ...run.error },
    finishReason: run.endedAt === null ? null : finishReason,
    trace: { traceId: run.traceId },
    metadata: run.input.metadata,
    startedBy: run.startedBy,
    approvals: approvals.filter(({ status }) => status === 'pending').map(toWireApproval),
  })
}

/** Shows a session without its messages. */
export function toWireSession(session: Session): JsonObject {
  return present({
    id: session.id,
    agentId: session.agentId,
    title: session.title,
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
    messageCount: session.messageCount,
    metadata: session.metadata,
  })
}

/** Leaves null members out, because on the agent routes an absent key means unknown. */
export function present(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  const shown: Record<string, Json> = {}
  for (const [name, value] of Object.entries(members)) {
    if (value !== null && value !== undefined) shown[name] = value
  }
  return shown
}
