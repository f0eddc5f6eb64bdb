import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import type { Introspection } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { callTool, isCallable, readTools, requireTool } from './call.ts'
import type { StudioTool } from '../model/tool.ts'
import { toList, toMcpTool, toolCallSchema, toOpenAiFunction, toWireTool } from './wire.ts'

/** Answers `GET /ai/tools`. */
export async function listTools(introspection: Introspection, exchange: Exchange) {
  const tools = await readTools(introspection, exchange)
  return toList(
    'tools',
    tools.map((tool) => show(tool, introspection)),
  )
}

function show(tool: StudioTool, introspection: Introspection) {
  const { endpoints } = introspection.offer()
  return toWireTool(tool, { callable: isCallable(tool, introspection), endpoints })
}

/** Answers `GET /ai/tools/mcp`. */
export async function listMcpTools(introspection: Introspection, exchange: Exchange) {
  return toList('tools', (await readTools(introspection, exchange)).map(toMcpTool))
}

/** Answers `GET /ai/tools/openai`. */
export async function listFunctions(introspection: Introspection, exchange: Exchange) {
  return toList('functions', (await readTools(introspection, exchange)).map(toOpenAiFunction))
}

/** Answers `GET /ai/tools/:name`. @throws StudioError `not_found`. */
export async function readTool(introspection: Introspection, exchange: Exchange, name: string) {
  const tool = requireTool(await readTools(introspection, exchange), name)
  return { tool: show(tool, introspection), version: protocolLevel }
}

/** Answers `POST /ai/tools/:name/call`. @throws StudioError as `callTool` does. */
export async function answerCall(
  introspection: Introspection,
  exchange: Exchange,
  { name, body }: { name: string; body: unknown },
) {
  const { arguments: args } = parse(toolCallSchema, body, 'request body')
  const confirmed = exchange.request.headers.get('x-ai-apply') === 'true'
  const { isError, ...rest } = await callTool(introspection, { name, args, confirmed, exchange })
  return { tool: name, is_error: isError, ...rest, version: protocolLevel }
}
