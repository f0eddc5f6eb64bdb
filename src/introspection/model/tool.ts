import type { Principal } from '../../http/exchange.ts'
import type { Method } from '../../http/route.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Operation } from '../../project/project.ts'

/** What a tool is for (contract introspection.md 4.2). */
export type ToolKind = 'query' | 'mutation' | 'action' | 'admin' | 'utility'

/** Something AI clients may call: data only, how it is done is told by `does`. */
export interface StudioTool {
  /** Unique: 1 to 64 letters, digits, `_` or `-`. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** The HTTP request it stands for; `path` may hold `{pk}`. */
  readonly method: Method
  readonly path: string
  readonly kind: ToolKind
  /** Name of its model, and the app that has it; null for what belongs to none. */
  readonly model: string | null
  readonly app: string | null
  /** JSON Schema 2020-12 of type `object`. */
  readonly input: JsonObject
  /** What it answers as far as it is known; null when it is not. */
  readonly output: JsonObject | null
  /** True changes something: needs `write_data`. */
  readonly writes: boolean
  readonly requiresAuth: boolean
  readonly requiresAdmin: boolean
  readonly serverControlled: readonly string[]
  /** A tool of Studio's own, by its name, or one of a resource. */
  readonly does: 'read' | Operation | 'action'
}

/** May this caller see and call the tool? `principal` is null for callers whom nobody knows. */
export function isVisible(tool: StudioTool, principal: Principal | null): boolean {
  if (tool.requiresAdmin) return principal?.admin === true
  return !tool.requiresAuth || principal !== null
}

/** Hints for clients that ask a person first (MCP `ToolAnnotations`). */
export function toAnnotations({ title, writes, does, method }: StudioTool) {
  return {
    title,
    readOnlyHint: !writes,
    destructiveHint: writes && does !== 'create',
    idempotentHint: !writes || method === 'DELETE' || method === 'PUT',
    openWorldHint: false,
  }
}
