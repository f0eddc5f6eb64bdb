import { describe, expect, it } from 'vitest'
import { isRetryable, retryDelayMs } from '../../src/lib/failures/retry.ts'

const failure = (members: object, message = 'failed') => Object.assign(new Error(message), members)
const backoff = { retries: 3, budgetMs: null, random: () => 0 }

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
  [failure({ cause: { status_code: 429 } })],
  [failure({ cause: { status_code: '503' } })],
  [failure({ response: { status: 500 } })],
  [failure({ response: new Response(null, { status: 529 }) })],
  [failure({ $metadata: { httpStatusCode: 429 } })],
  [failure({ lastError: failure({ statusCode: 529 }) })],
  [failure({ errors: [failure({ statusCode: 400 }), failure({ statusCode: 502 })] })],
  [failure({ data: { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } } })],
  [failure({ statusCode: 200, cause: new TypeError('terminated') })],
  [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  [{ type: 'server_error', code: null, message: 'Try again' }],
  [failure({ name: 'ThrottlingException' })],
  [failure({ name: 'AI_InvalidResponseDataError' })],
  [new AggregateError([failure({ code: 'ECONNREFUSED' })])],
])('isRetryable returns true for %j', (error) => {
  expect(isRetryable(error)).toBe(true)
})

it.each([
  [failure({ statusCode: 400 })],
  [failure({ statusCode: 401, isRetryable: false })],
  [failure({ name: 'AbortError', code: 'ECONNRESET' })],
  [failure({ cause: failure({ name: 'AbortError' }) })],
  [failure({ cause: { status_code: 404, error: 'model not found' } })],
  [failure({ statusCode: 400, cause: failure({ code: 'ECONNRESET' }) })],
  [{ type: 'error', error: { type: 'invalid_request_error' } }],
  [failure({ statusCode: 429, data: { error: { code: 'insufficient_quota' } } })],
  [new Error('terminated the account')],
  ['fetch failed'],
  [undefined],
])('isRetryable returns false for %j', (error) => {
  expect(isRetryable(error)).toBe(false)
})

it('isRetryable ends for errors that are their own cause, that never end, or whose members throw', () => {
  const own = failure({})
  own.cause = own
  const endless = new Proxy(new Error('deep'), {
    get: (error, name): unknown =>
      name === 'cause' ? failure({ cause: endless }) : Reflect.get(error, name),
  })
  const closed = new Proxy(
    {},
    {
      get: () => {
        throw new Error('closed')
      },
    },
  )
  for (const error of [own, endless, closed]) expect(isRetryable(error)).toBe(false)
})

describe('retryDelayMs', () => {
  const delays = (options: Partial<typeof backoff> | { budgetMs: number }, attempts = [0, 1, 2]) =>
    attempts.map((attempt) => retryDelayMs(null, attempt, 0, { ...backoff, ...options }))

  it('returns three delays that last about 30 seconds, of which a fifth is random', () => {
    expect(delays({})).toEqual([1_500, 5_700, 21_660])
    expect(delays({ random: () => 1 })).toEqual([1_200, 4_560, 17_328])
  })

  it('returns delays of at most 22.5 seconds', () => {
    expect(delays({ retries: 10 }, [2, 3, 9])).toEqual([21_660, 22_500, 22_500])
  })

  it('shrinks all delays to the budget', () => {
    const shrunk = delays({ budgetMs: 1_000 })
    expect(shrunk).toEqual([52, 198, 751])
    expect(delays({ budgetMs: -5 })).toEqual([0, 0, 0])
  })

  it.each<[string, object]>([
    ['a Headers object', { headers: new Headers({ 'Retry-After': '2' }) }],
    [
      'Headers of another library',
      { headers: { get: (name: string) => (name === 'retry-after' ? '2' : null) } },
    ],
    ['a number', { headers: { 'retry-after': 2 } }],
    ['a list', { responseHeaders: { 'Retry-After': ['2'] } }],
    ['the response', { response: { headers: { 'retry-after': '2' } } }],
    ['a cause', { cause: { responseHeaders: { 'retry-after-ms': '2000' } } }],
    ['the last of several errors', { lastError: { responseHeaders: { 'retry-after': '2' } } }],
  ])('reads Retry-After from %s', (_, members) => {
    expect(retryDelayMs(failure(members), 0, 0, backoff)).toBe(2_000)
  })

  it('returns 0 for a Retry-After date in the past', () => {
    const error = failure({ responseHeaders: { 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' } })
    expect(retryDelayMs(error, 0, 5_000, backoff)).toBe(0)
  })

  it('waits as long as each Retry-After says, and at most a minute', () => {
    const after = (value: string) => failure({ responseHeaders: { 'retry-after': value } })
    const ask = (value: string) => [0, 1, 2].map((at) => retryDelayMs(after(value), at, 0, backoff))
    expect(ask('1')).toEqual([1_000, 1_000, 1_000])
    expect(ask('86400')).toEqual([60_000, 60_000, 60_000])
  })
})
