import type { ApprovalStatus } from '../records/approval.ts'
import type { RunStatus } from '../records/run.ts'

/** A page of a list, newest first unless said; `cursor` continues after its last item and is null on the last page. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor: string | null
}

/** Which page: at most `limit` items after `cursor`, an opaque text that earlier pages gave. */
export interface PageRequest {
  readonly tenant: string
  readonly limit: number
  /** A cursor the store cannot read is a `bad_request`. */
  readonly cursor: string | null
}

/** Filters of `GET /runs` and `GET /traces`; null lets all through. */
export interface RunFilter extends PageRequest {
  readonly statuses: readonly RunStatus[] | null
  readonly agentId: string | null
  readonly sessionId: string | null
}

/** Filters of `GET /approvals`; null lets all through. */
export interface ApprovalFilter extends PageRequest {
  readonly statuses: readonly ApprovalStatus[] | null
  readonly runId: string | null
  readonly agentId: string | null
  readonly sessionId: string | null
}
