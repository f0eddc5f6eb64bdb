import { expect, it } from 'vitest'
import { isRetryable, retryDelayMs, sleep } from '../../src/lib/retry.ts'

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
])('%j may be repeated', (error) => {
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
])('%j may not be repeated', (error) => {
  expect(isRetryable(error)).toBe(false)
})

it('ends on an error that is its own cause', () => {
  const error = failure({})
  error.cause = error
  expect(isRetryable(error)).toBe(false)
})

it('spreads delays from 0 to a limit that doubles up to a second', () => {
  const delays = (random: number) =>
    [0, 1, 2, 3, 4, 9].map((attempt) => retryDelayMs(null, attempt, 0, () => random))
  expect(delays(0)).toEqual([0, 0, 0, 0, 0, 0])
  expect(delays(1)).toEqual([100, 200, 400, 800, 1_000, 1_000])
})

it('reads Retry-After from a Headers object too', () => {
  const error = failure({ headers: new Headers({ 'Retry-After': '2' }) })
  expect(retryDelayMs(error, 0, 0, Math.random)).toBe(2_000)
})

it('does not wait for a date that has passed', () => {
  const error = failure({ responseHeaders: { 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' } })
  expect(retryDelayMs(error, 0, 5_000, Math.random)).toBe(0)
})

it('sleep ends with its time or with its signal, whichever comes first', async () => {
  const controller = new AbortController()
  const slept = sleep(60_000, controller.signal)
  controller.abort()
  await expect(slept).resolves.toBeUndefined()
  await expect(sleep(60_000, controller.signal)).resolves.toBeUndefined()
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined()
})
