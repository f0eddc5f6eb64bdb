import { expect, it } from 'vitest'
import { isRetryable, retryDelayMs } from '../../src/lib/retry.ts'

const failure = (members: object) => Object.assign(new Error('failed'), members)

it.each([
  [failure({ statusCode: 503 })],
  [failure({ status: 429 })],
  [failure({ isRetryable: true })],
  [failure({ code: 'ECONNRESET' })],
  [failure({ code: 'UND_ERR_HEADERS_TIMEOUT' })],
  [new TypeError('fetch failed')],
  [new TypeError('terminated')],
  [new Error('Network connection lost.')],
  [failure({ cause: failure({ cause: failure({ code: 'ETIMEDOUT' }) }) })],
  [failure({ name: 'TimeoutError' })],
])('isRetryable returns true for %j', (error) => {
  expect(isRetryable(error)).toBe(true)
})

it.each([
  [failure({ statusCode: 400 })],
  [failure({ statusCode: 401, isRetryable: false })],
  [failure({ name: 'AbortError', code: 'ECONNRESET' })],
  [failure({ cause: failure({ name: 'AbortError' }) })],
  [new Error('terminated the account')],
  ['fetch failed'],
  [undefined],
])('isRetryable returns false for %j', (error) => {
  expect(isRetryable(error)).toBe(false)
})

it('isRetryable ends for an error that is its own cause', () => {
  const error = failure({})
  error.cause = error
  expect(isRetryable(error)).toBe(false)
})

it('retryDelayMs spreads delays from 0 to a limit that doubles up to one second', () => {
  const delays = (random: number) =>
    [0, 1, 2, 3, 4, 9].map((attempt) => retryDelayMs(null, attempt, 0, () => random))
  expect(delays(0)).toEqual([0, 0, 0, 0, 0, 0])
  expect(delays(1)).toEqual([100, 200, 400, 800, 1_000, 1_000])
})

it('retryDelayMs reads Retry-After from a Headers object', () => {
  const error = failure({ headers: new Headers({ 'Retry-After': '2' }) })
  expect(retryDelayMs(error, 0, 0, Math.random)).toBe(2_000)
})

it('retryDelayMs returns 0 for a Retry-After date in the past', () => {
  const error = failure({ responseHeaders: { 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' } })
  expect(retryDelayMs(error, 0, 5_000, Math.random)).toBe(0)
})
