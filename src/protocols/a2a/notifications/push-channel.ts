import { factTypes, type OutboxMessage } from '../../../records/outbox.ts'
import type { RelayChannel, DeliveryHost } from '../../../outbound/relay/drain.ts'
import type { PushSettings } from './push-options.ts'

/**
 * Creates the channel that tells clients about their tasks. Clients name the receivers, so one that cannot be reached never delays the
 * others: each message has its own retries, and the channel never pauses.
 */
export function pushChannel(push: PushSettings): RelayChannel {
  return {
    target: 'a2a-push',
    types: factTypes,
    agents: null,
    batch: 20,
    leaseMs: push.timeoutMs + 30_000,
    async deliver(messages: readonly OutboxMessage[], host: DeliveryHost) {
      const { deliverPush } = await import('./deliver-push.ts')
      await Promise.all(messages.map((message) => deliverPush(push, message, host)))
      return true
    },
  }
}
