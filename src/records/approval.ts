import type { Json, JsonObject } from '../lib/json.ts'

/** Where an approval stands; all but `pending` are final. */
export const approvalStatuses = [
  'pending',
  'approved',
  'rejected',
  'timed_out',
  'cancelled',
] as const
/** One of `approvalStatuses`. */
export type ApprovalStatus = (typeof approvalStatuses)[number]

/** A tool call that waits for a person (contract runs.md 2.7 and D.5). */
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
  /** The arguments to run with: the model's until a decision replaces them. */
  readonly input: Json
  readonly status: ApprovalStatus
  readonly requestedAt: string
  readonly resolvedAt: string | null
  readonly requestReason: string | null
  readonly decisionReason: string | null
  readonly decidedBy: string | null
  /** When it turns into `timed_out`; null waits for ever. */
  readonly expiresAt: string | null
  /** The run's metadata. */
  readonly metadata: JsonObject | null
}

/** What a person decided about an approval. */
export interface Decision {
  readonly approved: boolean
  readonly reason: string | null
  /** Replaces the arguments of an approved call, already validated; undefined keeps them. */
  readonly input?: Json
  readonly decidedBy: string | null
}
