import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '../../../src/adapters/node.ts'
import { type Fleet, type Instance, startFleet } from '../../campaigns/fleet.ts'
import { answerFault } from './faults.ts'
import { createMatrixStudio } from './support-studio.ts'

/** The servers that the runtimes call. */
export interface Servers {
  readonly studioUrl: string
  readonly frontUrl: string
  stop(): Promise<void>
}

/**
 * Starts a studio of another origin than the page of the browser, and a front: the page, the servers with faults, and a proxy
 * before two instances that share the database.
 */
export async function startServers(databaseUrl: string): Promise<Servers> {
  const fleet = await startFleet({ databaseUrls: [databaseUrl, databaseUrl], leaseMs: 1_000 })
  const front = createServer((incoming, outgoing) => {
    const { url = '/' } = incoming
    if (url === '/page') outgoing.setHeader('content-type', 'text/html').end('<!doctype html>')
    else if (url === '/control/kill') void killOne(fleet).then(() => outgoing.end('killed'))
    else if (url.startsWith('/faults/')) void sendFault(incoming, outgoing)
    else forward(fleet, incoming, outgoing)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  const studio = createMatrixStudio([frontUrl])
  const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
  return {
    studioUrl: serving.url,
    frontUrl,
    async stop() {
      front.close()
      front.closeAllConnections()
      await Promise.all([serving.close(), fleet.stop(), once(front, 'close')])
    },
  }
}

/** The instance of a fleet that was ended last. */
const killed = new WeakMap<Fleet, Instance>()

/** Finds the instance that gets all requests: not the one that has just begun again, so that the next one to end is another. */
function findServing(fleet: Fleet): Instance | undefined {
  const up = fleet.up()
  return up.find((instance) => instance !== killed.get(fleet)) ?? up[0]
}

/** Ends the instance that serves now, and starts it again in the background. */
export async function killOne(fleet: Fleet): Promise<void> {
  const serving = findServing(fleet)
  if (!serving) return
  killed.set(fleet, serving)
  await serving.kill()
  serving.start().catch((error: unknown) => console.error(error))
}

/** Sends a request to the instance that serves. What it can not answer, it answers as proxies do. */
export function forward(fleet: Fleet, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = '/' } = incoming
  const fail = () => {
    if (outgoing.headersSent) return void outgoing.destroy()
    outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
  }
  const serving = findServing(fleet)
  if (!serving?.url) return fail()
  const onward = request(new URL(url, serving.url), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', fail).pipe(outgoing)
  })
  onward.on('error', fail)
  outgoing.on('close', () => onward.destroy())
  incoming.pipe(onward)
}

/** Sends what `answerFault` answers, and ends the connection where its body fails. */
async function sendFault(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = `http://${incoming.headers.host}${incoming.url}`
  const response = await answerFault(new Request(url, { method: incoming.method ?? 'GET' }))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  const reader = response.body?.getReader()
  outgoing.on('close', () => void reader?.cancel().catch(() => undefined))
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {}
      if (done) break
      await new Promise((resolve) => outgoing.write(value, resolve))
    }
    outgoing.end()
  } catch {
    outgoing.socket?.end() // without the last chunk, so the body counts as cut
  }
}
