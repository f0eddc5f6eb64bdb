import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createListener, type Servable } from './bridge.ts'
import { closeOnSignals } from './signals.ts'

export type { Servable } from './bridge.ts'
export { type NodeHandler, toNodeHandler } from './node-handler.ts'
export { fileBlobs } from './blobs/file-blobs.ts'
export { definePlanner, type PlannerSpec } from '../planner.ts'
export type { CommitAuthor } from './workspace/branches.ts'
export { nodeWorkspace, type NodeWorkspaceOptions } from './workspace/node-workspace.ts'

/** Options of `serve`; every one has a default. */
export interface ServeOptions {
  /** The TCP port; 0 lets the system choose. @default `STUDIO_PORT` of the environment, else 4021 */
  port?: number
  /** The address or host name to listen on. @default '127.0.0.1' */
  hostname?: string
  /** Allows a studio without `auth` to listen on an address that is not loopback. @default false */
  insecure?: boolean
  /** Closes the studio and the server when aborted. */
  signal?: AbortSignal
  /** Runs exactly once: after everything is closed, or when `serve` fails. */
  onShutdown?: () => void | Promise<void>
  /**
   * Closes on SIGINT and SIGTERM. The signal then ends the process unless another listener handles it; a second signal
   * ends it at once. @default true
   */
  handleSignals?: boolean
  /** How long open responses may continue after the studio is closed, in milliseconds. @default 5_000 */
  graceMs?: number
  /** Receives one line with the address; `false` prints nothing. @default console.log */
  log?: ((line: string) => void) | false
}

/** A server that `serve` started. */
export interface Serving {
  /** `http://<address>:<port>`, with the port in use. */
  readonly url: string
  readonly server: Server
  /** Resolves when the studio and the server are closed and `onShutdown` has finished; rejects if one of them fails. */
  readonly closed: Promise<void>
  /** Stops accepting connections, closes the studio, waits up to `graceMs` for open responses. Returns `closed`. */
  close(): Promise<void>
}

/**
 * Serves a studio over `node:http`. Resolves once the port is open. A client that disconnects cancels the stream of its
 * response.
 *
 * @throws Error if the address is not loopback and the studio has no `auth`, unless `insecure` is set; a system error such
 *   as `EADDRINUSE` if the port cannot be opened.
 */
export async function serve(studio: Servable, options: ServeOptions = {}): Promise<Serving> {
  const { onShutdown, signal, log = console.log } = options
  const listening: Listening = { server: createServer(), open: new Set() }
  const { server } = listening
  try {
    signal?.throwIfAborted()
    await listen(listening, studio, options)
  } catch (error) {
    await onShutdown?.()
    throw error
  }
  const stop = new AbortController()
  const close = () => {
    stop.abort()
    return closed
  }
  signal?.addEventListener('abort', close, { once: true })
  const stopListening = options.handleSignals === false ? () => undefined : closeOnSignals(close)
  const closed = once(stop.signal, 'abort').then(async () => {
    signal?.removeEventListener('abort', close)
    stopListening()
    try {
      await shutDown(listening, studio, options.graceMs ?? 5_000)
    } finally {
      await onShutdown?.()
    }
  })
  closed.catch(() => undefined) // callers see the failure through `closed`; unhandled it would end the process
  if (signal?.aborted) void close() // aborted while the port was being opened
  const url = toUrl(server.address() as AddressInfo)
  if (log) log(`Studio listens on ${url}`)
  return { url, server, closed, close }
}

interface Listening {
  readonly server: Server
  /** Responses that are still being sent. */
  readonly open: Set<ServerResponse>
}

async function listen(
  { server, open }: Listening,
  studio: Servable,
  options: ServeOptions,
): Promise<void> {
  const { hostname = '127.0.0.1', insecure = false } = options
  if (!insecure && !studio.secured && !isLoopback(hostname)) {
    throw new Error(
      `Refusing to listen on ${hostname} without \`auth\`: configure it, or pass \`insecure: true\``,
    )
  }
  server.listen(resolvePort(options.port), hostname)
  await once(server, 'listening')
  server.on('error', (error) => console.error(error))
  server.on('request', (_incoming, outgoing) => {
    open.add(outgoing)
    outgoing.once('close', () => open.delete(outgoing))
  })
  const context = { loopback: isLoopback((server.address() as AddressInfo).address) }
  server.on('request', createListener(studio, { context, hostname }))
}

async function shutDown(
  { server, open }: Listening,
  studio: Servable,
  graceMs: number,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  try {
    await studio.close?.()
  } finally {
    await new Promise<void>((resolve) => {
      const force = setTimeout(resolve, graceMs)
      void allEnded(open).then(() => resolve(clearTimeout(force)))
    })
    server.closeAllConnections() // also idle keep-alive connections and those that never sent a request
    await closed
  }
}

/** Waits for open responses, including those that begin in the meantime. */
async function allEnded(open: ReadonlySet<ServerResponse>): Promise<void> {
  for (const response of open) await new Promise((resolve) => response.once('close', resolve))
}

function resolvePort(option: number | undefined): number {
  const port = option ?? Number(process.env['STUDIO_PORT'] || 4021)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError('port (or STUDIO_PORT) must be an integer from 0 to 65535')
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address)
}

function toUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
