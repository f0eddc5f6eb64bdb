import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { default as express, Express } from 'express'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Servable, toNodeHandler } from '../../src/adapters/node.ts'
import { Studio } from '../../src/index.ts'
import { createSupport } from '../support/agents.ts'
import { createTestRouter } from '../support/router.ts'

const stops: (() => void)[] = []
afterEach(() => {
  vi.restoreAllMocks()
  stops.splice(0).forEach((stop) => stop())
})

async function listen(handler: RequestListener | Express): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const postJson = (url: string, body: string, type = 'application/json') =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type } })

/** A studio that answers every request with this body. */
const streaming = (body: ReadableStream<Uint8Array>): Servable => ({
  fetch: async () =>
    new Response(body, { headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } }),
})

describe.each([
  ['Express 5', 'express'],
  ['Express 4', 'express4'],
])('toNodeHandler in %s', (name, moduleName) => {
  let factory: typeof express
  beforeAll(async () => {
    factory = ((await import(moduleName)) as { default: typeof express }).default
  })

  it.each([
    ['no parser', () => []],
    ['json()', (lib: typeof express) => [lib.json()]],
    ['raw()', (lib: typeof express) => [lib.raw({ type: '*/*' })]],
    ['text()', (lib: typeof express) => [lib.text({ type: '*/*' })]],
  ])(`${name} with %s in front passes a JSON body on`, async (_parser, toParsers) => {
    const app = factory()
    for (const parser of toParsers(factory)) app.use(parser)
    const url = await listen(app.use(toNodeHandler(createTestRouter())))
    const response = await postJson(`${url}/things`, '{"name":"Zoë ✓"}')
    expect(await response.json()).toEqual({ body: { name: 'Zoë ✓' } })
  })

  it(`${name} with urlencoded() in front returns 415 for a form`, async () => {
    const app = factory().use(factory.urlencoded({ extended: true }))
    const url = await listen(app.use(toNodeHandler(createTestRouter())))
    const response = await postJson(
      `${url}/things`,
      'name=x&tags[]=a',
      'application/x-www-form-urlencoded',
    )
    expect(response.status).toBe(415)
  })

  it(`${name} with json() in front keeps an empty body empty`, async () => {
    const app = factory().use(factory.json(), toNodeHandler(createTestRouter()))
    const response = await postJson(`${await listen(app)}/things`, '')
    expect(response.status).toBe(400)
  })

  it(`${name} with json() in front still refuses a body over the limit`, async () => {
    const app = factory().use(factory.json(), toNodeHandler(createTestRouter({ bodyBytes: 10 })))
    const response = await postJson(`${await listen(app)}/things`, '{"name":"longer than that"}')
    expect(response.status).toBe(413)
  })

  it(`${name} matches basePath against the path before the router stripped it`, async () => {
    const studio = new Studio([], { basePath: '/internal' })
    const url = await listen(factory().use('/internal', toNodeHandler(studio)))
    expect((await fetch(`${url}/internal/health`)).status).toBe(200)
  })

  it(`${name} serves a studio with publicPath below a mount path`, async () => {
    const { agent } = createSupport(['hello'])
    const studio = new Studio([agent], { publicPath: '/tools/studio' })
    const url = await listen(factory().use('/tools/studio', toNodeHandler(studio)))
    const handshake = await (await fetch(`${url}/tools/studio/studio/handshake`)).json()
    expect(handshake).toMatchObject({ endpoints: { handshake: '/tools/studio/studio/handshake' } })
    const accepted = await fetch(`${url}/tools/studio/agents/support/runs`, {
      method: 'POST',
      body: '{"message":"hi"}',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    })
    const location = new URL(accepted.headers.get('location') ?? '', accepted.url)
    expect((await fetch(location)).status).toBe(200)
  })

  it(`${name} gets a path outside basePath through next()`, async () => {
    const app = factory().use(toNodeHandler(new Studio([], { basePath: '/internal' })))
    app.get('/other', (_request, response) => void response.send('from the app'))
    const url = await listen(app)
    expect(await (await fetch(`${url}/other`)).text()).toBe('from the app')
    const missing = await fetch(`${url}/internal/missing`)
    expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it(`${name} gets an error when the body was read but not kept`, async () => {
    const app = factory().use((request, _response, next) => {
      request.resume().once('end', () => {
        request.body = undefined
        next()
      })
    })
    app.use(toNodeHandler(createTestRouter()))
    const seen: unknown[] = []
    app.use(((error, _request, response, _next) => {
      seen.push(error)
      response.status(500).end()
    }) satisfies express.ErrorRequestHandler)
    expect((await postJson(`${await listen(app)}/things`, '{}')).status).toBe(500)
    expect(String(seen[0])).toContain('Cannot read the request body')
  })
})

describe('toNodeHandler on node:http', () => {
  it('toNodeHandler returns 404 for a path outside basePath when there is no next', async () => {
    const url = await listen(toNodeHandler(new Studio([], { basePath: '/internal' })))
    const response = await fetch(`${url}/health`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it('toNodeHandler leaves the global Request and Response alone', async () => {
    const before = [globalThis.Request, globalThis.Response]
    await fetch(await listen(toNodeHandler(new Studio())))
    expect([globalThis.Request, globalThis.Response]).toEqual(before)
  })

  it('toNodeHandler returns a masked 500 when fetch throws', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const broken: Servable = { fetch: () => Promise.reject(new Error('secret')) }
    const response = await fetch(await listen(toNodeHandler(broken)))
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
  })

  it('toNodeHandler cuts the connection when a stream fails, without its message', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.error(new Error('secret')),
    })
    const url = await listen(toNodeHandler(streaming(body)))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    const received = await text(socket)
    expect(received).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(received).not.toContain('secret')
  })

  it('toNodeHandler cancels the stream of a client that disconnects', async () => {
    const cancel = vi.fn()
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) =>
      controller.enqueue(new Uint8Array(1))
    const url = await listen(toNodeHandler(streaming(new ReadableStream({ start, cancel }))))
    const leaving = new AbortController()
    const response = await fetch(url, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce(), { timeout: 15_000 })
  })

  it('toNodeHandler stops reading a stream while the client does not read', async () => {
    let pulls = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      pulls++
      controller.enqueue(new Uint8Array(65_536))
    }
    const url = await listen(toNodeHandler(streaming(new ReadableStream({ pull }))))
    const socket = connect(Number(new URL(url).port), '127.0.0.1').pause()
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    const settled = async () => {
      const before = pulls
      await new Promise((resolve) => setTimeout(resolve, 200))
      return pulls > 0 && pulls === before
    }
    await vi.waitFor(async () => expect(await settled()).toBe(true), { timeout: 20_000 })
    expect(pulls).toBeLessThan(1000) // 64 MB: what the sockets of both sides buffer is less
    socket.destroy()
  })

  it('toNodeHandler survives a response that was already sent', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const handle = toNodeHandler(new Studio())
    const url = await listen((request: IncomingMessage, response: ServerResponse) => {
      response.end('sent')
      handle(request, response)
    })
    expect(await (await fetch(`${url}/health`)).text()).toBe('sent')
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })
})
