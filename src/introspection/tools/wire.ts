import { protocolLevel } from '../wire.ts'
import { type StudioTool, toAnnotations, toTags } from '../model/tool.ts'
import type { McpTool, OpenAiFunction, WireTool } from './tools-answers.ts'

/** Shows a tool in full. `callable` is true if this deployment can run it; `endpoints` locate the schema of its model. */
export function toWireTool(
  tool: StudioTool,
  { callable, endpoints }: { callable: boolean; endpoints: Readonly<Record<string, string>> },
): WireTool {
  const { model, app } = tool
  const schema = model === null || app === null ? undefined : endpoints['context_model']
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    http_method: tool.method,
    path: tool.path,
    kind: tool.kind,
    model: tool.model,
    app_label: tool.app,
    input_schema: tool.input,
    output_schema: tool.output,
    requires_auth: tool.requiresAuth,
    requires_admin: tool.requiresAdmin,
    permissions: [],
    tenant_scoped: false,
    approval_required: false,
    server_controlled_fields: [...tool.serverControlled],
    ai_tags: toTags(tool),
    ai_exposed: true,
    model_schema_endpoint: schema?.replace('{model}', () => `${app}.${model}`) ?? null,
    callable,
    annotations: toAnnotations(tool),
  }
}

/** Shows a tool in the shape of MCP (docs/contracts/introspection.md, 4.3). */
export function toMcpTool(tool: StudioTool): McpTool {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.input,
    ...(tool.output ? { outputSchema: tool.output } : {}),
    annotations: toAnnotations(tool),
    metadata: {
      http_method: tool.method,
      path: tool.path,
      kind: tool.kind,
      model: tool.model,
      requires_auth: tool.requiresAuth,
      requires_admin: tool.requiresAdmin,
      permissions: [],
      tags: toTags(tool),
    },
  }
}

/** Shows a tool as a function of the OpenAI API. */
export function toOpenAiFunction({ name, description, input }: StudioTool): OpenAiFunction {
  return { name, description, parameters: input }
}

/** Wraps a list of tools with its count and the protocol level. */
export function toCountedList<Item>(tools: Item[]) {
  return { tools, count: tools.length, version: protocolLevel }
}
