import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LanguageModel } from '../../../src/agents/model/language-model.ts'
import { answerOf, ask, failureOf, streamingModel } from './support.ts'

// Code of providers and of middlewares around them: late, odd, or careless with promises.

const unhandled: unknown[] = []
const note = (error: unknown) => void unhandled.push(error)
let server: Server
let url = ''

beforeAll(async () => {
  process.on('unhandledRejection', note)
  server = createServer((_, response) => {
    response.writeHead(200)
    response.write('{"a":1}\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  process.off('unhandledRejection', note)
  server.closeAllConnections()
  server.close()
})
beforeEach(() => void unhandled.splice(0))

const settled = () => new Promise((resolve) => setTimeout(resolve, 30))
const model = (members: Partial<LanguageModel>): LanguageModel => ({
  ...streamingModel(new ReadableStream()),
  ...members,
})

/** Starts a call, aborts it after `ms`, and resolves once everything it left behind had time to fail. */
async function abortAfter(ms: number, asked: LanguageModel, stream = true) {
  const controller = new AbortController()
  const call = ask(asked, { stream }, { signal: controller.signal })
  setTimeout(() => controller.abort(), ms)
  const failure = failureOf((await call).outcome)
  await settled()
  return failure
}

/** Reads the body of a fetch by hand, and drops the promise of `cancel`. */
async function readBody(signal: AbortSignal | undefined, watch: (cancelled: boolean) => void) {
  const response = await fetch(url, signal ? { signal } : {})
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader()
  return new ReadableStream<unknown>({
    async pull(sender) {
      const { done } = await reader.read()
      if (done) sender.close()
      else sender.enqueue({ type: 'text-start', id: 't' })
    },
    cancel() {
      watch(true)
      reader.cancel()
    },
  })
}

describe('a stop of a model call', () => {
  it.each([
    ['as it is', (stream: ReadableStream<unknown>) => stream],
    [
      'through a transform',
      (stream: ReadableStream<unknown>) => stream.pipeThrough(new TransformStream()),
    ],
  ])('leaves no rejection behind when the stream drops its own promises: %s', async (_, wrap) => {
    const careless = model({
      doStream: async ({ abortSignal }) => ({
        stream: wrap(await readBody(abortSignal, () => {})),
      }),
    })
    expect((await abortAfter(60, careless)).error.name).toBe('AbortError')
    expect(unhandled).toEqual([])
  })

  it('cancels a stream that ignores the signal, so that its connection ends', async () => {
    let cancelled = false
    const deaf = model({
      doStream: async () => ({ stream: await readBody(undefined, (now) => (cancelled = now)) }),
    })
    await abortAfter(60, deaf)
    expect(cancelled).toBe(true)
    expect(unhandled).toEqual([])
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an object without a stream', {}],
    ['a stream that is null', { stream: null }],
    ['a stream without cancel', { stream: { getReader() {} } }],
    ['a stream whose cancel throws', { stream: { cancel: () => thrown('cancel') } }],
    ['a stream whose cancel rejects', { stream: { cancel: async () => thrown('cancel') } }],
    [
      'an object whose stream cannot be read',
      {
        get stream() {
          return thrown('stream')
        },
      },
    ],
  ])('is not disturbed by a late answer that is %s', async (_, late) => {
    const answer = () => new Promise<never>((resolve) => setTimeout(resolve, 10, late as never))
    for (const stream of [true, false]) {
      await abortAfter(1, model({ doStream: answer, doGenerate: answer }), stream)
    }
    expect(unhandled).toEqual([])
  })

  it('is not disturbed by a late failure', async () => {
    const fail = async (): Promise<never> => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      return thrown('late')
    }
    for (const stream of [true, false]) {
      await abortAfter(1, model({ doStream: fail, doGenerate: fail }), stream)
    }
    expect(unhandled).toEqual([])
  })
})

it.each<[string, unknown]>([
  ['no promise', undefined],
  ['a reader that is none', { stream: { getReader: () => undefined } }],
  ['a reader that returns no promise', { stream: { getReader: () => ({ read() {} }) } }],
  ['a reader that throws', { stream: { getReader: () => ({ read: () => thrown('read') }) } }],
  ['a stream that is locked', { stream: lockedStream() }],
])('a call whose model returns %s fails', async (_, opened) => {
  const odd = model({ doStream: (() => opened) as LanguageModel['doStream'] })
  const { error, partial } = failureOf((await ask(odd)).outcome)
  expect(error.message).not.toBe('')
  expect(partial).toBe(null)
  await settled()
  expect(unhandled).toEqual([])
})

it('a call whose model returns its answer without a promise succeeds', async () => {
  const finish = { type: 'finish', finishReason: 'stop', usage: {} }
  const parts = [{ type: 'text-delta', id: '1', delta: 'Hi' }, finish]
  const stream = new ReadableStream({
    start(sender) {
      for (const part of parts) sender.enqueue(part)
      sender.close()
    },
  })
  const prompt = model({ doStream: (() => ({ stream })) as never })
  expect(answerOf((await ask(prompt)).outcome).message.content).toEqual([
    { type: 'text', text: 'Hi' },
  ])
})

function thrown(what: string): never {
  throw new Error(`${what} failed`)
}

function lockedStream(): ReadableStream<unknown> {
  const stream = new ReadableStream()
  stream.getReader()
  return stream
}
