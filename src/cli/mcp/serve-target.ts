import type { Readable, Writable } from 'node:stream'
import { Server } from '@modelcontextprotocol/server'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { redactText } from '../../lib/redact.ts'
import { library } from '../../library.ts'
import type { Target } from '../target.ts'
import { createForward, type Forward, type Opened } from './forward.ts'
import { watchChecksums } from './watch-checksums.ts'

/** The one connection of a process to its client. */
export interface ServingTarget {
  close(): Promise<void>
  /** Resolves when the client has closed the input, or after `close`. */
  readonly closed: Promise<void>
}

const forwarded = {
  tools: ['tools/list', 'tools/call'],
  resources: ['resources/list', 'resources/templates/list', 'resources/read'],
  prompts: ['prompts/list', 'prompts/get'],
  completions: ['completion/complete'],
} as const

/**
 * Serves the MCP server of a Studio over a pair of streams. Each request becomes one to the Studio's endpoint, so that a tool
 * can do exactly what it can over HTTP.
 *
 * @throws An error for the terminal if the Studio does not answer or offers no tools.
 *
 * @see docs/decisions/145-stdio-is-a-bridge-to-the-endpoint.md
 */
export async function serveTarget(
  target: Target,
  input: Readable,
  output: Writable,
): Promise<ServingTarget> {
  const ending = new AbortController()
  const { signal } = ending
  const transport = new StdioServerTransport(input, output)
  const closed = new Promise<void>((resolve) => {
    const close = transport.close.bind(transport)
    // The transport closes itself at the end of the input, on a broken pipe and for a message that is too long.
    transport.close = async () => {
      await close()
      ending.abort()
      resolve()
    }
  })
  const forward = createForward(target, signal)
  const opening = forward.open()
  let server: Server | undefined // a client that probes for revisions gets a second one
  // Input is read from the start, so that its end is noticed while the Studio is opened.
  const factory = async () => (server = createServer(await opening, forward))
  const { close } = serveStdio(factory, { transport, onerror: report })
  try {
    await Promise.race([opening, closed])
  } catch (error) {
    await close()
    throw error
  }
  watchChecksums(target, signal, () => {
    void server?.sendToolListChanged().catch(report)
    void server?.sendResourceListChanged().catch(report)
  })
  return { close, closed }
}

function createServer({ info, instructions, offers }: Opened, forward: Forward): Server {
  const changing = { listChanged: true }
  const capabilities = Object.fromEntries(
    offers.map((name) => [name, name === 'tools' || name === 'resources' ? changing : {}]),
  )
  const server = new Server(info, { capabilities, ...(instructions ? { instructions } : {}) })
  for (const method of offers.flatMap((name) => [...forwarded[name]])) {
    server.setRequestHandler(
      method,
      // each method has a result of its own, which the Studio has made
      ({ params }, { mcpReq }) => forward.send(method, params, mcpReq.signal) as Promise<never>,
    )
  }
  return server
}

function report(error: Error): void {
  process.stderr.write(`${library.name}: ${redactText(error.message)}\n`)
}
