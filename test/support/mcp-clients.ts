import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Transport2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect } from 'vitest'

/** What a test needs of a client, whichever package it comes from. */
export interface McpClient {
  list(): Promise<readonly { readonly name: string; readonly [key: string]: unknown }[]>
  /** Rejects with an error of the protocol; a tool that failed answers `isError`. */
  call(name: string, args?: Record<string, unknown>): Promise<McpResult>
  /** The revision that was agreed upon. */
  revision(): string | undefined
  close(): Promise<void>
}

/** What a tool answered. */
export interface McpResult {
  readonly isError?: boolean | undefined
  readonly content?: unknown
  readonly structuredContent?: unknown
}

/** Where a client connects, and by what means. */
export interface McpTarget {
  readonly url: string
  readonly headers?: Record<string, string>
  /** In place of the network. */
  readonly fetch?: (url: string | URL, init?: RequestInit) => Promise<Response>
}

const info = { name: 'test', version: '1.0.0' }

async function connectModern(target: McpTarget): Promise<McpClient> {
  const client = new Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  const transport = new StreamableHTTPClientTransport(new URL(target.url), toOptions(target))
  await client.connect(transport)
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args = {}) =>
      (await client.callTool({ name, arguments: args })) as McpResult,
    revision: () => client.getNegotiatedProtocolVersion(),
    close: () => client.close(),
  }
}

async function connect2025(target: McpTarget): Promise<McpClient> {
  const client = new Client2025(info)
  const transport = new Transport2025(new URL(target.url), toOptions(target))
  await client.connect(transport as unknown as Parameters<typeof client.connect>[0])
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args = {}) =>
      (await client.callTool({ name, arguments: args })) as McpResult,
    revision: () => transport.protocolVersion,
    close: () => client.close(),
  }
}

function toOptions({ headers = {}, fetch }: McpTarget) {
  return { requestInit: { headers }, ...(fetch ? { fetch } : {}) }
}

/** The official clients of the current revision and of those of 2025. */
export const mcpClients = [
  { revision: '2026-07-28', connect: connectModern },
  { revision: '2025-11-25', connect: connect2025 },
] as const

/** The JSON in the text of a result, as a model reads it. */
export function textOf({ content }: McpResult): unknown {
  const [item] = content as { type: string; text: string }[]
  expect(item?.type).toBe('text')
  return JSON.parse(item?.text ?? '')
}
