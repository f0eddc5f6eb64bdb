import type { FactType, MessageStatus, OutboxMessage } from '../records/outbox.ts'
import type { Page, PageRequest } from './page.ts'

/** A receiver of facts. The store notes a message for it in the transaction that makes a fact. */
export interface Subscription {
  /** Names the receiver: `otlp`, or the name of a webhook. Unique; a later subscription with the same name replaces it. */
  readonly target: string
  readonly types: readonly FactType[]
  /** Only facts of these agents; null for all. */
  readonly agents: readonly string[] | null
  /** Called when this process may have noted a message, or is about to. Messages of other processes are not reported. */
  readonly onNote?: () => void
}

/** Identifies one claim of a message. A message that was claimed again since has more attempts, and is not settled. */
export type MessageRef = Pick<OutboxMessage, 'id' | 'attempts'>

/** What became of an attempt to deliver. */
export type Settlement =
  /** Deletes the message. */
  | { readonly to: 'forget' }
  /** Keeps it as `delivered`. */
  | { readonly to: 'delivered' }
  /** Keeps it as `dead`. */
  | { readonly to: 'dead'; readonly error: string }
  /** Makes it due again. `refused` counts one refusal. */
  | {
      readonly to: 'retry'
      readonly delayMs: number
      readonly error: string
      readonly refused: boolean
    }

/** Filters of `GET /webhooks/deliveries`. A filter that is null matches every message. */
export interface OutboxFilter extends PageRequest {
  readonly targets: readonly string[]
  readonly statuses: readonly MessageStatus[] | null
  readonly runId: string | null
}

/**
 * Keeps messages for other systems until they are delivered. A message is written in the transaction of its fact, so a crash
 * loses none. Times are measured by the clock of the store.
 *
 * @see docs/decisions/216-one-outbox-for-all-receivers.md
 */
export interface OutboxStore {
  /** Notes messages for this receiver from now on. Returns a function that ends that; messages that are noted stay. */
  subscribe(subscription: Subscription): () => void
  /**
   * Claims at most `limit` due messages of a receiver for `leaseMs`, the longest due first, and counts an attempt for each.
   * Two callers never claim the same message at the same time.
   */
  claim(target: string, limit: number, leaseMs: number): Promise<OutboxMessage[]>
  /** Settles claims. One whose message was claimed again, settled or deleted since is left alone. */
  settle(refs: readonly MessageRef[], settlement: Settlement): Promise<void>
  /** One page, the latest first. */
  list(filter: OutboxFilter): Promise<Page<OutboxMessage>>
  /** Resolves to null when the tenant has no such message. */
  get(tenant: string, id: string): Promise<OutboxMessage | null>
  /** Makes a settled message due now, with no attempts; a pending one due now. Null when the tenant has no such message. */
  redeliver(tenant: string, id: string): Promise<OutboxMessage | null>
  /** Counts the messages of a receiver that wait and that are dead, over all tenants. Each count stops at 10,000. */
  count(target: string): Promise<OutboxCount>
}

/** How many messages of a receiver are pending, and how many dead. */
export type OutboxCount = Readonly<Record<Exclude<MessageStatus, 'delivered'>, number>>
