import type { Approval, Decision } from '../records/approval.ts'
import type { Message } from '../records/message.ts'
import type {
  EndedStatus,
  LogEntry,
  Run,
  RunError,
  RunInput,
  RunMessage,
  ToolCall,
  Turn,
} from '../records/run.ts'
import type { Session } from '../records/session.ts'
import type { Usage } from '../records/usage.ts'
import type { ApprovalFilter, Page, PageRequest, RunFilter } from './page.ts'

export type { ApprovalFilter, Page, PageRequest, RunFilter }

/** Where Studio keeps what agents do. Every method is one transaction and rejects with `unavailable` when it cannot work. */
export interface Stores {
  /** True when other processes may work on the same rows, so that followers have to look again now and then. */
  readonly shared?: boolean
  readonly sessions: SessionStore
  readonly runs: RunStore
  readonly approvals: ApprovalStore
  /** Prepares tables and the like; called once, before the first use. */
  ready?(): Promise<void>
  /** Deletes what need not be kept any longer; without a retention there is little. */
  prune?(): Promise<Pruned>
  /**
   * Tells what other processes do to runs, as far as it can: hints may be lost, doubled or late, and there is none until
   * this resolves. Gives back what ends it.
   */
  watch?(onHint: (hint: Hint) => void): Promise<() => Promise<void>>
  /** Releases what the stores opened themselves. */
  close?(): Promise<void>
}

/** What may have happened to a run: its log goes on, it is to be cancelled, or somebody shall take it over. */
export interface Hint {
  readonly kind: 'log' | 'cancel' | 'due'
  readonly runId: string
}

/** How many rows `prune` deleted, not counting what went with them. */
export interface Pruned {
  readonly runs: number
  readonly sessions: number
  readonly idempotencyKeys: number
}

/**
 * Opens the stores of one request, or of one `tick`, where `request` is absent. They are closed with it (Workers: a
 * connection must not cross requests), so `close` has to end what was opened.
 */
export type OpenStores = (from: { readonly env: unknown; readonly request?: Request }) => Stores

/** Where conversations live. */
export interface SessionStore {
  /** Saves a new, empty session. */
  create(session: Session): Promise<void>
  /** Resolves to null when there is no such session in this tenant. */
  get(tenant: string, id: string): Promise<Session | null>
  /** Latest `updatedAt` first. */
  list(page: PageRequest & { readonly agentId: string | null }): Promise<Page<Session>>
  /** Messages in order, the last `limit` of those before position `before` (null: from the end). */
  messages(id: string, limit: number, before: number | null): Promise<SessionMessage[]>
  /** Deletes the session with its runs, messages, events and approvals; false when there was none. */
  delete(tenant: string, id: string): Promise<boolean>
}

/** A message of a session: which run it belongs to, and its place from 0. */
export interface SessionMessage extends RunMessage {
  readonly runId: string
  readonly position: number
}

/** A run about to be admitted. */
export interface NewRun {
  readonly id: string
  readonly tenant: string
  readonly agentId: string
  readonly sessionId: string | null
  readonly traceId: string
  readonly input: RunInput
  readonly startedBy: string | null
  /** What to do when the session has a run that has not ended. */
  readonly onBusy: 'enqueue' | 'reject' | 'cancel'
  /** Makes a repeated admission give back the first run, for 24 h; `fingerprint` tells whether the body is the same. */
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null
}

/** What became of an admission. */
export type Admission =
  | { readonly kind: 'created'; readonly run: Run; readonly cancelled: readonly string[] }
  /** The same key and body came before: that run. */
  | { readonly kind: 'replayed'; readonly run: Run }
  /** The key came before with another body. */
  | { readonly kind: 'mismatch' }
  /** `onBusy` is `reject` and this run of the session has not ended. */
  | { readonly kind: 'busy'; readonly runId: string }
  /** The session was deleted meanwhile. */
  | { readonly kind: 'no_session' }

/** Names one claim of a run; a write with an older epoch is refused. */
export interface RunRef {
  readonly runId: string
  readonly epoch: number
}

/** All that `advance` needs to go on with a run, restored from rows. */
export interface ClaimedRun {
  /** The session's messages before this run, oldest first, or the input's history. */
  readonly history: readonly Message[]
  readonly journal: RunJournal
  /** The store's time at the claim, in milliseconds since 1970: what expiry is measured by. */
  readonly now: number
}

/** A run with its parts, each in order of creation. */
export interface RunJournal {
  readonly run: Run
  readonly messages: readonly RunMessage[]
  readonly turns: readonly Turn[]
  readonly toolCalls: readonly ToolCall[]
  readonly approvals: readonly Approval[]
}

/** One transaction of a run's owner; what is left out stays as it is. */
export interface RunChange {
  /** Which write of its claim this is, from 1. One that was done before is answered again, and not done again. */
  readonly write?: number
  /** Appended to the event log; `seq` goes on where the log ends. */
  readonly entries?: readonly LogEntry[]
  /** Appended to the run and, where it has one, to its session. */
  readonly messages?: readonly RunMessage[]
  /** Inserted or replaced, by number. */
  readonly turn?: Turn
  /** Inserted; each belongs to a tool call that becomes `waiting` in the same change. */
  readonly approvals?: readonly Approval[]
  /** Inserted or replaced, by `toolCallId`. */
  readonly toolCalls?: readonly ToolCall[]
  readonly usage?: Usage
  /** The session's title, taken only while it has none. */
  readonly title?: string
  /**
   * Hands the lease back. `wait`: the run waits for its approvals, and is due at once when one was decided since the
   * claim. `yield`: somebody else shall go on at once. `end`: the run is over.
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

/** What an owner learns from a write. */
export interface CommitResult {
  /** True when the run wanted to end as `succeeded` and its cancellation was asked for before: nothing was written. */
  readonly refused?: true
  readonly cancelRequested: boolean
  /** Runs that became due by this write, for the dispatcher. */
  readonly wake: readonly string[]
}

/** Who takes a run over, and for how long. */
export interface Claimant {
  readonly owner: string
  readonly leaseMs: number
  /** The agents it has, by id. It gets no run of another one, unless to end it: cancellation was asked for. */
  readonly agents: ReadonlyMap<string, unknown>
}

/** The run journal (design.md, "Agents: the run journal"). Times that decide anything are the store's own. */
export interface RunStore {
  /** Admits a run as `queued`. Idempotency, `onBusy` and the insert are one transaction. */
  create(run: NewRun): Promise<Admission>
  get(tenant: string, id: string): Promise<Run | null>
  /** The run with this trace id. */
  getByTrace(tenant: string, traceId: string): Promise<Run | null>
  /** Newest `createdAt` first. */
  list(filter: RunFilter): Promise<Page<Run>>
  /** These runs with their parts, in the order of `runIds`; unknown ids are left out. */
  journals(runIds: readonly string[]): Promise<RunJournal[]>
  /**
   * Takes a run over for `leaseMs` and raises its epoch. Null when there is nothing to take: ended, leased by somebody,
   * waiting without a reason to wake, or queued behind another run of its session. Approvals past their time become
   * `timed_out` here.
   */
  claim(runId: string, claimant: Claimant): Promise<ClaimedRun | null>
  /** Extends the lease. Null when the claim is no longer ours. */
  renew(ref: RunRef, leaseMs: number): Promise<CommitResult | null>
  /** Writes a change, all or nothing. Null, and nothing written, when the claim is no longer ours. */
  commit(ref: RunRef, change: RunChange): Promise<CommitResult | null>
  /** Turns the run's pending approvals into `cancelled` and gives back all of them. Null when the claim is no longer ours. */
  cancelApprovals(ref: RunRef, reason: string): Promise<Approval[] | null>
  /** Asks that a run end as `cancelled`; ended runs stay as they are. Null when there is no such run. */
  requestCancel(tenant: string, id: string, reason: string | null): Promise<Run | null>
  /** Log entries after `after` (-1: from the start), in order, at most `limit`. */
  readLog(runId: string, after: number, limit: number): Promise<LogEntry[]>
  /** Runs that one with these agents could claim now, longest due first. */
  due(limit: number, agents: Claimant['agents']): Promise<string[]>
  /** When the next run becomes due: milliseconds since 1970, or null when none will by itself. */
  nextDue(): Promise<number | null>
}

/** Tool calls that wait for a person. */
export interface ApprovalStore {
  get(tenant: string, id: string): Promise<Approval | null>
  /** Oldest `requestedAt` first. */
  list(filter: ApprovalFilter): Promise<Page<Approval>>
  /** The pending approvals of these runs; those of a run oldest `requestedAt` first. */
  pendingOf(runIds: readonly string[]): Promise<Approval[]>
  /**
   * Resolves a pending approval and makes its run due; one caller wins. `decided` false gives back the approval as it
   * stands: resolved earlier or past its time. Null when there is no such approval.
   */
  decide(
    tenant: string,
    id: string,
    decision: Decision,
  ): Promise<{ readonly decided: boolean; readonly approval: Approval } | null>
}
