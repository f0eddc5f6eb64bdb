import type { Json, JsonObject } from '../lib/json.ts'

/** Every status of an approval. All but `pending` are final. */
export const approvalStatuses = [
  'pending',
  'approved',
  'rejected',
  'timed_out',
  'cancelled',
] as const
/** The status of an approval; all but `pending` are final. */
export type ApprovalStatus = (typeof approvalStatuses)[number]

/** A tool call that waits for a person. */
export interface Approval {
  readonly id: string
  readonly tenant: string
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolName: string
  readonly toolCallId: string
  readonly internalCallId: string
  /** The model's arguments as compact JSON text; never changed. */
  readonly args: string
  /** The arguments of the call: the model's, until a decision replaces them. */
  readonly input: Json
  readonly status: ApprovalStatus
  readonly requestedAt: string
  readonly resolvedAt: string | null
  readonly requestReason: string | null
  readonly decisionReason: string | null
  readonly decidedBy: string | null
  /** When it becomes `timed_out`; null waits without limit. */
  readonly expiresAt: string | null
  /** The run's metadata. */
  readonly metadata: JsonObject | null
}

/** The decision of a person about an approval. */
export interface Decision {
  readonly approved: boolean
  readonly reason: string | null
  /** Replaces the arguments of an approved call; validated before. Undefined keeps them. */
  readonly input?: Json
  readonly decidedBy: string | null
}
