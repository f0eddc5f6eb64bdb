import { withDeadline } from '../../lib/deadline.ts'
import { repeat, type Repetition } from '../../lib/timer.ts'
import type { OutboxMessage } from '../../records/outbox.ts'
import type { OutboxStore, Stores, Subscription } from '../../storage/store.ts'
import { withMemoryOutbox } from '../../storage/memory/outbox.ts'
import type { EngineOptions } from '../../agents/engine/engine.ts'

/** The engine whose facts are reported. */
export type ReportHost = Pick<EngineOptions, 'agents' | 'stores' | 'clock' | 'onError'>

/** Sends what the outbox of an engine holds. */
export interface Relay {
  /** The stores, with an outbox that notes facts for this reporter. */
  readonly stores: Stores
  /** Sends from now on whatever is due. */
  start(): void
  /** Sends what is due now. `onlyNoted`: only if this engine may have noted something. Never rejects. */
  flush(onlyNoted: boolean): Promise<void>
  /** Sends what this engine noted, for a short time, and ends. */
  close(): Promise<void>
}

/** One receiver, and how it gets messages. */
export interface RelayChannel extends Omit<Subscription, 'onNote'> {
  /** How many messages are claimed at a time, and for how long. */
  readonly batch: number
  readonly leaseMs: number
  /** Delivers claimed messages and settles each. Returns false when the receiver could not be reached at all. */
  deliver(messages: readonly OutboxMessage[], host: DeliveryHost): Promise<boolean>
}

/** What a channel needs to deliver. */
export interface DeliveryHost extends ReportHost {
  readonly outbox: OutboxStore
}

/** How often a relay looks for what other processes left, in milliseconds, varied by half. */
const pollMs = 1_000

/** How long `close` sends what this process noted, in milliseconds. */
const closeMs = 2_000

/** A receiver that cannot be reached gets no requests for this long, doubled each time up to the longest. */
const firstPauseMs = 1_000
const longestPauseMs = 60_000

/**
 * Creates the relay of some receivers. What it claims is bounded by the batches, so a receiver that is away costs no memory.
 *
 * @throws TypeError when the stores have no outbox.
 */
export function createRelay(
  name: string,
  host: ReportHost,
  channels: readonly RelayChannel[],
): Relay {
  const stores = extendStores(name, host)
  const { outbox } = stores
  const receivers = channels.map((channel) => createReceiver(channel, { ...host, stores, outbox }))
  let polling: Repetition | undefined
  let noted = false
  const unsubscribe = channels.map(({ target, types, agents }) =>
    outbox.subscribe({
      target,
      types,
      agents,
      onNote() {
        noted = true
        polling?.nudge()
      },
    }),
  )
  const drainAll = async () => {
    noted = false
    await Promise.all(receivers.map((receiver) => receiver.drain()))
  }
  return {
    stores,
    start() {
      polling ??= repeat(drainAll, pollMs, host.onError)
    },
    async flush(onlyNoted) {
      if (onlyNoted && !noted) return
      await drainAll().catch(host.onError)
    },
    async close() {
      for (const end of unsubscribe) end()
      const late = new Error('The outbox was not empty in time')
      // Whatever is left is in the outbox, and the next process finds it.
      await withDeadline(closeMs, late, async () => {
        await polling?.stop()
        await drainAll()
      }).catch(() => undefined)
      for (const receiver of receivers) receiver.stop()
    },
  }
}

function extendStores(name: string, { stores, clock }: ReportHost) {
  const extended: Stores =
    stores.outbox || stores.kind !== 'memory' ? stores : withMemoryOutbox(stores, clock)
  const { outbox } = extended
  if (outbox) return { ...extended, outbox }
  throw new TypeError(`The option ${name} needs stores with an outbox, such as postgresStores()`)
}

function createReceiver(channel: RelayChannel, host: DeliveryHost) {
  const { target, batch, leaseMs } = channel
  let failures = 0
  let pausedUntil = 0
  let isStopped = false
  let current: Promise<void> | null = null
  const drain = async () => {
    while (!isStopped && host.clock.now() >= pausedUntil) {
      const messages = await host.outbox.claim(target, batch, leaseMs)
      if (messages.length === 0) return
      const reached = await channel.deliver(messages, host)
      failures = reached ? 0 : failures + 1
      if (!reached) pausedUntil = host.clock.now() + pauseMs(failures)
      if (messages.length < batch) return
    }
  }
  return {
    /** Delivers what is due. Rounds of one receiver never overlap in a process. */
    drain: () => (current ??= drain().finally(() => void (current = null))),
    stop: () => void (isStopped = true),
  }
}

function pauseMs(failures: number): number {
  const longest = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1))
  return longest * (0.5 + Math.random() / 2)
}
