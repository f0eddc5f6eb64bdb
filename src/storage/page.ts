import type { ApprovalStatus } from '../records/approval.ts'
import type { RunStatus } from '../records/run.ts'

/** One page of a list. `cursor` requests the next page and is null on the last one. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor: string | null
}

/** Requests at most `limit` items after `cursor`, which an earlier page returned; null requests the first page. */
export interface PageRequest {
  readonly tenant: string
  readonly limit: number
  /** Clients send it, so it may be anything. A cursor that the store did not make rejects with `bad_request`. */
  readonly cursor: string | null
}

/** Filters of `GET /runs` and `GET /traces`. A filter that is null matches every run. */
export interface RunFilter extends PageRequest {
  readonly statuses: readonly RunStatus[] | null
  readonly agentId: string | null
  readonly sessionId: string | null
  /**
   * A text that the run's id, trace id, session id or preview holds, or any text or number in its metadata; the case of letters
   * makes no difference.
   *
   * @default null
   */
  readonly search?: string | null
  /** The time of admission; absent matches any. */
  readonly created?: TimeRange
  /** The time of the end; absent matches any run, also one that has not ended. */
  readonly ended?: TimeRange
}

/** A span of time: from an instant on, before another one. Both are ISO 8601 UTC with milliseconds; undefined is open. */
export interface TimeRange {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Filters of `GET /sessions`. A filter that is null matches every session. */
export interface SessionFilter extends PageRequest {
  readonly agentId: string | null
  /**
   * A text that the title holds, or any text or number in the metadata; the case of letters makes no difference.
   *
   * @default null
   */
  readonly search?: string | null
}

/** Filters of `GET /approvals`. A filter that is null matches every approval. */
export interface ApprovalFilter extends PageRequest {
  readonly statuses: readonly ApprovalStatus[] | null
  /** The order in which they were requested. @default 'asc', oldest first */
  readonly order?: 'asc' | 'desc'
  readonly runId: string | null
  readonly agentId: string | null
  readonly sessionId: string | null
}
