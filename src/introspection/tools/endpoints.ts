import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import { type StudioTool, toAnnotations, toTags } from '../model/tool.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { callTool, isCallable, readTools, requireTool } from './call.ts'
import type { McpTool, OpenAiFunction, ToolResult, WireTool } from './tools-answers.ts'

/** Answers `GET /ai/tools` with the tools the caller may see. */
export async function listTools(introspection: IntrospectionModule, exchange: Exchange) {
  const tools = await readTools(introspection, exchange)
  return toCountedList(tools.map((tool) => showTool(tool, introspection)))
}

/** Answers `GET /ai/tools/mcp` with the tools in the shape of MCP. */
export async function listMcpTools(introspection: IntrospectionModule, exchange: Exchange) {
  const tools = await readTools(introspection, exchange)
  return toCountedList(tools.map(toMcpTool))
}

/** Answers `GET /ai/tools/openai` with the tools as OpenAI functions. */
export async function listFunctions(introspection: IntrospectionModule, exchange: Exchange) {
  const tools = await readTools(introspection, exchange)
  const functions = tools.map(toOpenAiFunction)
  return { functions, count: functions.length, version: protocolLevel }
}

/**
 * Answers `GET /ai/tools/:name` with one tool.
 *
 * @throws StudioError `not_found`, also for a tool the caller may not see.
 */
export async function readTool(
  introspection: IntrospectionModule,
  exchange: Exchange,
  name: string,
) {
  const tool = requireTool(await readTools(introspection, exchange), name)
  return { tool: showTool(tool, introspection), version: protocolLevel }
}

/**
 * Answers `POST /ai/tools/:name/call` with the outcome of the call.
 *
 * @throws StudioError as `callTool` does.
 */
export async function answerCall(
  introspection: IntrospectionModule,
  exchange: Exchange,
  { name, args }: { name: string; args: JsonObject },
): Promise<ToolResult> {
  const confirmed = exchange.request.headers.get('x-ai-apply') === 'true'
  const { isError, ...rest } = await callTool(introspection, { name, args, confirmed, exchange })
  return { tool: name, is_error: isError, ...rest, version: protocolLevel }
}

function showTool(tool: StudioTool, introspection: IntrospectionModule) {
  const { endpoints } = introspection.served()
  return toWireTool(tool, { callable: isCallable(tool, introspection), endpoints })
}

/** Shows a tool in full. `callable` is true if this deployment can run it; `endpoints` locate the schema of its model. */
function toWireTool(
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
function toMcpTool(tool: StudioTool): McpTool {
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
function toOpenAiFunction({ name, description, input }: StudioTool): OpenAiFunction {
  return { name, description, parameters: input }
}

/** Wraps a list of tools with its count and the protocol level. */
function toCountedList<Item>(tools: Item[]) {
  return { tools, count: tools.length, version: protocolLevel }
}
