import type { Principal } from '../../http/exchange.ts'
import type { Method } from '../../http/route.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Operation } from '../../project/project.ts'

/** The kind of a tool on the wire (docs/contracts/introspection.md, 4.2). */
export type ToolKind = 'query' | 'mutation' | 'action' | 'admin' | 'utility'

/**
 * A tool that AI clients call through `/ai/tools` or MCP. It is data only: `does` selects the code that runs it. Not to be
 * confused with an agent's `Tool`, which carries its own function.
 */
export interface StudioTool {
  /** Unique: 1 to 64 letters, digits, `_` or `-`. */
  readonly name: string
  readonly title: string
  readonly description: string
  /** The HTTP request that the tool stands for; `path` may contain `{pk}`. */
  readonly method: Method
  readonly path: string
  readonly kind: ToolKind
  /** Name of the model the tool belongs to, and the app of that model; null for a tool without a model. */
  readonly model: string | null
  readonly app: string | null
  /** JSON Schema 2020-12 of type `object`. */
  readonly input: JsonObject
  /** The original names of arguments that have another name in `input`, because clients refuse the original one. */
  readonly argumentNames?: Readonly<Record<string, string>>
  /** JSON Schema of the result; null if it is not known. */
  readonly output: JsonObject | null
  /** True if a call changes something; then it needs the capability `write_data`. */
  readonly writes: boolean
  readonly requiresAuth: boolean
  readonly requiresAdmin: boolean
  /** Names of the fields that the server sets and a caller cannot. */
  readonly serverControlled: readonly string[]
  /** `read` for one of Studio's own tools; otherwise what it does with a resource. */
  readonly does: 'read' | Operation | 'action'
}

/** Which tools a caller may see. All callers of one kind see the same ones. */
export type ToolVisibility = 'admin' | 'recognised' | 'anonymous'

/** Returns the kind of a caller; `principal` is null for an anonymous one. */
export function toVisibility(principal: Principal | null): ToolVisibility {
  return principal === null ? 'anonymous' : principal.admin === true ? 'admin' : 'recognised'
}

/** True if a caller of this kind may see and call the tool. */
export function isVisible(tool: StudioTool, visibility: ToolVisibility): boolean {
  if (tool.requiresAdmin) return visibility === 'admin'
  return !tool.requiresAuth || visibility !== 'anonymous'
}

/** Returns the MCP `ToolAnnotations`, by which a client decides whether to ask its user first. */
export function toAnnotations({ title, writes, does, method }: StudioTool) {
  return {
    title,
    readOnlyHint: !writes,
    destructiveHint: writes && does !== 'create',
    idempotentHint: !writes || method === 'DELETE' || method === 'PUT',
    openWorldHint: false,
  }
}

/** Returns the tags of a tool on the wire, single words for what it does. */
export function toTags({ writes, method, requiresAdmin }: StudioTool): string[] {
  const reading = ['read_only', 'safe', 'query']
  const writing = ['write', ...(method === 'DELETE' ? ['destructive'] : []), 'mutation']
  return [...(writes ? writing : reading), ...(requiresAdmin ? ['admin'] : [])]
}
