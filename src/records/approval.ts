import type { Json, JsonObject } from '../lib/json.ts'

/** The states of an approval. All except `pending` are final. */
export const approvalStatuses = [
  'pending',
  'approved',
  'rejected',
  'timed_out',
  'cancelled',
] as const
/** The state of an approval, one of `approvalStatuses`. */
export type ApprovalStatus = (typeof approvalStatuses)[number]

/** The approval of one tool call: requested from a person, and then decided (docs/contracts/runs.md, 2.7 and D.5). */
export interface Approval {
  readonly id: string
  readonly tenant: string
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly toolName: string
  readonly toolCallId: string
  readonly internalCallId: string
  /** The model's arguments as compact JSON text. They never change. */
  readonly args: string
  /** The arguments for the tool: the model's, unless the decision replaced them. */
  readonly input: Json
  readonly status: ApprovalStatus
  readonly requestedAt: string
  readonly resolvedAt: string | null
  readonly requestReason: string | null
  readonly decisionReason: string | null
  readonly decidedBy: string | null
  /** When the approval becomes `timed_out`; null if it never does. */
  readonly expiresAt: string | null
  /** The run's metadata. */
  readonly metadata: JsonObject | null
  /** Present when the client of the run runs the tool: the approval waits for its output. */
  readonly clientTool?: true
  /** What the client's tool returned; present when such an approval is approved. */
  readonly output?: Json
}

/** The decision of a person about an approval. */
export interface Decision {
  readonly approved: boolean
  readonly reason: string | null
  /** Validated arguments that replace those of an approved call; undefined keeps them. */
  readonly input?: Json
  /** What the client's tool returned, for an approved call of such a tool; undefined for any other decision. */
  readonly output?: Json
  readonly decidedBy: string | null
}
