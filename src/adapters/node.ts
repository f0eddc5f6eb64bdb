import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createListener, type Servable } from './bridge.ts'
import { closeOnSignals } from './signals.ts'

export type { Servable } from './bridge.ts'
export { type NodeHandler, toNodeHandler } from './node-handler.ts'

/** Options of `serve`; every one has a default. */
export interface ServeOptions {
  /** TCP port; 0 lets the system choose. @default `STUDIO_PORT` of the environment, then 4021 */
  port?: number
  /** Where to listen. @default '127.0.0.1' */
  hostname?: string
  /** Lets a studio without `auth` listen on an address that others can reach. @default false */
  insecure?: boolean
  /** Closes the server when aborted. */
  signal?: AbortSignal
  /** Runs exactly once, after everything was closed, and also when `serve` failed. */
  onShutdown?: () => void | Promise<void>
  /**
   * Closes on SIGINT and SIGTERM, then lets the signal end the process unless somebody else listens for it; a second one
   * ends it at once. @default true
   */
  handleSignals?: boolean
  /** How long open responses may go on after the studio was closed, in milliseconds. @default 5_000 */
  graceMs?: number
  /** Gets the line that tells the address; `false` for silence. @default console.log */
  log?: ((line: string) => void) | false
}

/** A studio that is being served. */
export interface Serving {
  /** `http://<hostname>:<port>`, with the port that was chosen. */
  readonly url: string
  readonly server: Server
  /** Settles when the studio and the listener are closed and `onShutdown` is through; rejects with what failed there. */
  readonly closed: Promise<void>
  /** Takes no more connections, closes the studio, lets open responses end within `graceMs`. Gives back `closed`. */
  close(): Promise<void>
}

/**
 * Serves a studio over `node:http`. Resolves once the port is open. A client that leaves is seen by the response's stream as
 * `cancel()`.
 *
 * @throws Error when the address is public and the studio has no `auth`, unless `insecure`; the system's error, such as
 *   `EADDRINUSE`, when the port cannot be opened.
 */
export async function serve(studio: Servable, options: ServeOptions = {}): Promise<Serving> {
  const { onShutdown, signal, log = console.log } = options
  const listener: Listener = { server: createServer(), open: new Set() }
  const { server } = listener
  try {
    signal?.throwIfAborted()
    await listen(listener, studio, options)
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
  const forgetSignals = options.handleSignals === false ? () => undefined : closeOnSignals(close)
  const closed = once(stop.signal, 'abort').then(async () => {
    signal?.removeEventListener('abort', close)
    forgetSignals()
    try {
      await shutDown(listener, studio, options.graceMs ?? 5_000)
    } finally {
      await onShutdown?.()
    }
  })
  closed.catch(() => undefined) // a failure is for those who await it, and no reason to crash
  if (signal?.aborted) void close() // while the port was being opened
  const url = toUrl(server.address() as AddressInfo)
  if (log) log(`Studio listens on ${url}`)
  return { url, server, closed, close }
}

interface Listener {
  readonly server: Server
  /** Responses that have not ended. */
  readonly open: Set<ServerResponse>
}

async function listen(
  { server, open }: Listener,
  studio: Servable,
  options: ServeOptions,
): Promise<void> {
  const { hostname = '127.0.0.1', insecure = false } = options
  if (!insecure && !studio.secured && !isLoopback(hostname)) {
    throw new Error(
      `Refusing to show this studio on ${hostname} to everybody: give it \`auth\`, or pass \`insecure: true\``,
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
  { server, open }: Listener,
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
    server.closeAllConnections() // those still open, kept alive, or opened ahead and never used
    await closed
  }
}

/** Also waits for responses that begin meanwhile. */
async function allEnded(open: ReadonlySet<ServerResponse>): Promise<void> {
  for (const response of open) await new Promise((resolve) => response.once('close', resolve))
}

function resolvePort(given: number | undefined): number {
  const port = given ?? Number(process.env['STUDIO_PORT'] || 4021)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new RangeError('port (or STUDIO_PORT) must be a whole number from 0 to 65535')
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address)
}

function toUrl({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
