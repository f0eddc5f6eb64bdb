import type { JsonObject } from '../lib/json.ts'

/** The facts that a store notes for other systems, in the transaction that makes them. */
export const factTypes = ['run.ended', 'approval.requested', 'approval.resolved'] as const
/** One fact, one of `factTypes`. */
export type FactType = (typeof factTypes)[number]

/** The states of a message. `dead` was given up; `delivered` and `dead` are final unless it is redelivered. */
export const messageStatuses = ['pending', 'delivered', 'dead'] as const
/** The state of a message, one of `messageStatuses`. */
export type MessageStatus = (typeof messageStatuses)[number]

/** One fact for one receiver. Times are ISO 8601 UTC with milliseconds. */
export interface OutboxMessage {
  /** The id of the fact and, after `@`, its receiver: `run_ended_<run id>@<target>`. */
  readonly id: string
  readonly target: string
  readonly type: FactType
  readonly tenant: string
  readonly runId: string
  readonly agentId: string
  readonly sessionId: string | null
  /** Null for a fact about a run. */
  readonly approvalId: string | null
  /** Ids and states: `status`, and for an approval `toolName`. No contents. */
  readonly data: JsonObject
  readonly status: MessageStatus
  readonly createdAt: string
  /** When it may be claimed next; null once it is settled. */
  readonly dueAt: string | null
  /** How often it was claimed. */
  readonly attempts: number
  /** How often the receiver refused it for good. */
  readonly refusals: number
  /** Why the last attempt failed, redacted. */
  readonly lastError: string | null
  /** When it became `delivered` or `dead`. */
  readonly settledAt: string | null
}
