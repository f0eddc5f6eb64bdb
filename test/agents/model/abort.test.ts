import { describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../../src/agents/model/language-model.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { apiError, ask, failureOf, streamingModel } from './support.ts'

const nextTask = () => new Promise((resolve) => setTimeout(resolve, 5))
const never = new Promise<never>(() => {})
const aborted = { name: 'AbortError', message: 'The model call was aborted' }

describe('an aborted model call', () => {
  it('an abort ends a call whose stream hangs', async () => {
    const controller = new AbortController()
    const model = scriptedModel([['Half', { wait: never }]])
    const asked = ask(model, {}, { signal: controller.signal })
    setTimeout(() => controller.abort(), 5)
    const failure = failureOf((await asked).outcome)
    expect(failure.error).toEqual(aborted)
    expect(failure.partial?.content).toEqual([{ type: 'text', text: 'Half' }])
    expect(failure.partial?.metadata).toMatchObject({
      studio: { interrupted: true, generation: { finishReason: 'interrupted' } },
    })
  })

  it.each([true, false])(
    'an abort ends a call that the model never answers (streamed: %s)',
    async (stream) => {
      const controller = new AbortController()
      const model = scriptedModel([[{ wait: never }]])
      const asked = ask(
        { ...model, doStream: () => never },
        { stream },
        { signal: controller.signal },
      )
      controller.abort()
      const { error, partial } = failureOf((await asked).outcome)
      expect({ error, partial }).toEqual({ error: aborted, partial: null })
    },
  )

  it('an abort ends the wait for a retry', async () => {
    const controller = new AbortController()
    const model = scriptedModel([{ error: apiError(429) }, 'Hello'])
    const sleep = async () => (controller.abort(), never)
    const { outcome } = await ask(model, {}, { signal: controller.signal, sleep })
    expect(failureOf(outcome).error).toEqual(aborted)
    expect(model.calls).toHaveLength(1)
  })

  it('a call that is aborted before it starts does not reach the model', async () => {
    const model = scriptedModel(['Hello'])
    const { outcome } = await ask(model, {}, { signal: AbortSignal.abort() })
    expect(failureOf(outcome).error).toEqual(aborted)
    expect(model.calls).toEqual([])
  })
})

it('an abort cancels the stream of the call', async () => {
  const controller = new AbortController()
  let cancelled = false
  const stream = new ReadableStream({ cancel: () => void (cancelled = true) })
  const asked = ask(streamingModel(stream), {}, { signal: controller.signal })
  setTimeout(() => controller.abort(), 5)
  await asked
  await nextTask()
  expect(cancelled).toBe(true)
})

it('an abort cancels a stream that opens later', async () => {
  const controller = new AbortController()
  let cancelled = false
  const stream = new ReadableStream({ cancel: () => void (cancelled = true) })
  let open: (value: { stream: ReadableStream }) => void = () => {}
  const model: LanguageModel = {
    ...streamingModel(stream),
    doStream: () => new Promise((resolve) => (open = resolve)),
  }
  const asked = ask(model, {}, { signal: controller.signal })
  controller.abort()
  await asked
  open({ stream })
  await nextTask()
  expect(cancelled).toBe(true)
})

it('the sink gets nothing after an abort', async () => {
  const controller = new AbortController()
  const stream = new ReadableStream({
    pull: (sender) => sender.enqueue({ type: 'text-delta', id: '1', delta: 'x' }),
  })
  const seen: number[] = []
  const { log } = await ask(
    streamingModel(stream),
    {},
    {
      signal: controller.signal,
      clock: { now: () => (seen.push(1), seen.length === 2 && controller.abort(), 0) },
    },
  )
  expect(log).toEqual(['text x'])
})

it('a call passes its signal to the model and removes its listeners', async () => {
  const { signal } = new AbortController()
  const listeners = { added: 0, removed: 0 }
  const watched = new Proxy(signal, {
    get(target, name) {
      if (name === 'addEventListener') listeners.added++
      if (name === 'removeEventListener') listeners.removed++
      const member: unknown = Reflect.get(target, name, target)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const model = scriptedModel(['Hello'])
  await ask(model, {}, { signal: watched })
  expect(model.calls[0]?.abortSignal).toBe(watched)
  expect(listeners.added).toBeGreaterThan(0)
  expect(listeners.removed).toBe(listeners.added)
})
