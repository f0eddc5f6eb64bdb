import type { JsonObject } from '../../lib/json.ts'

/** The part of a `Client` of @modelcontextprotocol/client 2 that `mcpTools` uses. The client is connected. */
export interface McpToolsClient {
  listTools(
    params: undefined,
    options: McpRequestLimits,
  ): Promise<{ readonly tools: readonly unknown[] }>
  callTool(
    params: {
      name: string
      arguments?: Record<string, unknown>
      _meta?: Record<string, unknown>
    },
    options: McpCallOptions,
  ): Promise<unknown>
  /** Clients of version 1 have no such method; their `callTool` takes other arguments. */
  getProtocolEra(): unknown
}

/** What bounds a request to an MCP server: milliseconds, and a signal that ends it. */
export interface McpRequestLimits {
  signal?: AbortSignal
  timeout?: number
  maxTotalTimeout?: number
}

/** How `mcpTools` calls a tool of an MCP server. */
export interface McpCallOptions extends McpRequestLimits {
  onprogress?: (progress: {
    progress: number
    total?: number | undefined
    message?: string | undefined
  }) => void
  /** The tool as it was listed, without the schema of its output. */
  toolDefinition?: { name: string; inputSchema: { type: 'object' } }
}

/** A tool as its MCP server describes it. Nothing of it is verified: a server may say what it likes. */
export interface McpToolInfo {
  /** The server's name of the tool, which may differ from its name in the agent. */
  readonly name: string
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly inputSchema: JsonObject
  readonly annotations?: McpToolAnnotations | undefined
}

/** What a server says about the effects of a tool. */
export interface McpToolAnnotations {
  readonly readOnlyHint?: boolean | undefined
  readonly destructiveHint?: boolean | undefined
  readonly idempotentHint?: boolean | undefined
  readonly openWorldHint?: boolean | undefined
}
