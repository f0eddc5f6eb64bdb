import { describe, expect, it } from 'vitest'
import { createTestRouter, posting } from '../support/router.ts'

const { send, failures } = createTestRouter({ bodyBytes: 100 })
const raw = (body: BodyInit, type: string | null = 'application/json'): RequestInit => ({
  method: 'POST',
  body,
  headers: type === null ? {} : { 'content-type': type },
})
/** Makes a JSON body of exactly this many bytes. */
const sized = (bytes: number) => JSON.stringify({ name: 'x'.repeat(bytes - '{"name":""}'.length) })

describe('the content type of a body', () => {
  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
  ])('a body of type %s is accepted', async (type) => {
    expect((await send('/things', raw('{"name":"a"}', type))).status).toBe(200)
  })

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'text/json',
    '',
  ])(
    'a body of type %j is refused with 415, because a page could send it without a preflight',
    async (type) => {
      const response = await send('/things', raw('{"name":"a"}', type))
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ error: { code: 'unsupported_media_type' } })
    },
  )

  it('a body without a content type is refused with 415', async () => {
    const response = await send('/things', raw(new TextEncoder().encode('{"name":"a"}'), null))
    expect(response.status).toBe(415)
  })

  it('a route without a body ignores the content type', async () => {
    expect((await send('/health', { headers: { 'content-type': 'text/plain' } })).status).toBe(200)
  })
})

describe('a malformed body', () => {
  it.each([
    ['is not JSON', '{"name":'],
    ['is empty', ''],
    ['is blank', '  '],
    ['is not UTF-8', new Uint8Array([0x22, 0xff, 0x22])],
    ['ends inside a character', new Uint8Array([0x22, 0xe2, 0x82])],
  ])('a body that %s is refused with 400', async (_what, body) => {
    const response = await send('/things', raw(body))
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('a body that breaks off is refused with 400', async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.error(new Error('socket hang up at /srv/app')),
    })
    const response = await send('/things', { ...raw(stream), duplex: 'half' } as RequestInit)
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain('/srv/app')
  })

  it('a malformed body is not reported to onError', () => {
    expect(failures).toEqual([])
  })
})

describe('the size of a body', () => {
  /** Makes a stream that never ends, and counts the bytes that were read from it. */
  function endless() {
    const state = { taken: 0, cancelled: false }
    const stream = new ReadableStream({
      pull(controller) {
        state.taken += 40
        controller.enqueue(new TextEncoder().encode(' '.repeat(40)))
      },
      cancel: () => void (state.cancelled = true),
    })
    return { state, init: { ...raw(stream), duplex: 'half' } as RequestInit }
  }

  it('a body of exactly bodyBytes is accepted', async () => {
    expect((await send('/things', raw(sized(100)))).status).toBe(200)
  })

  it('the size of a body is counted in bytes, not characters', async () => {
    const body = JSON.stringify({ name: '€'.repeat(30) })
    expect([body.length, new TextEncoder().encode(body).length]).toEqual([41, 101])
    expect((await send('/things', raw(body))).status).toBe(413)
  })

  it('a body of one byte more is refused with 413, which names the limit', async () => {
    const response = await send('/things', raw(sized(101)))
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      error: { code: 'payload_too_large', details: { limit: 100 } },
    })
  })

  it('a content-length above the limit is refused without reading the body', async () => {
    const { state, init } = endless()
    const headers = { 'content-type': 'application/json', 'content-length': '101' }
    expect((await send('/things', { ...init, headers })).status).toBe(413)
    expect(state.taken).toBeLessThanOrEqual(40) // the one chunk that the stream buffers
  })

  it('a body with a content-length that is too low or missing is counted while reading', async () => {
    for (const length of [{ 'content-length': '5' }, {}]) {
      const { state, init } = endless()
      const headers = { 'content-type': 'application/json', ...length }
      expect((await send('/things', { ...init, headers })).status).toBe(413)
      expect(state.taken).toBeLessThanOrEqual(160)
      expect(state.cancelled).toBe(true)
    }
  })

  it('a body that is too large is refused even if its source cannot be cancelled', async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => new Promise(() => undefined),
    })
    const response = await send('/things', { ...raw(stream), duplex: 'half' } as RequestInit)
    expect(response.status).toBe(413)
  })
})

it('a parsed body reaches the handler', async () => {
  const response = await send('/things', posting({ name: 'a', size: { cm: 3 } }))
  expect(await response.json()).toEqual({ body: { name: 'a', size: { cm: 3 } } })
})
