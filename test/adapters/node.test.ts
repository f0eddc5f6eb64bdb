import { createServer, get as httpGet, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serve, type Servable, type ServeOptions, type Serving } from '../../src/adapters/node.ts'
import type { HostContext } from '../../src/http/handler.ts'
import { Studio } from '../../src/index.ts'
import { createTestRouter } from '../support/router.ts'

const started: Serving[] = []
const quiet: ServeOptions = { port: 0, log: false, handleSignals: false }

async function start(studio: Servable, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(studio, { ...quiet, ...options })
  started.push(serving)
  return serving
}

/** A servable that returns the result of `answer` for every request. */
const answering = (
  answer: (request: Request, context?: HostContext) => Response | Promise<Response>,
) => ({
  fetch: async (request: Request, _env?: unknown, context?: HostContext) =>
    answer(request, context),
})

/** Sends a GET with this `Host`, which `fetch` does not allow. */
async function getWithHost(url: string, host: string): Promise<IncomingMessage> {
  const [response] = (await once(httpGet(url, { headers: { host } }), 'response')) as [
    IncomingMessage,
  ]
  return response
}

afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  await Promise.all(started.splice(0).map((serving) => serving.close().catch(() => undefined)))
})

describe('serving a studio', () => {
  it('serve() listens on the port that the system chose and logs the address', async () => {
    const log = vi.fn()
    const { url } = await start(new Studio(), { log })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(log).toHaveBeenCalledExactlyOnceWith(`Studio listens on ${url}`)
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: 'ok' })
  })

  it('serve() uses STUDIO_PORT when no port is passed', async () => {
    vi.stubEnv('STUDIO_PORT', '0')
    const serving = await serve(new Studio(), { log: false, handleSignals: false })
    started.push(serving)
    expect((await fetch(`${serving.url}/health`)).status).toBe(200)
  })

  it.each([-1, 65_536, 1.5, Number.NaN])('serve() refuses port %s', async (port) => {
    await expect(start(new Studio(), { port })).rejects.toThrow(RangeError)
  })

  it('serve() on loopback accepts only loopback names as Host', async () => {
    const { url } = await start(new Studio())
    expect((await getWithHost(`${url}/health`, 'localhost:4021')).statusCode).toBe(200)
    expect((await getWithHost(`${url}/health`, 'evil.example')).statusCode).toBe(403)
  })

  it('serve() leaves the global Request and Response alone', async () => {
    const before = [globalThis.Request, globalThis.Response]
    await start(new Studio())
    expect([globalThis.Request, globalThis.Response]).toEqual(before)
    expect(await fetch(`${started[0]?.url}/health`)).toBeInstanceOf(Response)
  })
})

describe('a public address', () => {
  it('serve() refuses a public address for a studio without auth', async () => {
    await expect(start(new Studio(), { hostname: '0.0.0.0' })).rejects.toThrow(
      /0\.0\.0\.0.*insecure/,
    )
  })

  it.each([
    ['secured', { secured: true }, {}],
    ['declared insecure', {}, { insecure: true }],
  ])(
    'serve() accepts a public address and any Host for a studio that is %s',
    async (_what, studio, options) => {
      const seen: (HostContext | undefined)[] = []
      const echo = answering((_request, context) => {
        seen.push(context)
        return new Response('ok')
      })
      const { server } = await start({ ...echo, ...studio }, { hostname: '0.0.0.0', ...options })
      const { port } = server.address() as AddressInfo
      expect((await getWithHost(`http://127.0.0.1:${port}/`, 'any.example')).statusCode).toBe(200)
      expect(seen).toEqual([{ loopback: false }])
    },
  )
})

describe('a request that fails', () => {
  it('serve() returns a masked 500 when fetch throws, and continues to serve', async () => {
    const reported = vi.spyOn(console, 'error').mockReturnValue()
    const { url } = await start(
      answering(() => {
        throw new Error('secret')
      }),
    )
    for (let attempt = 0; attempt < 2; attempt++) {
      const response = await fetch(url)
      expect(response.status).toBe(500)
      expect(await response.json()).toEqual({
        error: { code: 'internal_error', message: 'Internal error' },
      })
    }
    expect(reported).toHaveBeenCalledTimes(2)
  })

  it('serve() returns 400 for a malformed Host', async () => {
    const { url } = await start(new Studio())
    const response = await getWithHost(url, 'a b<c>')
    expect(response.statusCode).toBe(400)
    expect(JSON.parse(await text(response))).toMatchObject({ error: { code: 'bad_request' } })
  })

  it('serve() cuts the connection when a stream fails, without its message', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const broken = new Response(
      new ReadableStream({ start: (controller) => controller.error(new Error('secret')) }),
      { headers: { 'content-type': 'application/x-ndjson' } },
    )
    const { url } = await start(answering(() => broken))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
    const received = await text(socket) // ends because the server cuts the connection
    expect(received).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(received).not.toContain('secret')
  })
})

describe('a streamed answer', () => {
  const line = new TextEncoder().encode('{"type":"tick"}\n')

  it('serve() sends the headers and each chunk of a stream at once', async () => {
    let send = () => undefined as void
    const body = new ReadableStream({
      start(controller) {
        send = () => controller.enqueue(line)
      },
    })
    const { url } = await start(answering(() => new Response(body)))
    const response = await fetch(url)
    const reader = response.body?.getReader()
    for (let piece = 0; piece < 2; piece++) {
      send()
      expect((await reader?.read())?.value).toEqual(new Uint8Array(line))
    }
    await reader?.cancel()
  })

  it('serve() cancels the stream when the client disconnects', async () => {
    const cancelled = vi.fn()
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(line),
      cancel: cancelled,
    })
    const { url } = await start(
      answering(() => new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })),
    )
    const leaving = new AbortController()
    const response = await fetch(url, { signal: leaving.signal })
    await response.body?.getReader().read()
    expect(cancelled).not.toHaveBeenCalled()
    leaving.abort()
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce(), { timeout: 15_000 })
  })

  it('serve() cancels the stream of a client that disconnected before it began', async () => {
    const cancelled = vi.fn()
    let answer = (_response: Response) => undefined as void
    const { url } = await start(answering(() => new Promise((resolve) => (answer = resolve))))
    const leaving = new AbortController()
    const asking = fetch(url, { signal: leaving.signal }).catch(String)
    await vi.waitFor(() => expect(answer.name).not.toBe('answer'), { timeout: 15_000 })
    leaving.abort()
    await asking
    await new Promise((resolve) => setTimeout(resolve, 20))
    answer(new Response(new ReadableStream({ cancel: cancelled })))
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce(), { timeout: 15_000 })
  })
})

describe('closing', () => {
  it('close() closes the studio, then the listener, then calls onShutdown', async () => {
    const order: string[] = []
    const close = async () => void order.push('studio')
    const onShutdown = async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      order.push('callback')
    }
    const { closed, server, close: stop } = await start({ ...new Studio(), close }, { onShutdown })
    server.on('close', () => order.push('listener'))
    void closed.then(() => order.push('closed'))
    await Promise.all([stop(), stop()])
    expect(order).toEqual(['studio', 'listener', 'callback', 'closed'])
  })

  it('serve() closes when its signal is aborted', async () => {
    const signal = new AbortController()
    const onShutdown = vi.fn()
    const { closed, url } = await start(new Studio(), { signal: signal.signal, onShutdown })
    expect((await fetch(`${url}/health`)).status).toBe(200)
    signal.abort()
    await closed
    expect(onShutdown).toHaveBeenCalledOnce()
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
  })

  it('close() cuts off open responses after graceMs', async () => {
    const body = () =>
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })
    const { url, close } = await start(
      answering(() => new Response(body())),
      { graceMs: 50 },
    )
    const response = await fetch(url)
    await close()
    await expect(response.arrayBuffer()).rejects.toThrow('terminated')
  })

  it('close() closes the listener and calls onShutdown even if the studio fails to close', async () => {
    const onShutdown = vi.fn()
    const close = () => Promise.reject(new Error('stuck'))
    const serving = await start({ ...new Studio(), close }, { onShutdown })
    await expect(serving.close()).rejects.toThrow('stuck')
    expect(onShutdown).toHaveBeenCalledOnce()
    expect(serving.server.listening).toBe(false)
  })
})

describe('a server that cannot start', () => {
  it('serve() calls onShutdown and rejects with EADDRINUSE when the port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const onShutdown = vi.fn()
    await expect(start(new Studio(), { port, onShutdown })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    expect(onShutdown).toHaveBeenCalledOnce()
    await new Promise((resolve) => taken.close(resolve))
  })

  it('serve() opens no port when its signal is already aborted', async () => {
    const onShutdown = vi.fn()
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(start(new Studio(), { signal, onShutdown })).rejects.toThrow('too late')
    expect(onShutdown).toHaveBeenCalledOnce()
  })
})

describe('a body over the limit', () => {
  it('serve() returns 413 while the client still sends the body', async () => {
    const { url } = await start(createTestRouter({ bodyBytes: 100 }))
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      'POST /things HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n' +
        'transfer-encoding: chunked\r\n\r\n',
    )
    const sending = setInterval(() => socket.write(`40\r\n${' '.repeat(64)}\r\n`), 5)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    clearInterval(sending)
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('serve() passes on a whole body up to the limit', async () => {
    const { url } = await start(createTestRouter({ bodyBytes: 5_000_000 }))
    const body = JSON.stringify({ name: 'x'.repeat(4_000_000) })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${url}/things`, { method: 'POST', body, headers })
    expect(await response.json()).toEqual({ body: JSON.parse(body) })
  })
})
