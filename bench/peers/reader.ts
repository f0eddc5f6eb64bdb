import { type Agent, request } from 'node:http'
import type { PeerProcess } from './peer.ts'

/** How much a stream has: so many calls of the tool, one a turn, then an answer of so many deltas. */
export interface Work {
  readonly deltas: number
  readonly calls: number
}

/** What a client saw of one stream. */
export interface StreamSeen {
  readonly bytes: number
  /** Milliseconds from the request to the first delta. */
  readonly firstMs: number
}

const delta = 'token'

/** Reads one stream of a peer to its end. Rejects unless all its deltas came. */
export function readStream(
  { peer, port }: PeerProcess,
  work: Work,
  agent: Agent,
): Promise<StreamSeen> {
  const body = JSON.stringify(peer.body(JSON.stringify(work)))
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(new Error(`A stream of ${peer.name} failed`, { cause }))
    const post = { host: '127.0.0.1', port, path: peer.path, method: 'POST', headers, agent }
    const sent = request(post, (response) => {
      let bytes = 0
      let found = 0
      let rest = ''
      let firstMs = Number.NaN
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        const text = rest + chunk.toString('latin1')
        found += text.split(delta).length - 1
        rest = text.slice(1 - delta.length) // too short to hold a delta that was counted
        if (found > 0 && Number.isNaN(firstMs)) firstMs = performance.now() - start
      })
      response.on('error', fail)
      response.on('end', () => {
        if (response.statusCode === 200 && found >= work.deltas) resolve({ bytes, firstMs })
        else fail(new Error(`It has status ${response.statusCode} and ${found} deltas`))
      })
    })
    sent.on('error', fail)
    sent.end(body)
  })
}
