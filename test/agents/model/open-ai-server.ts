import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One response of the server: a JSON body, a text instead of one, the chunks of a stream, or a status with headers. */
export type Answer =
  | { readonly json: unknown }
  | { readonly body: string }
  | { readonly chunks: readonly unknown[]; readonly cut?: boolean; readonly hang?: boolean }
  | { readonly status: number; readonly headers?: Record<string, string> }

/** Starts a server on loopback for OpenAI's chat completions. Each request gets the next of these answers. */
export async function startOpenAiServer(answers: readonly Answer[]) {
  const queue = [...answers]
  const bodies: Record<string, unknown>[] = []
  let disconnected = 0
  const server = createServer((request, response) => {
    response.on('close', () => (disconnected += response.writableFinished ? 0 : 1))
    void readBody(request).then((body) => {
      bodies.push(body)
      play(queue.shift() ?? { status: 500 }, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    bodies,
    disconnected: () => disconnected,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) text += String(piece)
  return JSON.parse(text) as Record<string, unknown>
}

function play(answer: Answer, response: ServerResponse): void {
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    return void response.end('{"error":{"message":"no"}}')
  }
  if ('json' in answer || 'body' in answer) {
    response.writeHead(200, { 'content-type': 'application/json' })
    return void response.end('body' in answer ? answer.body : JSON.stringify(answer.json))
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const chunk of answer.chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`)
  if (answer.hang) return
  if (answer.cut) return void setTimeout(() => response.destroy(), 20)
  response.end('data: [DONE]\n\n')
}

/** Makes one chunk of a streamed completion. */
export function chunk(delta: object, finish_reason: string | null = null) {
  const about = { id: 'chat-1', created: 1, model: 'local-1', object: 'chat.completion.chunk' }
  return { ...about, choices: [{ index: 0, delta, finish_reason }] }
}
