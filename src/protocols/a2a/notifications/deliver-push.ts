import { library } from '../../../library.ts'
import { attemptsIn, delayAfter } from '../../../outbound/relay/backoff.ts'
import type { DeliveryHost } from '../../../outbound/relay/drain.ts'
import { send, type Sent } from '../../../outbound/relay/send.ts'
import type { OutboxMessage } from '../../../records/outbox.ts'
import type { PushTarget } from '../../../storage/store.ts'
import { showJournal } from '../read-tasks.ts'
import { protocolVersion } from '../protocol-version.ts'
import type { PushSettings } from './push-options.ts'
import { readStoredConfig, type StoredPushConfig } from './push-requests.ts'

type Failure = Extract<Sent, { ok: false }>

/** Tells the clients of a task that it ended, waits or goes on, each at least once, and settles the message. */
export async function deliverPush(
  push: PushSettings,
  message: OutboxMessage,
  host: DeliveryHost,
): Promise<void> {
  const { outbox, stores } = host
  const { runId } = message
  // The part before the receiver, which is the same for each attempt.
  const [fact = message.id] = message.id.split('@')
  const targets = ((await stores.pushTargets?.list(runId)) ?? []).filter(
    ({ sent }) => !sent.includes(fact),
  )
  const [journal] = targets.length > 0 ? await stores.runs.journals([runId]) : []
  if (!journal) return outbox.settle([message], { to: 'forget' })
  const body = JSON.stringify({ task: await showJournal(journal, 0) })
  const sent = await Promise.all(targets.map((target) => tell(push, target, { fact, body, host })))
  const failures = sent.filter((one) => one !== null)
  if (failures.length === 0) await outbox.settle([message], { to: 'forget' })
  else await settleFailures(push, message, { failures, host })
}

/** Returns null if a client was told, or must not be told any more. */
async function tell(
  { origins, timeoutMs, fetch }: PushSettings,
  target: PushTarget,
  { fact, body, host }: { fact: string; body: string; host: DeliveryHost },
): Promise<Failure | null> {
  const config = readStoredConfig(target.data)
  if (!config || !origins.has(new URL(config.url).origin)) return null // allowed once, and no more
  const sent = await send({ url: config.url, headers: toHeaders(config), body, timeoutMs, fetch })
  if (sent.ok) await host.stores.pushTargets?.noteSent(target, fact)
  else if (sent.status === 410) await host.stores.pushTargets?.delete(target)
  else return sent
  return null
}

function toHeaders({ token, authentication }: StoredPushConfig): Record<string, string> {
  const { scheme, credentials = '' } = authentication ?? {}
  return {
    'content-type': 'application/a2a+json',
    'user-agent': `${library.name}/${library.version}`,
    'a2a-version': protocolVersion,
    ...(token === undefined ? {} : { 'x-a2a-notification-token': token }),
    ...(scheme === undefined ? {} : { authorization: `${scheme} ${credentials}`.trim() }),
  }
}

async function settleFailures(
  { retryMs }: PushSettings,
  message: OutboxMessage,
  { failures, host }: { failures: readonly Failure[]; host: DeliveryHost },
): Promise<void> {
  const { runId, agentId, attempts } = message
  const error = failures.map((failure) => failure.error).join('; ')
  if (attempts >= attemptsIn(retryMs)) {
    await host.outbox.settle([message], { to: 'forget' })
    const failure = new Error(`A notification of A2A was given up for ${message.id}: ${error}`)
    return host.onError(failure, undefined, { runId, agentId })
  }
  const asked = Math.max(0, ...failures.map(({ retryAfterMs }) => retryAfterMs ?? 0))
  const delayMs = Math.max(asked, delayAfter(attempts))
  await host.outbox.settle([message], { to: 'retry', delayMs, error, refused: false })
}
