import type { ChangeSet, ChangeState, ChangeStatus, ChangeSummary } from '../records/change.ts'
import type { Page, PageRequest } from './page.ts'

/** Filters of a list of change sets. */
export interface ChangeFilter extends PageRequest {
  /** Null matches every status. */
  readonly statuses: readonly ChangeStatus[] | null
}

/** Who holds the folder of a workspace, and for how long from now, in milliseconds. */
export interface ChangeLease {
  readonly owner: string
  readonly leaseMs: number
}

/** Keeps change sets. Leases are measured by the clock of the store; every other time is given. */
export interface ChangeStore {
  /** Saves a new change set, whose version is 0. Rejects with `conflict` when the id is taken. */
  create(change: ChangeSet): Promise<void>
  /** Resolves to null when the tenant has no such change set. */
  get(tenant: string, id: string): Promise<ChangeSet | null>
  /** One page, the latest change set first. */
  list(filter: ChangeFilter): Promise<Page<ChangeSummary>>
  /**
   * Replaces the state if the version is still the one that the caller has read, and raises it. A state that is `applying` or
   * `rolling_back` needs a lease, which takes the folder of the base for its owner; any other state releases the folder.
   * Resolves to the new version, or to null: the version has changed, the lease belongs to another owner and has not run out,
   * or another change set holds the folder.
   */
  update(
    change: Pick<ChangeSummary, 'tenant' | 'id' | 'version'>,
    state: ChangeState,
    lease?: ChangeLease,
  ): Promise<number | null>
  /** Extends the lease. Resolves to false when the version has changed. */
  renew(
    change: Pick<ChangeSummary, 'tenant' | 'id' | 'version'>,
    lease: ChangeLease,
  ): Promise<boolean>
  /** Resolves to the change set of any tenant that holds this folder with a lease that has run out, or to null. */
  abandoned(rootId: string): Promise<ChangeSet | null>
  /** Turns pending and approved change sets of all tenants whose `expiresAt` is at or before `time` into `expired`. */
  expire(time: string): Promise<void>
}
