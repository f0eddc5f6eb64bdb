import { type ToolOutcome } from './outcome.ts'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import type { JsonObject } from '../../lib/json.ts'
import { toZod } from '../../lib/standard-schema.ts'
import type { Introspection } from '../module.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { callApp } from './call-app.ts'
import { callReadTool, isReadTool } from './read-tools.ts'
import { isVisible, type StudioTool } from '../model/tool.ts'

/** One call of a tool. `confirmed` tells that the caller said so where a write asks for it. */
export interface ToolCall {
  readonly name: string
  readonly args: unknown
  readonly confirmed: boolean
  readonly exchange: Exchange
}

/** Lists the tools this caller may see. */
export async function readTools(
  { read }: Introspection,
  exchange: Exchange,
): Promise<readonly StudioTool[]> {
  const { tools } = await read(exchange, (reading) => reading.snapshot())
  return tools.filter((tool) => isVisible(tool, exchange.principal))
}

/** Can this deployment do what the tool says? Writes have to be allowed, and resources need the application. */
export function isCallable(tool: StudioTool, { offer, project }: Introspection): boolean {
  if (tool.does === 'read') return true
  return project.app !== null && (!tool.writes || offer().capabilities.includes('write_data'))
}

/** @throws StudioError `not_found` for a tool that does not exist and for one this caller may not see, in the same words. */
export function requireTool(tools: readonly StudioTool[], name: string): StudioTool {
  const tool = tools.find((one) => one.name === name)
  if (tool) return tool
  throw new StudioError('not_found', `Tool '${name.slice(0, 64)}' not found or not accessible`)
}

/**
 * Calls a tool: one of Studio's own, or one of a resource by way of the application.
 *
 * @throws StudioError `not_found`, `forbidden` for a write that is not allowed or not confirmed, `unsupported_capability`
 *   without an application, `bad_request` naming every argument at fault.
 */
export async function callTool(introspection: Introspection, call: ToolCall): Promise<ToolOutcome> {
  const { name, args, exchange } = call
  if (isReadTool(name, introspection.offer())) {
    const result = await callReadTool(name, args, introspection, exchange)
    return { isError: false, status: null, result }
  }
  const snapshot = await introspection.read(exchange, (reading) => reading.snapshot())
  const visible = snapshot.tools.filter((tool) => isVisible(tool, exchange.principal))
  const tool = requireTool(visible, name)
  checkAllowed(tool, call, introspection)
  const { app } = introspection.project
  if (!app) {
    throw new StudioError(
      'unsupported_capability',
      'The project has no `app` to call tools through',
    )
  }
  const parsed = parse(toZod(tool.input), args, 'arguments') as JsonObject
  const hidden = toHiddenNames(snapshot)
  const { onError } = introspection
  return callApp({ app, tool, args: parsed, exchange, hidden, onError })
}

/** A write needs its power, and over HTTP the header of contract introspection.md D. */
function checkAllowed(tool: StudioTool, { confirmed }: ToolCall, { offer }: Introspection): void {
  if (!tool.writes) return
  if (!offer().capabilities.includes('write_data')) {
    throw new StudioError('forbidden', 'This deployment does not offer write_data', {
      details: { capability: 'write_data' },
    })
  }
  if (!confirmed) throw new StudioError('forbidden', 'A write needs the header X-AI-Apply: true')
}

/** The names of every sensitive field, for an item may hold items of other models. */
function toHiddenNames({ models }: Snapshot): ReadonlySet<string> {
  const sensitive = models.flatMap(({ fields }) => fields.filter((field) => field.sensitive))
  return new Set(sensitive.flatMap(({ name, column }) => [name, column]))
}
