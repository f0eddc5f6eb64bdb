import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** One request that a sink received. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: unknown
}

/** How a sink answers a request: a status with a body and headers; null never answers. */
export type SinkAnswer = {
  readonly status: number
  readonly body?: string
  readonly headers?: Record<string, string>
} | null

/** A server on loopback that records what it receives. It is closed with its test. */
export async function startSink(answer: (received: Received, count: number) => SinkAnswer = ok) {
  const received: Received[] = []
  let respond = answer
  const server = createServer((request, response) => {
    void text(request).then(
      (body) => {
        const one = {
          path: request.url ?? '',
          headers: request.headers,
          text: body,
          body: parse(body),
        }
        received.push(one)
        const reply = respond(one, received.length)
        if (reply === null) return
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
        response.end(reply.body ?? '{}')
      },
      () => undefined,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(async () => void (await close()))
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close,
    /** Changes how later requests are answered. */
    answerWith: (next: typeof answer) => void (respond = next),
    at: (path: string) => received.filter((one) => one.path === path),
  }
}

const ok = (): SinkAnswer => ({ status: 200 })

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown
  } catch {
    return null
  }
}
