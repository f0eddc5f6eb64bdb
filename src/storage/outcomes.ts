import type { RunStatus, RunSummary } from '../records/run.ts'

/** The outcome of an admission, by `kind`. */
export type Admission =
  | {
      readonly kind: 'created'
      readonly run: RunSummary
      readonly cancelled: readonly string[]
      /** How many open runs of the session go first. */
      readonly ahead: number
    }
  /** The same key came before with the same body: the run of that time. */
  | { readonly kind: 'replayed'; readonly run: RunSummary }
  /** The key came before with another body. */
  | { readonly kind: 'mismatch' }
  /** `onBusy` is `reject`, and this run of the session is open. */
  | { readonly kind: 'busy'; readonly runId: string }
  /** The session has `maxOpenRuns` open runs already. */
  | { readonly kind: 'full' }
  /** The tenant has no such session; it may have been deleted in the meantime. */
  | { readonly kind: 'no_session' }

/** What a tenant has, for `GET /status`. Each count stops at 10,000. */
export interface StoreCounts {
  readonly sessions: number
  readonly runs: Readonly<Record<RunStatus, number>>
  readonly approvals: { readonly pending: number; readonly resolved: number }
}

/** What may have happened to a run: its log has new entries, its cancellation was requested, or it is due. */
export interface Hint {
  readonly kind: 'log' | 'cancel' | 'due'
  readonly runId: string
}

/** How many rows `prune` deleted. Rows that belong to them are deleted too and not counted. */
export interface Pruned {
  readonly runs: number
  readonly sessions: number
  readonly idempotencyKeys: number
  /** @default 0 */
  readonly changes?: number
  /** Settled deliveries. @default 0 */
  readonly deliveries?: number
  /** Days whose event logs were dropped as a whole. @default 0 */
  readonly logDays?: number
  /** Event logs that were deleted one by one. @default 0 */
  readonly logs?: number
  /** Event logs that were archived before they were deleted. @default 0 */
  readonly archivedLogs?: number
  /** Blobs that no run had any more. @default 0 */
  readonly blobs?: number
}
