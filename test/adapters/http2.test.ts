import { once } from 'node:events'
import { connect, createServer, type Http2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it, vi } from 'vitest'
import { type Servable, toNodeHandler } from '../../src/adapters/node.ts'
import { createTestRouter } from '../support/router.ts'

let server: Http2Server | undefined
afterEach(() => {
  vi.restoreAllMocks()
  server?.close()
})

/** Sends one HTTP/2 request to a studio behind the compatibility API of `node:http2`. */
async function send(studio: Servable, path: string, body: string) {
  server = createServer()
  server.on('request', toNodeHandler(studio) as unknown as (...args: unknown[]) => void)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const request = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/json',
  })
  request.end(body)
  const [headers] = (await once(request, 'response')) as [Record<string, string | number>]
  const received = await text(request).catch(() => 'broken off')
  session.close()
  return { status: headers[':status'], received }
}

it('toNodeHandler answers over HTTP/2', async () => {
  const { status, received } = await send(createTestRouter(), '/things', '{"name":"x"}')
  expect(status).toBe(200)
  expect(JSON.parse(received)).toEqual({ body: { name: 'x' } })
})

it('toNodeHandler does not send the message of a failed stream over HTTP/2', async () => {
  vi.spyOn(console, 'error').mockReturnValue()
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) =>
    controller.error(new Error('secret'))
  const broken: Servable = { fetch: async () => new Response(new ReadableStream({ pull })) }
  const { received } = await send(broken, '/', '{}')
  expect(received).not.toContain('secret')
})
