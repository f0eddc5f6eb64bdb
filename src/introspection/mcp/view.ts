import type { Exchange } from '../../http/exchange.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'
import type { ReadToolName } from '../tools/read-tool-names.ts'
import { callReadTool, isReadTool } from '../tools/read-tools.ts'

/** The project as one caller sees it. Resources and prompts show it through Studio's own tools. */
export interface McpView {
  readonly introspection: IntrospectionModule
  readonly exchange: Exchange
}

/** True if this deployment serves the tool. */
export function offers({ introspection }: McpView, tool: ReadToolName): boolean {
  return isReadTool(tool, introspection.served())
}

/** Calls one of Studio's own tools. */
export function readWith(
  { introspection, exchange }: McpView,
  tool: ReadToolName,
  args: JsonObject,
): Promise<JsonObject> {
  return callReadTool(tool, args, introspection, exchange)
}

/** Returns the snapshot that this request sees. */
export function snapshotOf({ introspection, exchange }: McpView): Promise<Snapshot> {
  return introspection.withScope(exchange, (scope) => scope.snapshot())
}
