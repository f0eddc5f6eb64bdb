import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readToolOutput } from '../../../src/agents/loop/tool-output.ts'
import { createGate } from '../../support/agents.ts'

const running = new AbortController().signal
const read = async (value: unknown, progress: unknown[] = []) =>
  readToolOutput(value, { signal: running, onProgress: async (item) => void progress.push(item) })
const text = (value: string) => [{ type: 'text', text: value }]
const bytes = (value: string) => new TextEncoder().encode(value)

function streamOf(...chunks: unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}

describe('what the model gets of a tool that returns', () => {
  class Order {
    readonly id = 7
    readonly #secret = 1
    get total() {
      return this.#secret
    }
  }

  it.each([
    ['a text', () => 'found', text('found')],
    ['undefined', () => undefined, text('')],
    ['null', () => null, text('null')],
    ['an object', () => ({ a: [1, true], b: undefined }), text('{"a":[1,true]}')],
    ['an empty list', () => [], text('[]')],
    ['a list of other values', () => [{ type: 'text' }], text('[{"type":"text"}]')],
    ['result items', () => text('a'), text('a')],
    ['a big integer', () => ({ id: 9007199254740993n }), text('{"id":"9007199254740993"}')],
    ['numbers that JSON lacks', () => [NaN, Infinity], text('["NaN","Infinity"]')],
    ['a map', () => new Map([['a', 1]]), text('{"a":1}')],
    ['a map with other keys', () => new Map([[1, 'a']]), text('[[1,"a"]]')],
    ['a map inside', () => ({ m: new Map([['a', new Set([1])]]) }), text('{"m":{"a":[1]}}')],
    ['a set', () => new Set(['a', 'b']), text('["a","b"]')],
    ['an iterator', () => [1, 2].values(), text('[1,2]')],
    ['a generator', () => count(3), text('[0,1,2]')],
    ['headers', () => new Headers({ a: '1' }), text('[["a","1"]]')],
    ['a date', () => new Date(0), text('"1970-01-01T00:00:00.000Z"')],
    ['an invalid date', () => new Date(NaN), text('"Invalid Date"')],
    ['a regular expression', () => ({ re: /a/i }), text('{"re":"/a/i"}')],
    ['a boxed value', () => Object('a'), text('"a"')],
    ['an instance', () => new Order(), text('{"id":7}')],
    ['a URL', () => new URL('http://a.test/'), text('"http://a.test/"')],
    ['an object without a prototype', () => Object.create(null), text('{}')],
    [
      'an error inside',
      () => ({ e: new TypeError('no') }),
      text('{"e":{"name":"TypeError","message":"no"}}'),
    ],
    [
      'an object twice',
      () => {
        const a = {}
        return [a, a]
      },
      text('[{},{}]'),
    ],
    ['bytes of a text', () => bytes('é'), text('é')],
    ['a buffer of a text', () => Buffer.from('hi'), text('hi')],
    ['an array buffer', () => bytes('hi').buffer, text('hi')],
    ['numbers in a typed array', () => new Float32Array([0.5]), text('[0.5]')],
    ['bytes inside', () => ({ b: Buffer.from('hi') }), text('{"b":"aGk="}')],
    ['a stream of bytes', () => streamOf(bytes('a'), bytes('b')), text('ab')],
    ['a stream of texts', () => streamOf('a', 'b'), text('ab')],
    [
      'a letter cut by chunks',
      () => streamOf(bytes('é').slice(0, 1), bytes('é').slice(1)),
      text('é'),
    ],
    ['a Node stream', () => Readable.from([Buffer.from('a'), 'b']), text('ab')],
    ['a response', () => Response.json({ a: 1 }), text('{"a":1}')],
    ['an empty response', () => new Response(null, { status: 204 }), text('')],
    ['a blob', () => new Blob(['hi']), text('hi')],
    [
      'a picture',
      () => new Response(bytes('hi'), { headers: { 'content-type': 'image/png; q=1' } }),
      [{ type: 'image', data: 'aGk=', mediaType: 'image/png' }],
    ],
  ])('%s, nothing is missing', async (_, make, items) => {
    expect(await read(make())).toEqual(items)
  })

  const cycle: { self: { again?: unknown } } = { self: {} }
  cycle.self.again = cycle
  const hostile = {
    toJSON() {
      throw new RangeError('not now')
    },
  }

  it.each([
    ['an error', () => new TypeError('no such order'), 'no such order'],
    ['a cycle', () => cycle, '"self.again" a reference to itself'],
    ['a function', () => () => 1, 'a function'],
    ['a function inside', () => ({ f: () => 1 }), '"f" a function'],
    ['a symbol', () => Symbol('a'), 'a symbol'],
    ['a promise inside', () => ({ p: Promise.reject(new Error('x')) }), '"p" a promise'],
    ['a stream inside', () => ({ s: streamOf() }), '"s" a stream'],
    ['a weak map', () => new WeakMap(), 'without fields'],
    ['a toJSON that throws', () => hostile, 'not now'],
    [
      'a getter that throws',
      () => ({
        get a(): number {
          throw new Error('closed')
        },
      }),
      'closed',
    ],
    ['bytes that are no text', () => new Uint8Array([255, 254]), '2 bytes that are no text'],
    ['a stream of objects', () => streamOf({}), 'neither text nor bytes'],
    ['a response with status 404', () => new Response('gone', { status: 404 }), 'HTTP 404: gone'],
    ['an iterator without an end', () => count(Infinity), 'more than 100000 entries'],
    ['an endless stream', () => endless(new Uint8Array(1_048_576)), 'more than 8388608 bytes'],
  ])('%s, it is an error', async (_, make, message) => {
    await expect(read(make())).rejects.toThrow(message)
  })

  it('a response whose body was read already, it is an error', async () => {
    const response = new Response('a')
    await response.text()
    await expect(read(response)).rejects.toThrow('read already')
  })
})

function* count(to: number) {
  for (let at = 0; at < to; at++) yield at
}

function endless(chunk: unknown): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.enqueue(chunk) })
}

describe('an async generator', () => {
  it('yields progress, and its last value is the result', async () => {
    const progress: unknown[] = []
    const values = (async function* () {
      yield { step: 1 }
      yield { step: 2 }
      yield { answer: 42 }
    })()
    expect(await read(values, progress)).toEqual(text('{"answer":42}'))
    expect(progress).toEqual([{ step: 1 }, { step: 2 }])
  })

  it('that returns a value has that as its result', async () => {
    const progress: unknown[] = []
    const values = (async function* () {
      yield 'half'
      return 'whole'
    })()
    expect(await read(values, progress)).toEqual(text('whole'))
    expect(progress).toEqual(['half'])
  })

  it('that yields nothing has an empty result', async () => {
    expect(await read((async function* () {})())).toEqual(text(''))
  })

  it('that throws is an error', async () => {
    const values = (async function* () {
      yield 1
      throw new Error('lost')
    })()
    await expect(read(values)).rejects.toThrow('lost')
  })

  it('that never ends is an error', async () => {
    const values = (async function* () {
      for (;;) yield 1
    })()
    await expect(read(values)).rejects.toThrow('more than 10000 values')
  })

  it('that stands still is left and closed when the signal aborts', async () => {
    const controller = new AbortController()
    const closed = createGate()
    const gate = createGate()
    const values = {
      [Symbol.asyncIterator]: () => ({
        next: async () => gate.opened.then(() => ({ done: true, value: undefined })),
        return: async () => {
          closed.open()
          throw new Error('also this is nobody to hear')
        },
      }),
    }
    const reading = readToolOutput(values, {
      signal: controller.signal,
      onProgress: async () => {},
    })
    controller.abort(new Error('stopped'))
    await expect(reading).rejects.toThrow('stopped')
    await closed.opened
  })
})

it('a stream that comes after the run was stopped is cancelled', async () => {
  const cancelled = createGate()
  const stream = new ReadableStream({ cancel: () => cancelled.open() })
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(readToolOutput(stream, { signal, onProgress: async () => {} })).rejects.toThrow(
    'stopped',
  )
  await cancelled.opened
})
