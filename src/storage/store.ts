import type { Approval, Decision } from '../records/approval.ts'
import type { Message } from '../records/message.ts'
import type {
  EndedStatus,
  LogEntry,
  Run,
  RunError,
  RunInput,
  RunMessage,
  RunProgress,
  RunSummary,
  ToolCall,
  Turn,
} from '../records/run.ts'
import type { Usage } from '../records/usage.ts'
import type { ChangeStore } from './change-store.ts'
import type { LogArchive } from './log-archive.ts'
import type { Admission, Hint, Pruned, StoreCounts } from './outcomes.ts'
import type { ApprovalFilter, Page, PageRequest, RunFilter, SessionFilter } from './page.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { PushTargetStore } from './push-target-store.ts'
import type { SessionStore } from './session-store.ts'
export type { TimeRange } from './page.ts'
export type * from './blobs/port.ts'
export type * from './change-store.ts'
export type * from './log-archive.ts'
export type {
  Admission,
  ApprovalFilter,
  Page,
  PageRequest,
  RunFilter,
  SessionFilter,
  StoreCounts,
  Hint,
  Pruned,
}
export type * from './outbox-store.ts'
export type * from './push-target-store.ts'
export type {
  NewSession,
  SessionChange,
  SessionMessage,
  SessionPage,
  SessionReading,
  SessionRun,
  SessionStore,
} from './session-store.ts'

/** Where Studio keeps sessions, runs and approvals. Every method is one transaction; it rejects with `unavailable` during an outage. */
export interface Stores {
  /** True when other processes may change the same data: Studio then polls for their changes. @default false */
  readonly shared?: boolean
  /** What keeps the data, as `GET /status` shows it, such as `memory` or `postgres`. @default 'custom' */
  readonly kind?: string
  readonly sessions: SessionStore
  readonly runs: RunStore
  readonly approvals: ApprovalStore
  /** Change sets. Without it, Studio changes no files, except that those of `memoryStores` are kept beside it. @default none */
  readonly changes?: ChangeStore
  /** Messages for other systems. `telemetry` and `webhooks` need it. @default none */
  readonly outbox?: OutboxStore
  /** Where clients want to be told about their runs. The option `push` of `a2a` needs it. @default none, except that those of `memoryStores` are kept beside it */
  readonly pushTargets?: PushTargetStore
  /** Prepares the storage, for example its tables. Called once, before the first use. */
  ready?(): Promise<void>
  /** Counts what a tenant has; a count stops at 10,000. @default `GET /status` counts what the lists show, up to 100 */
  counts?(tenant: string): Promise<StoreCounts>
  /** Deletes what is older than the retention that the stores were opened with. Logs that it deletes go to `archive` first. */
  prune?(archive?: LogArchive): Promise<Pruned>
  /**
   * Reports what other processes do to runs, from the time the promise resolves. Hints may be lost, repeated or late.
   * Resolves to a function that ends the reports.
   */
  watch?(onHint: (hint: Hint) => void): Promise<() => Promise<void>>
  /** Returns true while `watch` receives what other processes report. Studio then looks less often for their changes. */
  listening?(): boolean
  /** Releases what the stores opened themselves, for example a connection that listens. */
  close?(): Promise<void>
}

/**
 * Opens the stores of one request, or of one `tick`, where `request` is absent. Studio calls `close` at the end of it: on
 * Workers a connection cannot be used by another request.
 */
export type OpenStores = (from: { readonly env: unknown; readonly request?: Request }) => Stores

/** A run that a client asks to admit. */
export interface NewRun {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly traceId: string
  readonly input: RunInput
  readonly startedBy: string | null
  /** What to do when the session has an open run. */
  readonly onBusy: 'enqueue' | 'reject' | 'cancel'
  /** With `enqueue`: how many open runs the session may have, with this one. Absent means any number. */
  readonly maxOpenRuns?: number
  /** Makes a repeated admission return the first run, for 24 hours. Equal fingerprints mean equal bodies. */
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null
}

/** Identifies one claim of a run. The epoch is its fencing token: a write with an older one is refused. */
export interface RunRef {
  readonly runId: string
  readonly epoch: number
}

/** Everything that the new owner of a run needs to continue it. */
export interface ClaimedRun {
  /**
   * The session's messages before this run, oldest first, or the input's history. A session's history ends at about 64 MiB,
   * and it is empty for a cancelled run and for one that lost its owner `maxAttempts` times.
   */
  readonly history: readonly Message[]
  readonly journal: RunJournal
  /** The size of the run's log: the UTF-8 bytes of the JSON of its entries. @default 0 */
  readonly logBytes?: number
  /** The time of the store at the claim, in milliseconds since 1970. Deadlines are measured by it. */
  readonly now: number
}

/** A run with its parts; each list is in order of creation. */
export interface RunJournal {
  readonly run: Run
  readonly messages: readonly RunMessage[]
  readonly turns: readonly Turn[]
  readonly toolCalls: readonly ToolCall[]
  readonly approvals: readonly Approval[]
}

/** What the owner of a run writes in one transaction. Whatever it leaves out stays unchanged. */
export interface RunChange {
  /** The number of this write within its claim, from 1. A repeated write has no effect and returns the same result. */
  readonly write?: number
  /** Appended to the event log. The first `seq` is the length of the log; any other rejects the change. */
  readonly entries?: readonly LogEntry[]
  /** Appended to the run, and to its session if it has one. */
  readonly messages?: readonly RunMessage[]
  /** Replaces the turn with the same number, or is added. */
  readonly turn?: Turn
  /** Added. Each belongs to a tool call that becomes `waiting` in the same change. */
  readonly approvals?: readonly Approval[]
  /** Each replaces the call with the same `toolCallId`, or is added. */
  readonly toolCalls?: readonly ToolCall[]
  /** Replaces the usage of the run. */
  readonly usage?: Usage
  /** Becomes the title of the session if it has none. */
  readonly title?: string
  /**
   * Releases the lease. After `wait`, the run waits for its approvals; it is due at once if one was decided since the claim.
   * After `yield`, any process may continue at once. After `end`, the run is over.
   */
  readonly release?:
    | { readonly to: 'wait' }
    | { readonly to: 'yield' }
    | {
        readonly to: 'end'
        readonly status: EndedStatus
        readonly output: string | null
        readonly error: RunError | null
        readonly partial: Message | null
      }
}

/** What the owner of a run learns from a write. */
export interface CommitResult {
  /** Present when the change ends the run as `succeeded` after its cancellation was requested: nothing was written. */
  readonly refused?: true
  /** True when a client requested the cancellation of the run. */
  readonly cancelRequested: boolean
  /** Ids of the runs that became due by this write. The dispatcher wakes them. */
  readonly wake: readonly string[]
}

/** The process that claims a run, and how long its lease lasts. */
export interface Claimant {
  readonly owner: string
  readonly leaseMs: number
  /** The agents of the process, by id. It can claim runs of other agents only when they are cancelled, to end them. */
  readonly agents: ReadonlyMap<string, unknown>
  /** How many messages of a session its newest run needs as history, by agent id; Infinity for all. @default all */
  historyLimit?(agentId: string): number
}

/**
 * Keeps runs and everything that happens to them. Leases, expiry and due times are measured by the clock of the store.
 *
 * @see docs/decisions/006-state-is-rows.md
 */
export interface RunStore {
  /**
   * Admits a run as `queued`. The check of the idempotency key, `onBusy` and the insert are one transaction. Rejects with
   * `bad_request` when the tenant, the agent id or the idempotency key has more than 512 bytes.
   */
  create(run: NewRun): Promise<Admission>
  /** Resolves to null when the tenant has no such run. */
  get(tenant: string, id: string): Promise<RunSummary | null>
  /** Resolves to the run with this trace id, or to null. */
  getByTrace(tenant: string, traceId: string): Promise<RunSummary | null>
  /** One page, the latest admitted run first. */
  list(filter: RunFilter): Promise<Page<RunSummary>>
  /** Resolves to how far these runs have come, in any order. Processes with readers ask often; without it each reader reads. */
  progress?(runIds: readonly string[]): Promise<RunProgress[]>
  /** Resolves to these runs with their parts, in the order of `runIds`. Unknown ids are left out. */
  journals(runIds: readonly string[]): Promise<RunJournal[]>
  /**
   * Takes a run over for `leaseMs` and raises its epoch. Resolves to null when the run cannot be claimed: it is unknown,
   * ended, leased, waiting without a reason to wake, or queued behind another run of its session. Approvals that have expired
   * become `timed_out`. After `maxAttempts` lost owners the journal holds the run alone, because reading the rest may fail.
   */
  claim(runId: string, claimant: Claimant): Promise<ClaimedRun | null>
  /** Extends the lease to `leaseMs` from now. Null when the claim was lost. */
  renew(ref: RunRef, leaseMs: number): Promise<CommitResult | null>
  /** Writes all of a change or nothing. Null when the claim was lost; rejects when the entries do not continue the log. */
  commit(ref: RunRef, change: RunChange): Promise<CommitResult | null>
  /** Cancels the pending approvals of the run and resolves to all of its approvals. Null when the claim was lost. */
  cancelApprovals(ref: RunRef, reason: string): Promise<Approval[] | null>
  /** Requests that a run end as `cancelled`. Ended runs stay unchanged. Null when the tenant has no such run. */
  requestCancel(tenant: string, id: string, reason: string | null): Promise<RunSummary | null>
  /** Resolves to at most `limit` log entries after number `after`, in order; -1 starts at the beginning. Only none means the end. */
  readLog(runId: string, after: number, limit: number): Promise<LogEntry[]>
  /** Resolves to at most `limit` runs that a process with these agents could claim now, the longest due first. */
  due(limit: number, agents: Claimant['agents']): Promise<string[]>
  /** The time when the next run becomes due, in milliseconds since 1970. Null when no run becomes due by time alone. */
  nextDue(): Promise<number | null>
}

/** Keeps tool calls that wait for a person's decision. */
export interface ApprovalStore {
  /** Resolves to null when the tenant has no such approval. */
  get(tenant: string, id: string): Promise<Approval | null>
  /** One page, the earliest requested approval first. */
  list(filter: ApprovalFilter): Promise<Page<Approval>>
  /** Resolves to the pending approvals of these runs. Those of one run are in order of request. */
  pendingOf(runIds: readonly string[]): Promise<Approval[]>
  /** Resolves to those of these approvals that are not pending, in any order. Without it, Studio reads the pending ones too. */
  resolvedOf?(ids: readonly string[]): Promise<Approval[]>
  /**
   * Resolves a pending approval and makes its run due. One of several callers wins; the others get `decided` false with the
   * approval as it stands, which may also have expired. Null when the tenant has no such approval.
   */
  decide(
    tenant: string,
    id: string,
    decision: Decision,
  ): Promise<{ readonly decided: boolean; readonly approval: Approval } | null>
}
