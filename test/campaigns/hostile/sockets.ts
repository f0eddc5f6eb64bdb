import { connect } from 'node:net'
import type { Random } from '../random.ts'
import { sleep } from '../script.ts'
import { tokens } from './target.ts'

/** One conversation over a socket. */
export interface Conversation {
  readonly name: string
  /** The chunks to send, with a pause of `paceMs` between them. */
  readonly chunks: readonly string[]
  readonly paceMs?: number
  /** True for a client that does not read the answer. */
  readonly isDeaf?: boolean
}

const auth = `authorization: Bearer ${tokens.own}`
const start = (method: string, path: string, more: readonly string[] = []) =>
  [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', auth, ...more].join('\r\n') + '\r\n\r\n'
const post = (path: string, body: string, more: readonly string[] = []) =>
  start('POST', path, [
    'content-type: application/json',
    `content-length: ${body.length}`,
    ...more,
  ]) + body

/** Draws a conversation that breaks HTTP, or that keeps a connection busy with very little. */
export function drawConversation(random: Random): Conversation {
  const run = JSON.stringify({ message: 'hi', stream: true })
  const whole = start('GET', '/runs')
  const cut = random.between(1, whole.length - 1)
  return random.pick<Conversation>([
    { name: 'a request that stops in its head', chunks: [whole.slice(0, cut)] },
    { name: 'a request in single bytes', chunks: [...whole].map(String), paceMs: 1 },
    {
      name: 'a body that stops',
      chunks: [post('/sessions', '{"agentId": "support"}').slice(0, -5)],
    },
    { name: 'a slow body', chunks: [...post('/sessions', '{"agentId": "support"}')], paceMs: 3 },
    { name: 'a pipeline', chunks: [whole.repeat(random.between(2, 30))] },
    { name: 'a pipeline that stops', chunks: [whole.repeat(5) + whole.slice(0, cut)] },
    { name: 'a pipeline of streams', chunks: [post('/agents/support/runs', run).repeat(5)] },
    {
      name: 'a reader that does not read',
      chunks: [post('/agents/support/runs', run)],
      isDeaf: true,
    },
    {
      name: 'a smuggled request',
      chunks: [
        post('/sessions', '0\r\n\r\nGET /status HTTP/1.1\r\nhost: x\r\n\r\n', [
          'transfer-encoding: chunked',
        ]),
      ],
    },
    { name: 'two lengths', chunks: [post('/sessions', '{}', ['content-length: 5'])] },
    { name: 'a negative length', chunks: [start('POST', '/sessions', ['content-length: -1'])] },
    {
      name: 'a huge length',
      chunks: [
        start('POST', '/sessions', [
          'content-type: application/json',
          'content-length: 99999999999',
        ]),
        '{',
      ],
    },
    {
      name: 'a broken chunk',
      chunks: [start('POST', '/sessions', ['transfer-encoding: chunked']), 'zz\r\n{}\r\n0\r\n\r\n'],
    },
    { name: 'no host', chunks: ['GET /runs HTTP/1.1\r\n\r\n'] },
    { name: 'two hosts', chunks: [start('GET', '/runs', ['host: evil.example'])] },
    { name: 'another protocol', chunks: ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001'] },
    { name: 'an absolute address', chunks: [start('GET', 'http://evil.example/runs')] },
    {
      name: 'a path that is none',
      chunks: [start('GET', random.pick(['*', '//', '/%zz', '/\u0080', '\\runs', '/runs\u0000']))],
    },
    { name: 'a huge head', chunks: [start('GET', '/runs', [`x: ${'y'.repeat(60_000)}`])] },
    {
      name: 'many headers',
      chunks: [
        start(
          'GET',
          '/runs',
          Array.from({ length: 3_000 }, (_, index) => `h${index}: 1`),
        ),
      ],
    },
    {
      name: 'an expectation',
      chunks: [post('/sessions', '{"agentId": "support"}', ['expect: 100-continue'])],
    },
    {
      name: 'an upgrade',
      chunks: [start('GET', '/runs', ['connection: upgrade', 'upgrade: websocket'])],
    },
    { name: 'HTTP/1.0', chunks: ['GET /health HTTP/1.0\r\n\r\n'] },
  ])
}

/** Has a conversation for at most 300 ms more than it takes to send, and ends the connection. Returns what was received. */
export async function converse(
  port: number,
  { chunks, paceMs = 0, isDeaf = false }: Conversation,
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  let received = ''
  let isOver = false
  socket.on('error', () => (isOver = true)).on('close', () => (isOver = true))
  if (isDeaf) socket.pause()
  else socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  for (const chunk of chunks) {
    if (isOver) break
    socket.write(chunk, 'latin1')
    if (paceMs > 0) await sleep(paceMs)
  }
  for (let waited = 0; waited < 300 && !isOver; waited += 20) await sleep(20)
  socket.destroy()
  return received
}
