import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Transport2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect } from 'vitest'

/** The part of an MCP client that tests use; the clients come from several packages. */
export interface McpClient {
  list(): Promise<readonly { readonly name: string; readonly [key: string]: unknown }[]>
  /** Rejects on a protocol error; a failed tool resolves with `isError`. */
  call(name: string, args?: Record<string, unknown>): Promise<McpResult>
  /** The negotiated protocol revision. */
  revision(): string | undefined
  /** Everything else that the official client can do. */
  readonly api: McpApi
  close(): Promise<void>
}

/** What both official clients can do besides calling tools. */
export interface McpApi {
  listResources(params?: { cursor: string }): Promise<{
    readonly resources: readonly { readonly uri: string; readonly name: string }[]
    readonly nextCursor?: string
  }>
  listResourceTemplates(): Promise<{
    readonly resourceTemplates: readonly { readonly uriTemplate: string }[]
  }>
  readResource(params: { uri: string }): Promise<{ readonly contents: readonly McpContents[] }>
  listPrompts(): Promise<{
    readonly prompts: readonly { readonly name: string; readonly arguments?: readonly object[] }[]
  }>
  getPrompt(params: { name: string; arguments?: Record<string, string> }): Promise<{
    readonly messages: readonly { readonly role: string; readonly content: McpPart }[]
  }>
  complete(params: {
    ref: { type: 'ref/prompt'; name: string } | { type: 'ref/resource'; uri: string }
    argument: { name: string; value: string }
  }): Promise<{
    readonly completion: {
      readonly values: readonly string[]
      readonly total?: number
      readonly hasMore?: boolean
    }
  }>
}

/** The contents of a resource. */
export interface McpContents {
  readonly uri: string
  readonly mimeType?: string
  readonly text: string
}

/** One part of a message: a text, or an embedded resource. */
export interface McpPart {
  readonly type: string
  readonly text?: string
  readonly resource?: McpContents
}

/** The result of a tool call. */
export interface McpResult {
  readonly isError?: boolean | undefined
  readonly content?: unknown
  readonly structuredContent?: unknown
}

/** Where and how a client connects. */
export interface McpTarget {
  readonly url: string
  readonly headers?: Record<string, string>
  /** Replaces the network. */
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
    api: client as unknown as McpApi,
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
    api: client as unknown as McpApi,
    close: () => client.close(),
  }
}

function toOptions({ headers = {}, fetch }: McpTarget) {
  return { requestInit: { headers }, ...(fetch ? { fetch } : {}) }
}

/** The official clients of the current protocol revision and of the revisions of 2025. */
export const mcpClients = [
  { revision: '2026-07-28', connect: connectModern },
  { revision: '2025-11-25', connect: connect2025 },
] as const

/** Parses the JSON in the text of a result, which is what a model reads. */
export function textOf({ content }: McpResult): unknown {
  const [item] = content as { type: string; text: string }[]
  expect(item?.type).toBe('text')
  return JSON.parse(item?.text ?? '')
}
