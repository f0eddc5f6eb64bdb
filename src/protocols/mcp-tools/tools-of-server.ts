import type { Tool } from '../../agents/tool.ts'
import type { McpToolsClient } from './mcp-client.ts'
import type { McpToolsOptions } from './mcp-tools-options.ts'

/**
 * Makes the tools of an MCP server tools of an agent. The list of the server is read once, in pages, within `timeoutMs`: later changes
 * of it change nothing, and a call of a tool that is gone is an error for the model. Arguments are checked against the schema of the
 * server, but for its regular expressions, before a person or the server sees them.
 *
 * @param server The URL of a server over Streamable HTTP, or a connected `Client` of @modelcontextprotocol/client 2, which stays yours to
 *   close. With a URL, that package is loaded, and each call has a connection of its own, which ends with it.
 *
 * @returns The tools, sorted by name. Characters that a name must not have become `_`, and equal names get a number.
 *
 * @throws TypeError for options that cannot be used, for tools that cannot be used if there is no `onSkip`, for a missing package, for a name in `include`
 *   that the server does not have, and for more than `maxTools`. Error when the server does not list its tools.
 *
 * @example
 * const headers = { authorization: `Bearer ${token}` }
 * const tools = await mcpTools('https://crm.example.com/mcp', { prefix: 'crm', headers })
 * const support = defineAgent({ id: 'support', model, tools })
 */
export async function mcpTools(
  server: string | URL | McpToolsClient,
  options: McpToolsOptions = {},
): Promise<Tool[]> {
  const { readServerTools } = await import('./read-server-tools.ts')
  return readServerTools(server, options)
}
