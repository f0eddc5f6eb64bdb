import type { CallToolResult, Tool } from '@modelcontextprotocol/server'
import { isRecord } from '../../lib/json.ts'
import { type StudioTool, toAnnotations } from '../model/tool.ts'
import type { ToolOutcome } from '../tools/outcome.ts'

/** Shows a tool to an MCP client. */
export function toListedTool(tool: StudioTool): Tool {
  const { name, title, description, input, output, does } = tool
  return {
    name,
    title,
    description,
    inputSchema: input as Tool['inputSchema'],
    // Clients validate results against an output schema. Those of an application may not match it.
    ...(does === 'read' && output ? { outputSchema: output as Tool['outputSchema'] } : {}),
    annotations: toAnnotations(tool),
  } as Tool
}

/** Shows the outcome of a call: as text for the model and, if it is an object, as structured content. */
export function toCallResult({ isError, status, result }: ToolOutcome): CallToolResult {
  const shown = isError ? { status, error: result } : result
  return {
    content: [{ type: 'text', text: JSON.stringify(shown) }],
    ...(isRecord(shown) && !isError ? { structuredContent: shown } : {}),
    ...(isError ? { isError } : {}),
  }
}
