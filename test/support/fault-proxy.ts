import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * What a proxy does to connections:
 *
 * - `pass` forwards everything
 * - `refuse` accepts no new connection, and existing ones fall silent until the next condition ends them
 * - `freeze` accepts connections, and forwards nothing until the next condition
 * - `cut` ends all connections once, and forwards those that follow
 * - `half-open` drops what existing connections send, without ending them before the next condition, and forwards new ones
 * - `delay` forwards every chunk some time later
 * - `truncate` forwards half of the next answer on each connection, and ends the connection
 * - `cut-error` forwards the next error of the server on each connection, and ends the connection
 * - `refuse-listen` ends every connection that sends `LISTEN`
 */
export const conditions = [
  'pass',
  'refuse',
  'freeze',
  'cut',
  'half-open',
  'delay',
  'truncate',
  'cut-error',
  'refuse-listen',
] as const
export type Condition = (typeof conditions)[number]

/** A TCP proxy in front of a PostgreSQL server. */
export interface FaultProxy {
  /** Returns a connection string with the address of the proxy in place of the server's. */
  through(connectionString: string): string
  set(condition: Condition): Promise<void>
  close(): Promise<void>
}

/** One connection of a client, and the one to the server behind it. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  isSilent: boolean
}

/** Starts a proxy on a loopback port. */
export async function startFaultProxy(target: URL): Promise<FaultProxy> {
  const pairs = new Set<Pair>()
  const delayed = new WeakMap<Socket, number>() // how many chunks wait to be written to a socket
  let condition: Condition = 'pass'
  const accept = (client: Socket) => {
    const server = connect({ host: target.hostname, port: Number(target.port) })
    const pair: Pair = { client, server, isSilent: false }
    pairs.add(pair)
    const end = () => {
      if (!pairs.delete(pair)) return
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.on('error', end)
    client.on('close', end)
    // A half-open connection is one whose other end is gone without a word.
    server.on('close', () => pair.isSilent || end())
    client.on('data', (chunk: Buffer) => {
      if (condition === 'refuse-listen' && /listen "/i.test(chunk.toString('latin1'))) end()
      else forward(pair, server, chunk)
    })
    server.on('data', (chunk: Buffer) => {
      const isError = chunk[0] === 'E'.charCodeAt(0)
      if (delayed.get(client)) return forward(pair, client, chunk)
      if (condition === 'truncate') client.write(chunk.subarray(0, chunk.length >> 1), end)
      else if (condition === 'cut-error' && isError) client.write(firstMessage(chunk), end)
      else forward(pair, client, chunk)
    })
    if (condition === 'freeze') pause(pair)
  }
  const forward = (pair: Pair, to: Socket, chunk: Buffer) => {
    if (pair.isSilent || to.destroyed) return
    const before = delayed.get(to) ?? 0
    if (condition !== 'delay' && before === 0) return void to.write(chunk)
    // The same pause for every chunk keeps their order, also for those that follow the last one of this condition.
    delayed.set(to, before + 1)
    setTimeout(() => {
      delayed.set(to, (delayed.get(to) ?? 1) - 1)
      if (!to.destroyed) to.write(chunk)
    }, 150)
  }
  const listener = createServer(accept)
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo

  return {
    through(connectionString) {
      const url = new URL(connectionString)
      url.hostname = '127.0.0.1'
      url.port = String(port)
      return url.href
    },
    async set(next) {
      condition = next
      // A kernel, too, ends silent connections at some time.
      for (const { isSilent, client } of pairs) if (isSilent) client.destroy()
      if (next === 'refuse' || next === 'half-open') {
        for (const pair of pairs) {
          pair.isSilent = true
          pair.server.destroy()
        }
      }
      if (next === 'cut') for (const { client } of pairs) client.destroy()
      for (const pair of pairs) {
        if (next === 'freeze') pause(pair)
        else resume(pair)
      }
      if (next === 'refuse' && listener.listening) listener.close()
      if (next !== 'refuse' && !listener.listening) {
        listener.listen(port, '127.0.0.1')
        await once(listener, 'listening')
      }
    },
    async close() {
      listener.close()
      for (const { client, server } of pairs) {
        client.destroy()
        server.destroy()
      }
    },
  }
}

function pause({ client, server }: Pair): void {
  client.pause()
  server.pause()
}

function resume({ client, server }: Pair): void {
  client.resume()
  server.resume()
}

/** Returns the first message of PostgreSQL in a chunk: a letter, and its length without the letter. */
function firstMessage(chunk: Buffer): Buffer {
  return chunk.subarray(0, 1 + chunk.readUInt32BE(1))
}
