import type { FactType, OutboxMessage } from '../../records/outbox.ts'
import { library } from '../../library.ts'
import type { RelayChannel, DeliveryHost } from '../relay/drain.ts'
import { attemptsIn, delayAfter } from '../relay/backoff.ts'
import { type Sent, send } from '../relay/send.ts'
import { toPayload } from './payload.ts'
import { sign } from './sign.ts'

/** One webhook, checked, with every default filled in. */
export interface WebhookTarget {
  readonly name: string
  readonly url: string
  readonly secrets: readonly Uint8Array<ArrayBuffer>[]
  readonly events: readonly FactType[]
  /** Null for all agents. */
  readonly agents: readonly string[] | null
  readonly content: boolean
  readonly timeoutMs: number
  /** How long a message is retried, in milliseconds. */
  readonly retryMs: number
  /** What links start with. */
  readonly base: string
  readonly fetch: typeof fetch
}

/** Prefixes the names of webhooks in the outbox, which other receivers share. */
export const targetPrefix = 'webhook:'

/** Creates the channel of a webhook. Its messages are sent ten at a time, in no particular order. */
export function webhookChannel(target: WebhookTarget): RelayChannel {
  const { name, events, agents, timeoutMs } = target
  return {
    target: `${targetPrefix}${name}`,
    types: events,
    agents,
    batch: 10,
    leaseMs: timeoutMs + 30_000,
    async deliver(messages, host) {
      const reached = await Promise.all(messages.map((message) => deliver(target, message, host)))
      return reached.includes(true)
    },
  }
}

/** Sends a message once and settles it. Returns false if the receiver could not be reached. */
async function deliver(
  target: WebhookTarget,
  message: OutboxMessage,
  host: DeliveryHost,
): Promise<boolean> {
  const body = await toPayload(message, target, host)
  // The part before the receiver: a fact has the same id for everybody who is told of it.
  const [id = message.id] = message.id.split('@')
  const timestamp = Math.floor(host.clock.now() / 1_000)
  const sent = await send({
    url: target.url,
    headers: {
      'content-type': 'application/json',
      'user-agent': `${library.name}/${library.version}`,
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': await sign(target.secrets, { id, timestamp, body }),
    },
    body,
    timeoutMs: target.timeoutMs,
    fetch: target.fetch,
  })
  if (sent.ok) await host.outbox.settle([message], { to: 'delivered' })
  else await settleFailure(target, message, { host, sent })
  return sent.ok || sent.status !== null
}

async function settleFailure(
  { name, retryMs }: WebhookTarget,
  message: OutboxMessage,
  { host, sent }: { readonly host: DeliveryHost; readonly sent: Extract<Sent, { ok: false }> },
): Promise<void> {
  const { status, error, retryAfterMs } = sent
  const delayMs = Math.max(retryAfterMs ?? 0, delayAfter(message.attempts))
  const isLate = message.attempts >= attemptsIn(retryMs)
  if (status === 410 || isLate) {
    await host.outbox.settle([message], { to: 'dead', error })
    const { runId, agentId } = message
    const failure = new Error(`The webhook ${name} was given up for ${message.id}: ${error}`)
    host.onError(failure, undefined, { runId, agentId })
  } else await host.outbox.settle([message], { to: 'retry', delayMs, error, refused: false })
}
