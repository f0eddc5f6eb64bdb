import { isNetworkCode } from './error-code.ts'
import { isRecord } from './json.ts'

const baseDelayMs = 100
const maxDelayMs = 1_000
const maxRetryAfterMs = 60_000
/** An error can be its own cause, so the chain is followed only this far. */
const maxCauses = 5
const retryableStatuses = new Set([408, 409, 425, 429])
const networkNames = /^(?:TimeoutError|ConnectTimeoutError|APIConnection(?:Timeout)?Error)$/
const networkMessages =
  /^(?:fetch failed|terminated|network ?error)$|failed to fetch|network connection lost|socket hang ?up|^load failed|error sending request|unable to connect/i

/**
 * Returns true when a failed request may be sent again: for the statuses 408, 409, 425, 429 and 5xx, for an error whose own
 * `isRetryable` is true, and for a network failure, recognised by code, name or message along the chain of causes. An
 * aborted request is never retried.
 */
export function isRetryable(error: unknown): boolean {
  let cause = error
  for (let depth = 0; isRecord(cause) && depth < maxCauses; depth++) {
    if (cause.name === 'AbortError') return false
    const status = cause.statusCode ?? cause.status
    if (cause.isRetryable === true) return true
    if (typeof status === 'number') return retryableStatuses.has(status) || status >= 500
    if (isNetworkFailure(cause)) return true
    cause = cause.cause
  }
  return false
}

function isNetworkFailure({ code, name, message }: Record<string, unknown>): boolean {
  return (
    (typeof code === 'string' && isNetworkCode(code)) ||
    (typeof name === 'string' && networkNames.test(name)) ||
    (typeof message === 'string' && networkMessages.test(message))
  )
}

/**
 * Returns the milliseconds to wait before the next attempt. A `retry-after-ms` or `retry-after` header of the failure
 * decides (seconds or an HTTP date, RFC 9110 section 10.2.3), up to 60 s. Otherwise the backoff is exponential with full
 * jitter: a random part of 100 ms, doubled for each attempt, up to 1 s.
 *
 * @param attempt The number of attempts that failed before this one, from 0.
 * @param random Returns numbers from 0 up to, but not including, 1.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  now: number,
  random: () => number,
): number {
  const requestedMs = readRetryAfterMs(error, now)
  if (requestedMs !== null) return Math.min(requestedMs, maxRetryAfterMs)
  return Math.round(random() * Math.min(maxDelayMs, baseDelayMs * 2 ** attempt))
}

function readRetryAfterMs(error: unknown, now: number): number | null {
  if (!isRecord(error)) return null
  const headers = error.responseHeaders ?? error.headers
  const milliseconds = toNumber(readHeader(headers, 'retry-after-ms'))
  if (milliseconds !== null) return milliseconds
  const value = readHeader(headers, 'retry-after')
  const seconds = toNumber(value)
  if (seconds !== null) return seconds * 1_000
  const date = value === null ? Number.NaN : Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function readHeader(headers: unknown, name: string): string | null {
  if (headers instanceof Headers) return headers.get(name)
  if (!isRecord(headers)) return null
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? []
  return typeof value === 'string' ? value : null
}

function toNumber(text: string | null): number | null {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null
}
