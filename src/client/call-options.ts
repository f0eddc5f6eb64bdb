import type { PageOptions } from './pages.ts'
import type { CallOptions } from './send.ts'
import type { ApprovalInfo, RunInfo, TraceInfo } from './wire.ts'

/** What starting a run takes besides its body. */
export interface StartOptions extends CallOptions {
  /** Makes a repeated request return the run of the first one. @default a new key for each call */
  readonly idempotencyKey?: string
}

/** How to follow a run that exists. */
export interface FollowOptions extends CallOptions {
  /** The number of the last event that the caller has. @default -1, from the beginning */
  readonly after?: number
}

/** Filters of the list of runs. */
export interface RunFilter extends PageOptions {
  readonly status?: RunInfo['status']
  readonly agentId?: string
  readonly sessionId?: string
  /** A text in an id, the preview or the metadata of the run. */
  readonly search?: string
  /** When the run was started: from this instant on, ISO 8601. */
  readonly createdAfter?: string
  readonly createdBefore?: string
  /** When the run ended: from this instant on, ISO 8601. */
  readonly endedAfter?: string
  readonly endedBefore?: string
}

/** Filters of the list of sessions. */
export interface SessionFilter extends PageOptions {
  readonly agentId?: string
  readonly search?: string
}

/** Filters of the list of traces. */
export interface TraceFilter extends PageOptions {
  readonly status?: TraceInfo['status']
  readonly agentId?: string
  readonly sessionId?: string
}

/** Filters of the list of approvals. */
export interface ApprovalFilter extends PageOptions {
  readonly status?: ApprovalInfo['status'] | 'resolved'
  /** The order in which they were requested. @default 'asc', oldest first */
  readonly order?: 'asc' | 'desc'
  readonly runId?: string
  readonly agentId?: string
  readonly sessionId?: string
}

/** A person's decision about a tool call. */
export interface ApprovalDecision {
  readonly approved: boolean
  readonly reason?: string
  /** Replaces the arguments of the call. */
  readonly input?: unknown
}
