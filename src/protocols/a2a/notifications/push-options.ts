import { type KnownKeys, refuseUnknownKeys } from '../../../lib/options/known-keys.ts'
import { checkDuration } from '../../../lib/options/numbers.ts'

/** How clients of A2A are told about their tasks. */
export interface A2aPushOptions {
  /** The origins to which clients may have notifications sent, such as `https://client.example.com`, compared exactly. Redirects are not followed. */
  readonly origins: readonly string[]
  /** How long a receiver may take to answer, in milliseconds. @default 5_000 */
  readonly timeoutMs?: number
  /** How long a notification is retried until it is given up, in milliseconds. @default 259_200_000, three days */
  readonly retryMs?: number
  /** The `fetch` for receivers. @default the host's */
  readonly fetch?: typeof fetch
}

/** The options with every default filled in. */
export interface PushSettings {
  readonly origins: ReadonlySet<string>
  readonly timeoutMs: number
  readonly retryMs: number
  readonly fetch: typeof fetch
}

const known: KnownKeys<A2aPushOptions> = {
  origins: true,
  timeoutMs: true,
  retryMs: true,
  fetch: true,
}

/** @throws TypeError that names the option at fault. */
export function resolvePush(options: A2aPushOptions): PushSettings {
  refuseUnknownKeys('push of a2a', options, known)
  const { origins, fetch = globalThis.fetch } = options
  if (!Array.isArray(origins) || origins.length === 0 || !origins.every(isOrigin)) {
    throw new TypeError('a2a: push.origins must list origins like https://client.example.com')
  }
  if (typeof fetch !== 'function') throw new TypeError('a2a: push.fetch must be a function')
  return {
    origins: new Set(origins),
    timeoutMs: checkDuration('push.timeoutMs of a2a', options.timeoutMs ?? 5_000),
    retryMs: checkDuration('push.retryMs of a2a', options.retryMs ?? 259_200_000, { zero: true }),
    fetch: (...given: Parameters<typeof fetch>) => fetch(...given),
  }
}

function isOrigin(origin: unknown): boolean {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false
  const { origin: parsed, protocol } = new URL(origin)
  return parsed === origin && (protocol === 'https:' || protocol === 'http:')
}
