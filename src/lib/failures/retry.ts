import { errorsBehind, errorStatus, readMember } from './error-causes.ts'
import { isNetworkCode } from './error-code.ts'
import { isRecord } from '../json.ts'

const firstDelayMs = 1_500
const growth = 3.8
const longestDelayMs = 22_500
/** The part of a delay that is random, so that many clients do not come back at the same moment. */
const jitter = 0.2
const maxRetryAfterMs = 60_000
const retryableStatuses = new Set([408, 409, 425, 429])
/** Connections that failed, and answers of the AI SDK that were cut off. */
const networkNames =
  /^(?:TimeoutError|ConnectTimeoutError|APIConnection(?:Timeout)?Error|AI_(?:InvalidResponseData|EmptyResponseBody|JSONParse|NoContentGenerated)Error)$/
const networkMessages =
  /^(?:fetch failed|terminated|network ?error)$|failed to fetch|network connection lost|socket hang ?up|other side closed|premature close|^load failed|error sending request|unable to connect/i

/**
 * Returns true when a failed request may be sent again: for the statuses 408, 409, 425, 429 and 5xx, for an error whose own
 * `isRetryable` is true, and for a network failure, recognised by code, name or message. All of them are also found in what
 * the error was made of. An aborted request is never retried.
 */
export function isRetryable(error: unknown): boolean {
  const errors = errorsBehind(error)
  if (errors.some(isFinal)) return false
  if (errors.some((behind) => readMember(behind, 'isRetryable') === true)) return true
  const status = errorStatus(error)
  if (status !== null) return retryableStatuses.has(status) || status >= 500
  return errors.some(isNetworkFailure)
}

/** A request that somebody aborted, or that nobody will pay for in the next minute. */
function isFinal(error: Record<string, unknown>): boolean {
  if (readMember(error, 'name') === 'AbortError') return true
  return [readMember(error, 'code'), readMember(error, 'type')].includes('insufficient_quota')
}

function isNetworkFailure(error: Record<string, unknown>): boolean {
  const [code, name, message] = ['code', 'name', 'message'].map((key) => readMember(error, key))
  return (
    (typeof code === 'string' && isNetworkCode(code)) ||
    (typeof name === 'string' && networkNames.test(name)) ||
    (typeof message === 'string' && networkMessages.test(message))
  )
}

/** How patiently a request is repeated. */
export interface Backoff {
  /** How often at most. */
  readonly retries: number
  /** The most milliseconds that all delays together may take; null for no limit. */
  readonly budgetMs: number | null
  /** Returns numbers from 0 up to, but not including, 1. */
  readonly random: () => number
}

/**
 * Returns the milliseconds to wait before the next attempt. A `retry-after-ms` or `retry-after` header of the failure
 * decides (seconds or an HTTP date, RFC 9110 section 10.2.3), up to 60 s. Otherwise the delays grow from 1.5 s to 22.5 s, so
 * that three of them last about 30 s; a smaller budget shrinks them all alike, and a fifth of each is random.
 *
 * @param attempt The number of attempts that failed before this one, from 0.
 */
export function retryDelayMs(
  error: unknown,
  attempt: number,
  now: number,
  { retries, budgetMs, random }: Backoff,
): number {
  const requestedMs = readRetryAfterMs(error, now)
  if (requestedMs !== null) return Math.min(requestedMs, maxRetryAfterMs)
  const delays = Array.from({ length: Math.max(retries, attempt + 1) }, (_, index) =>
    Math.min(longestDelayMs, firstDelayMs * growth ** index),
  )
  const wholeMs = delays.reduce((sum, delay) => sum + delay, 0)
  const scale = budgetMs === null ? 1 : Math.min(1, Math.max(0, budgetMs) / wholeMs)
  return Math.round((delays[attempt] ?? 0) * scale * (1 - jitter * random()))
}

function readRetryAfterMs(error: unknown, now: number): number | null {
  for (const behind of errorsBehind(error)) {
    for (const name of ['responseHeaders', 'headers']) {
      const waitMs = readWaitMs(readMember(behind, name), now)
      if (waitMs !== null) return waitMs
    }
  }
  return null
}

function readWaitMs(headers: unknown, now: number): number | null {
  const milliseconds = toNumber(readHeader(headers, 'retry-after-ms'))
  if (milliseconds !== null) return milliseconds
  const value = readHeader(headers, 'retry-after')
  const seconds = toNumber(value)
  if (seconds !== null) return seconds * 1_000
  const date = value === null ? Number.NaN : Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function readHeader(headers: unknown, name: string): string | null {
  if (!isRecord(headers)) return null
  const get = readMember(headers, 'get')
  // Each fetch library has a `Headers` of its own.
  const value: unknown =
    typeof get === 'function'
      ? get.call(headers, name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  const single: unknown = Array.isArray(value) ? value[0] : value
  return typeof single === 'string' || typeof single === 'number' ? String(single) : null
}

function toNumber(text: string | null): number | null {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : null
}
