import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { StudioTool } from '../model/tool.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { callTool, isCallable, readTools, requireTool } from './call.ts'
import type { ToolResult } from './tools-answers.ts'
import { toCountedList, toMcpTool, toOpenAiFunction, toWireTool } from './wire.ts'

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
