const baseDelayMs = 100
const maxDelayMs = 1_000
const maxRetryAfterMs = 60_000
const retryableStatuses = new Set([408, 409, 425, 429])
const networkCodes =
  /^(?:ECONN(?:RESET|REFUSED|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|ENET(?:DOWN|UNREACH|RESET)|EHOST(?:DOWN|UNREACH)|UND_ERR_\w+|ConnectionRefused|ConnectionClosed)$/
const networkNames = /^(?:TimeoutError|ConnectTimeoutError|APIConnection(?:Timeout)?Error)$/
const networkMessages =
  /^(?:fetch failed|terminated|network ?error)$|failed to fetch|network connection lost|socket hang ?up|^load failed|error sending request|unable to connect/i

/**
 * May a failed request be sent again? Yes for statuses 408, 409, 425, 429 and 5xx, for what says so itself
 * (`isRetryable`), and for failures of the network, recognised by code, name or message down the chain of causes.
 * Never for an abort.
 */
export function isRetryable(error: unknown): boolean {
  for (let cause = toRecord(error), depth = 0; cause && depth < 5; depth++) {
    if (cause.name === 'AbortError') return false
    const status = cause.statusCode ?? cause.status
    if (cause.isRetryable === true) return true
    if (typeof status === 'number') return retryableStatuses.has(status) || status >= 500
    if (isNetworkFailure(cause)) return true
    cause = toRecord(cause.cause)
  }
  return false
}

function isNetworkFailure({ code, name, message }: Record<string, unknown>): boolean {
  return (
    (typeof code === 'string' && networkCodes.test(code)) ||
    (typeof name === 'string' && networkNames.test(name)) ||
    (typeof message === 'string' && networkMessages.test(message))
  )
}

/**
 * Milliseconds to wait before the next attempt: what the failure's `retry-after-ms` or `retry-after` header (seconds or
 * an HTTP date, RFC 9110 10.2.3) asks for, at most 60 s; else exponential with full jitter, from 100 ms up to 1 s.
 *
 * @param attempt How many attempts have failed before this one, from 0.
 * @param random Gives numbers from 0 up to 1.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  now: number,
  random: () => number,
): number {
  const asked = retryAfterMs(error, now)
  if (asked !== null) return Math.min(asked, maxRetryAfterMs)
  return Math.round(random() * Math.min(maxDelayMs, baseDelayMs * 2 ** attempt))
}

function retryAfterMs(error: unknown, now: number): number | null {
  const failure = toRecord(error)
  const headers = failure?.responseHeaders ?? failure?.headers
  const milliseconds = toNumber(readHeader(headers, 'retry-after-ms'))
  if (milliseconds !== null) return milliseconds
  const asked = readHeader(headers, 'retry-after')
  const seconds = toNumber(asked)
  if (seconds !== null) return seconds * 1_000
  const date = asked === null ? Number.NaN : Date.parse(asked)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function readHeader(headers: unknown, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name)
  const [, value] =
    Object.entries(toRecord(headers) ?? {}).find(([key]) => key.toLowerCase() === name) ?? []
  return typeof value === 'string' ? value : null
}

function toNumber(text: string | null): number | null {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null
}

function toRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
}

/** Waits; resolves early, and leaves no timer behind, when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
