import { Server as Server1 } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { mcpTools } from '../../../src/protocols.ts'
import { createGate, toolCall } from '../../support/agents.ts'
import { startSink } from '../../support/sink.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { connectServer, listed, serveTools } from './tool-server.ts'

const free = { approval: () => false }
const once = [[toolCall('work', { a: 1 }, 'c1')], 'Said.']
const turns = [...once, ...once]

/** Runs an agent that calls the tool `work` of the server at a URL, and returns what its model read. */
async function runWith(url: string | URL, options = {}) {
  const tools = await mcpTools(url, { ...free, ...options })
  const studio = await createTestStudio({ tools, turns })
  const read = async () => {
    const before = studio.model.calls.length
    expect(await studio.run('Go')).toMatchObject({ status: 200, body: { output: 'Said.' } })
    return JSON.stringify(studio.model.calls[before + 1]?.prompt.at(-1))
  }
  return { studio, read }
}

/** A server of the package for revisions of 2025, with sessions. */
async function serveSessions() {
  const sessions = new Map<string, StreamableHTTPServerTransport>()
  const methods: string[] = []
  const host = createServer((request, response) => {
    methods.push(request.method ?? '')
    const known = sessions.get(String(request.headers['mcp-session-id']))
    const transport = known ?? openSession(sessions)
    void transport.handleRequest(request, response)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    host.closeAllConnections()
    host.close()
  })
  const { port } = host.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/mcp`, sessions, methods, host }
}

function openSession(sessions: Map<string, StreamableHTTPServerTransport>) {
  const transport: StreamableHTTPServerTransport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    onsessioninitialized: (id) => void sessions.set(id, transport),
    onsessionclosed: (id) => void sessions.delete(id),
  })
  const server = new Server1({ name: 'old', version: '1.0.0' }, { capabilities: { tools: {} } })
  const tool = { name: 'work', inputSchema: { type: 'object' as const } }
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool] }))
  server.setRequestHandler(CallToolRequestSchema, () => ({
    content: [{ type: 'text', text: 'from the session' }],
  }))
  void server.connect(transport as never)
  return transport
}

describe('the tools of a URL', () => {
  it('a call reaches the server, with the headers that were given', async () => {
    const { url, server, requests } = await serveTools([listed('work')])
    const { read } = await runWith(new URL(url), { headers: { authorization: 'Bearer key1' } })
    expect(await read()).toContain('done')
    expect(server.calls).toMatchObject([{ name: 'work', args: { a: 1 } }])
    const sent = requests.map(({ headers }) => headers.get('authorization'))
    expect(new Set(sent)).toEqual(new Set(['Bearer key1']))
    // what the server speaks was asked once
    expect(requests).toHaveLength(3)
  })

  it('a function of headers is asked for each connection, and fetch is the one that is given', async () => {
    const { url, requests } = await serveTools([listed('work')])
    let keys = 0
    const through: string[] = []
    const { read } = await runWith(url, {
      headers: async () => ({ 'x-key': `key${++keys}` }),
      fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
        through.push(String(input))
        return fetch(input, init)
      },
    })
    await read()
    expect(requests.map(({ headers }) => headers.get('x-key'))).toEqual(['key1', 'key1', 'key2'])
    expect(through).toEqual(requests.map(() => url))
  })

  it('a server with sessions is spoken to in one for each request, which is ended', async () => {
    const { url, sessions, methods, host } = await serveSessions()
    const { read } = await runWith(url)
    expect(await read()).toContain('from the session')
    expect(sessions.size).toBe(0)
    expect(methods.filter((method) => method === 'DELETE')).toHaveLength(2)
    await eventually(async () => {
      const open = await new Promise((resolve) => host.getConnections((_, count) => resolve(count)))
      host.closeIdleConnections()
      expect(open).toBe(0)
    })
  })

  it('a server that was away is called again without another studio', async () => {
    const place = await serveTools([listed('work')])
    const { read } = await runWith(place.url)
    await place.close()
    expect(await read()).toContain('McpError: The MCP server did not answer')
    await place.reopen()
    expect(await read()).toContain('done')
  })

  it('closing the studio ends a call that the server does not answer', async () => {
    const begun = createGate()
    const { url, server } = await serveTools([listed('work')], () => {
      begun.open()
      return new Promise(() => {})
    })
    const { studio } = await runWith(url)
    await studio.startRun('Go')
    await begun.opened
    await studio.studio.close()
    await eventually(async () => expect(server.calls[0]?.signal.aborted).toBe(true))
  })
})

describe('a server at a URL that cannot be used', () => {
  afterEach(() => vi.doUnmock('@modelcontextprotocol/client'))

  it('a server that never answers is given up after timeoutMs', async () => {
    const { url } = await startSink(() => null)
    await expect(mcpTools(url, { timeoutMs: 50 })).rejects.toThrow('within 50 ms')
  })

  it('a server that is away says nothing of its address', async () => {
    const { url, close } = await startSink()
    await close()
    const error = await mcpTools(url).catch((reason: unknown) => reason)
    expect(String(error)).toMatch(/^McpError: The MCP server did not answer/)
    expect(String(error)).not.toContain(new URL(url).port)
  })

  it('headers do not follow a redirect to another origin', async () => {
    const other = await startSink()
    const { url } = await startSink(() => ({ status: 307, headers: { location: other.url } }))
    const headers = { 'x-key': 'key1' }
    await expect(mcpTools(url, { headers })).rejects.toThrow('did not answer')
    expect(other.received).toEqual([])
  })

  it('an answer without end is given up', async () => {
    const endless = async () =>
      new Response(
        new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)) }),
        { headers: { 'content-type': 'application/json' } },
      )
    const { url } = await serveTools([], undefined, () => endless)
    await expect(mcpTools(url)).rejects.toThrow('did not answer')
  })

  it('a missing package is named', async () => {
    vi.resetModules()
    vi.doMock('@modelcontextprotocol/client', () => {
      throw new Error('Cannot find package')
    })
    const fresh = await import('../../../src/protocols.ts')
    await expect(fresh.mcpTools('http://127.0.0.1:9/mcp')).rejects.toThrow(
      'npm install @modelcontextprotocol/client',
    )
  })

  it.each([
    ['/mcp'],
    ['ftp://a.test/mcp'],
    ['https://user:secretword@a.test/mcp'],
    ['https://a.test/mcp#tools'],
  ])('%s is refused without a word of it', async (url) => {
    const error = await mcpTools(url).catch((reason: unknown) => reason)
    expect(String(error)).toContain('absolute http or https URL without credentials')
    expect(String(error)).not.toContain('secretword')
  })

  it('headers and fetch are refused where they would change nothing', async () => {
    const { client } = await connectServer([])
    await expect(mcpTools(client, { headers: {} })).rejects.toThrow('headers and fetch')
    const { url } = await startSink()
    await expect(mcpTools(url, { headers: { a: 1 } as never })).rejects.toThrow('headers')
    await expect(mcpTools(url, { fetch: 'no' as never })).rejects.toThrow('fetch')
  })
})
