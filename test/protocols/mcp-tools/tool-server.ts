import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createMcpHandler, Server } from '@modelcontextprotocol/server'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { toNodeHandler } from '../../../src/adapters/node-handler.ts'

/** What a server is told about one call. */
export interface ReceivedCall {
  readonly name: string
  readonly args: Record<string, unknown>
  readonly meta: Record<string, unknown>
  readonly signal: AbortSignal
  /** Sends a progress notification. */
  report(progress: number, message: string): Promise<void>
}

/** A server whose tools are what the test lists, and whose answers are what the test returns. */
export interface ToolServer {
  /** Sent as they are; a test may change them. */
  tools: readonly object[]
  answer: (call: ReceivedCall) => unknown
  readonly calls: ReceivedCall[]
}

/** Describes a tool that takes any object. */
export function listed(name: string, more: object = {}): object {
  return { name, description: `Does ${name}.`, inputSchema: { type: 'object' }, ...more }
}

/** Makes a server of the official package, as a `fetch`. */
function createToolServer(
  tools: readonly object[],
  answer: ToolServer['answer'] = () => ({ content: [{ type: 'text', text: 'done' }] }),
) {
  const state: ToolServer = { tools, answer, calls: [] }
  const { fetch: handle } = createMcpHandler(() => {
    const server = new Server(
      { name: 'tools', version: '1.0.0' },
      { capabilities: { tools: { listChanged: true } } },
    )
    server.setRequestHandler('tools/list', () => ({ tools: state.tools }) as never)
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const { name, arguments: args = {}, _meta: meta = {} } = params
      const { progressToken } = meta
      const call: ReceivedCall = {
        name,
        args,
        meta,
        signal: mcpReq.signal,
        report: async (progress, message) =>
          mcpReq.notify({
            method: 'notifications/progress',
            // the client asked for progress
            params: { progressToken: progressToken as string, progress, total: 10, message },
          }),
      }
      state.calls.push(call)
      return (await state.answer(call)) as never
    })
    return server
  })
  return { state, handle }
}

/** Makes a server, and a client of the official package that is connected with it. */
export async function connectServer(
  tools: readonly object[],
  answer?: ToolServer['answer'],
  { revision = '2026-07-28', wrap = (call: typeof fetch) => call } = {},
): Promise<{ client: Client; server: ToolServer }> {
  const { state, handle } = createToolServer(tools, answer)
  const send = wrap(async (input, init) => handle(new Request(input, init)))
  const pinned =
    revision === '2026-07-28' ? { mode: { pin: revision } } : { mode: 'legacy' as const }
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: pinned })
  const transport = new StreamableHTTPClientTransport(new URL('http://mcp.test/mcp'), {
    fetch: send as typeof fetch,
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, server: state }
}

/** A server at a port of loopback, and the requests that reached it. */
export async function serveTools(
  tools: readonly object[],
  answer?: ToolServer['answer'],
  wrap: (call: typeof fetch) => typeof fetch = (call) => call,
) {
  const { state, handle } = createToolServer(tools, answer)
  const requests: Request[] = []
  const send = wrap(async (input) => handle(input as Request))
  const host = createServer(
    toNodeHandler({
      async fetch(request: Request) {
        requests.push(request.clone())
        return send(request)
      },
    }),
  )
  const listen = (port: number) =>
    new Promise<void>((resolve) => host.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = host.address() as AddressInfo
  const close = () => {
    host.closeAllConnections()
    return new Promise((resolve) => host.close(resolve))
  }
  onTestFinished(async () => void (await close()))
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    server: state,
    requests,
    close,
    reopen: () => listen(port),
  }
}
