import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import type { JsonObject } from '../../lib/json.ts'
import { toZod } from '../../lib/standard-schema.ts'
import { unknownExposure } from '../model/unknown-exposure.ts'
import { isVisible, type StudioTool, toVisibility } from '../model/tool.ts'
import type { IntrospectionModule } from '../module.ts'
import { toOriginalArguments, toToolArguments } from './argument-names.ts'
import { callApp } from './call-app.ts'
import type { ToolOutcome } from './outcome.ts'
import { callReadTool, isReadTool } from './read-tools.ts'
import { toWithheldNames } from './withheld-names.ts'

/** A tool call as a client requests it. */
interface ToolRequest {
  readonly name: string
  readonly args: unknown
  /** True if the client confirmed a write. */
  readonly confirmed: boolean
  readonly exchange: Exchange
}

/** Lists the tools that the caller may see. */
export async function readTools(
  { withScope }: IntrospectionModule,
  exchange: Exchange,
): Promise<readonly StudioTool[]> {
  const { tools } = await withScope(exchange, (scope) => scope.snapshot())
  const visibility = toVisibility(exchange.principal)
  return tools.filter((tool) => isVisible(tool, visibility))
}

/** Returns a function: can this deployment run a tool? A resource needs the application, and a write has to be allowed. */
export function callableTest({
  served,
  project,
}: IntrospectionModule): (tool: StudioTool) => boolean {
  const canWrite = served().capabilities.includes('write_data')
  return ({ does, writes }) => does === 'read' || (project.app !== null && (!writes || canWrite))
}

/** @throws StudioError `not_found`, with the same message for a tool that does not exist and one the caller may not see. */
export function requireTool(tools: readonly StudioTool[], name: string): StudioTool {
  const tool = tools.find((candidate) => candidate.name === name)
  if (tool) return tool
  throw new StudioError('not_found', `Tool '${name.slice(0, 64)}' not found or not accessible`)
}

/**
 * Calls one of Studio's own tools, or a tool of a resource through the application.
 *
 * @throws StudioError `not_found`; `forbidden` for a write that is not allowed or not confirmed; `unsupported_capability`
 *   without an application; `bad_request` that names every argument at fault.
 */
export async function callTool(
  introspection: IntrospectionModule,
  request: ToolRequest,
): Promise<ToolOutcome> {
  const { name, args, exchange } = request
  if (isReadTool(name, introspection.served())) {
    const result = await callReadTool(name, args, introspection, exchange)
    return { isError: false, status: null, result }
  }
  const snapshot = await introspection.withScope(exchange, (scope) => scope.snapshot())
  const visibility = toVisibility(exchange.principal)
  const visible = snapshot.tools.filter((tool) => isVisible(tool, visibility))
  const tool = requireTool(visible, name)
  checkAllowed(tool, request, introspection)
  if (snapshot.exposure === 'unknown') throw unknownExposure()
  const { app } = introspection.project
  if (!app) {
    throw new StudioError(
      'unsupported_capability',
      'The project has no `app` to call tools through',
    )
  }
  const checked = parse(toZod(tool.input), toToolArguments(args, tool), 'arguments') as JsonObject
  const parsed = toOriginalArguments(checked, tool)
  const withheld = toWithheldNames(snapshot)
  const { onError } = introspection
  return callApp({ app, tool, args: parsed, exchange, withheld, onError })
}

function checkAllowed(
  tool: StudioTool,
  { confirmed }: ToolRequest,
  { served }: IntrospectionModule,
): void {
  if (!tool.writes) return
  if (!served().capabilities.includes('write_data')) {
    throw new StudioError('forbidden', 'This deployment does not offer write_data', {
      details: { capability: 'write_data' },
    })
  }
  if (!confirmed) throw new StudioError('forbidden', 'A write needs the header X-AI-Apply: true')
}
