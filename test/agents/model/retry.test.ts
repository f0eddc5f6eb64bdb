import { describe, expect, it } from 'vitest'
import { fixedClock, scriptedModel } from '../../../src/testing.ts'
import { answerOf, apiError, ask, failureOf } from './support.ts'

describe.each([true, false])('a model call (streamed: %s)', (stream) => {
  it.each([408, 409, 425, 429, 500, 503, 529])(
    'a call is retried after status %i',
    async (status) => {
      const model = scriptedModel([{ error: apiError(status) }, 'Hello'])
      const { outcome, log, delays } = await ask(model, { stream })
      expect(answerOf(outcome).message.content).toEqual([{ type: 'text', text: 'Hello' }])
      expect(log).toEqual([`retry status ${status}`, 'text Hello'])
      expect(delays).toEqual([1_350])
    },
  )

  it.each([400, 401, 403, 404, 422])('a call is not retried after status %i', async (status) => {
    const model = scriptedModel([{ error: apiError(status) }, 'Hello'])
    const { error } = failureOf((await ask(model, { stream })).outcome)
    expect(error).toEqual({ name: 'AI_APICallError', message: `status ${status}`, status })
    expect(model.calls).toHaveLength(1)
  })

  it('a call fails after three retries with growing delays', async () => {
    const model = scriptedModel(Array.from({ length: 5 }, () => ({ error: apiError(500) })))
    const { outcome, delays } = await ask(model, { stream }, { random: () => 0 })
    expect(failureOf(outcome).error.message).toBe('status 500')
    expect(model.calls).toHaveLength(4)
    expect(delays).toEqual([1_500, 5_700, 21_660])
  })

  it('a call is retried after a network failure', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const error = new TypeError('Cannot connect to API', { cause: refused })
    const model = scriptedModel([{ error }, 'Hello'])
    expect(answerOf((await ask(model, { stream })).outcome).finishReason).toBe('stop')
  })
})

it.each([
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['a date', { 'Retry-After': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  ['milliseconds', { 'retry-after-ms': '250', 'retry-after': '7' }, 250],
  ['more than a minute', { 'retry-after': '3600' }, 60_000],
  ['no valid time', { 'retry-after': 'soon' }, 1_350],
])('a retry waits as long as Retry-After says: %s', async (_, headers, delay) => {
  const model = scriptedModel([{ error: apiError(429, headers) }, 'Hello'])
  const { delays } = await ask(model, {}, { clock: fixedClock(Date.UTC(2026, 0, 1)) })
  expect(delays).toEqual([delay])
})

it('a call is not retried after a part of the answer arrived', async () => {
  const model = scriptedModel([['Half', { error: apiError(500) }], 'Hello'])
  const { outcome } = await ask(model)
  expect(failureOf(outcome).partial?.content).toEqual([{ type: 'text', text: 'Half' }])
  expect(model.calls).toHaveLength(1)
})

it('a call is retried when the stream fails before the first part', async () => {
  const start = { type: 'stream-start', warnings: [] }
  const about = { type: 'response-metadata', id: 'r' }
  const model = scriptedModel([[start, about, { error: apiError(529) }], 'Hello'])
  expect(answerOf((await ask(model)).outcome).finishReason).toBe('stop')
})

it.each([0, 1, 5])('an agent decides how often a call is retried: %i', async (retries) => {
  const model = scriptedModel(Array.from({ length: 9 }, () => ({ error: apiError(500) })))
  const { delays } = await ask(model, {}, { retries })
  expect(model.calls).toHaveLength(retries + 1)
  expect(delays).toHaveLength(retries)
})

describe('a call with a deadline', () => {
  const now = Date.UTC(2026, 0, 1)
  const failing = (headers = {}) =>
    scriptedModel(Array.from({ length: 9 }, () => ({ error: apiError(503, headers) })))

  it('waits for at most half of the time that is left', async () => {
    const { delays } = await ask(failing(), {}, { deadline: now + 6_000, random: () => 0 })
    expect(delays).toEqual([156, 593, 2_252])
  })

  it('fails at once with the status of the provider when Retry-After lies behind the deadline', async () => {
    const model = failing({ 'retry-after': '20' })
    const { outcome, delays } = await ask(model, {}, { deadline: now + 6_000 })
    expect(failureOf(outcome).error.status).toBe(503)
    expect(delays).toEqual([])
  })
})

it('the usage of an attempt that was cut off is counted', async () => {
  const usage = { inputTokens: 7, outputTokens: 2 }
  const model = scriptedModel([
    [{ usage }, { finish: 'interrupted' }],
    ['Hello', { usage }],
  ])
  expect(answerOf((await ask(model)).outcome).usage).toMatchObject({
    inputTokens: 14,
    outputTokens: 4,
    totalTokens: 18,
  })
})

it('a failed call names the network failure behind it', async () => {
  const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })
  const error = new TypeError('fetch failed', { cause: refused })
  const { outcome } = await ask(scriptedModel([{ error }]), {}, { retries: 0 })
  const failure = failureOf(outcome)
  expect(failure.error).toEqual({ name: 'TypeError', message: 'fetch failed (ECONNREFUSED)' })
  expect(failure.cause).toBe(error)
})

it('the message of a retry is redacted', async () => {
  const error = Object.assign(apiError(429), { message: 'Too many for sk-proj-abcdef123456' })
  const { log } = await ask(scriptedModel([{ error }, 'Hello']))
  expect(log[0]).toBe('retry Too many for [redacted]')
})
