import type { Exchange } from '../../http/exchange.ts'
import { answerStored, storeAnswer } from '../../http/stored-answer.ts'
import type { JsonObject } from '../../lib/json.ts'
import { keepAnswer } from '../model/answer-cache.ts'
import { isVisible, type StudioTool, toAnnotations, toTags, toVisibility } from '../model/tool.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { callableTest, callTool, readTools, requireTool } from './call.ts'
import type { McpTool, OpenAiFunction, ToolResult, WireTool } from './tools-answers.ts'

/** The shapes in which the tools are listed, and what is shown of each. */
const lists = {
  tools: { member: 'tools', showerOf: wireToolShower },
  mcp: { member: 'tools', showerOf: () => toMcpTool },
  openai: { member: 'functions', showerOf: () => toOpenAiFunction },
} as const

/** Answers `GET /ai/tools`, `/ai/tools/mcp` and `/ai/tools/openai` with the tools that the caller may see. */
export async function answerTools(
  introspection: IntrospectionModule,
  exchange: Exchange,
  list: keyof typeof lists,
): Promise<Response> {
  const snapshot = await introspection.withScope(exchange, (scope) => scope.snapshot())
  const visibility = toVisibility(exchange.principal)
  const { member, showerOf } = lists[list]
  const stored = await keepAnswer(snapshot, `${list} for ${visibility}`, () => {
    const tools = snapshot.tools.filter((tool) => isVisible(tool, visibility))
    return storeAnswer({
      [member]: () => mapEach(tools, showerOf(introspection)),
      count: tools.length,
      version: protocolLevel,
    })
  })
  return answerStored(stored, exchange.request)
}

function* mapEach<Item>(items: readonly Item[], show: (item: Item) => unknown): Iterable<unknown> {
  for (const item of items) yield show(item)
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
  return { tool: wireToolShower(introspection)(tool), version: protocolLevel }
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

/** Returns a function that shows tools in full. What is served is looked up once for all of them. */
function wireToolShower(introspection: IntrospectionModule): (tool: StudioTool) => WireTool {
  const { endpoints } = introspection.served()
  const isCallable = callableTest(introspection)
  return (tool) => toWireTool(tool, { callable: isCallable(tool), endpoints })
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
