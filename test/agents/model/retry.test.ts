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
      expect(delays).toEqual([50])
    },
  )

  it.each([400, 401, 403, 404, 422])('a call is not retried after status %i', async (status) => {
    const model = scriptedModel([{ error: apiError(status) }, 'Hello'])
    const { error } = failureOf((await ask(model, { stream })).outcome)
    expect(error).toEqual({ name: 'AI_APICallError', message: `status ${status}` })
    expect(model.calls).toHaveLength(1)
  })

  it('a call fails after three retries with growing delays', async () => {
    const model = scriptedModel(Array.from({ length: 5 }, () => ({ error: apiError(500) })))
    const { outcome, delays } = await ask(model, { stream }, { random: () => 0.999 })
    expect(failureOf(outcome).error.message).toBe('status 500')
    expect(model.calls).toHaveLength(4)
    expect(delays).toEqual([100, 200, 400])
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
  ['no valid time', { 'retry-after': 'soon' }, 50],
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

it('the message of a retry is redacted', async () => {
  const error = Object.assign(apiError(429), { message: 'Too many for sk-proj-abcdef123456' })
  const { log } = await ask(scriptedModel([{ error }, 'Hello']))
  expect(log[0]).toBe('retry Too many for [redacted]')
})
