import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkDuration } from '../../lib/options/numbers.ts'
import { type FactType, factTypes } from '../../records/outbox.ts'
import type { ReporterSettings, Reports } from '../../agents/engine/reports.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Reporter } from '../../agents/reporter.ts'
import { checkTarget } from '../relay/check-target.ts'
import { createRelay } from '../relay/drain.ts'
import { extendEngine } from '../relay/extend-engine.ts'
import { type WebhookTarget, webhookChannel } from './deliver.ts'
import { deliveryRoutes } from './routes.ts'
import { parseSecret } from './sign.ts'

/** One receiver, and what it is told. */
export interface Webhook {
  /** Where facts are posted: an absolute http or https URL. Redirects are not followed. */
  readonly url: string
  /** `whsec_` and 24 to 64 random bytes in Base64. Two while a secret is replaced: both sign. */
  readonly secret: string | readonly [string, string]
  /** Names it in deliveries and in the stores, so it must stay when the URL changes: letters, digits, `.`, `_` and `-`. @default the host of the URL */
  readonly name?: string
  /** @default all events */
  readonly events?: readonly FactType[]
  /** The ids of agents. @default all agents */
  readonly agents?: readonly string[]
  /**
   * Whether to send contents too: the output and the error of a run, the arguments and reasons of an approval. They are not
   * redacted. @default false
   */
  readonly content?: boolean
}

/** Options of `webhooks`. Each has a default. */
export interface WebhooksOptions {
  /** What the links in deliveries start with, such as `https://api.example.com`. @default the path alone */
  readonly origin?: string
  /** How long a receiver may take to answer, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number
  /** How long a delivery is retried until it is dead, in milliseconds. @default 259_200_000, three days */
  readonly retryMs?: number
  /** The `fetch` for receivers. @default the host's */
  readonly fetch?: typeof fetch
}

const knownWebhook: KnownKeys<Webhook> = {
  url: true,
  secret: true,
  name: true,
  events: true,
  agents: true,
  content: true,
}

const knownOptions: KnownKeys<WebhooksOptions> = {
  origin: true,
  timeoutMs: true,
  retryMs: true,
  fetch: true,
}

/**
 * Makes the option `webhooks` of a studio. A fact is noted for each receiver in the transaction that makes it, and delivered at
 * least once, signed as Standard Webhooks has it. The stores need an outbox, as `postgresStores` and `memoryStores` have.
 * `GET /webhooks/deliveries` shows deliveries.
 *
 * @throws TypeError for an option that is unknown or has another type, a URL or secret of another form, or a name that is used twice.
 * @example
 * new Studio([agent], { webhooks: webhooks([{ url: 'https://example.com/hook', secret }]) })
 */
export function webhooks(receivers: readonly Webhook[], options: WebhooksOptions = {}): Reporter {
  refuseUnknownKeys('webhooks', options, knownOptions)
  if (!Array.isArray(receivers)) throw new TypeError('webhooks takes a list of receivers first')
  const { origin = '', fetch = globalThis.fetch } = options
  const shared = {
    timeoutMs: checkDuration('timeoutMs', options.timeoutMs ?? 10_000),
    retryMs: checkDuration('retryMs', options.retryMs ?? 259_200_000, { zero: true }),
    fetch: (...given: Parameters<typeof fetch>) => fetch(...given),
    base: origin === '' ? '' : checkTarget('origin', origin).replace(/\/+$/, ''),
  }
  const targets = receivers.map((receiver, index) => toTarget(receiver as Webhook, index, shared))
  const names = targets.map(({ name }) => name)
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) {
    throw new TypeError(`Two webhooks are named "${repeated}": give each a name of its own`)
  }
  const serve = ({ publicPath }: ReporterSettings): Reports => {
    const channels = targets.map((target) =>
      webhookChannel({ ...target, base: `${target.base}${publicPath}` }),
    )
    return {
      extend: extendEngine((host) => createRelay('webhooks', host, channels)),
      routes: (module: AgentsModule) => deliveryRoutes(module, names),
    }
  }
  return { name: 'webhooks', serve }
}

function toTarget(
  webhook: Webhook,
  index: number,
  shared: Pick<WebhookTarget, 'timeoutMs' | 'retryMs' | 'fetch' | 'base'>,
): WebhookTarget {
  const option = `webhooks[${index}]`
  refuseUnknownKeys(option, webhook, knownWebhook)
  const url = checkTarget(`${option}.url`, webhook.url)
  const { secret, events = factTypes, agents = null, content = false } = webhook
  const name = webhook.name ?? new URL(url).hostname.replaceAll(/[^\w.-]/g, '_')
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new TypeError(`${option}.name must be 1 to 100 letters, digits, ".", "_" and "-"`)
  }
  const unknown = events.filter((event) => !factTypes.includes(event))
  if (unknown.length > 0) {
    throw new TypeError(
      `${option}.events: known are ${factTypes.join(', ')}, not ${unknown.join(', ')}`,
    )
  }
  const secrets = (typeof secret === 'string' ? [secret] : [...secret]).map((one) =>
    parseSecret(`${option}.secret`, one),
  )
  if (secrets.length === 0 || secrets.length > 2)
    throw new TypeError(`${option}.secret must be one or two secrets`)
  return { name, url, secrets, events, agents, content, ...shared }
}
