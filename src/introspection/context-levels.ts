import { toContextModel, type toContextRoute, type toContextViewset } from './context-parts.ts'
import type { Detail } from './context-query.ts'
import type { AppModel, Snapshot } from './snapshot.ts'
import type { StudioTool } from './tools/tool.ts'
import { toToolSummary } from './tools/wire.ts'

/** A model at a level of detail; `full` is the contract's (introspection.md 4.1). */
export function toModelAt(detail: Detail, model: AppModel, all: readonly AppModel[]): object {
  if (detail === 'full') return toContextModel(model, all)
  const { name, app, table, description } = model
  if (detail === 'names') return { name, app_label: app }
  return {
    name,
    app_label: app,
    table_name: table,
    ...(description ? { ai_description: description } : {}),
    signature: toSignature(model),
  }
}

/** The fields of a model in one line: `id: number key, title: string, author_id: number | null → Author`. */
function toSignature({ fields, relations }: AppModel): string {
  const targets = new Map(
    relations.flatMap(({ type, fields: held, to }) =>
      type === 'foreign_key' ? held.map((name) => [name, to] as const) : [],
    ),
  )
  return fields
    .filter(({ sensitive }) => !sensitive)
    .map(({ name, tsType, nullable, primaryKey }) => {
      const to = targets.get(name)
      const marks = `${nullable ? ' | null' : ''}${primaryKey ? ' key' : ''}${to ? ` → ${to}` : ''}`
      return `${name}: ${tsType}${marks}`
    })
    .join(', ')
}

type Viewset = ReturnType<typeof toContextViewset>

/** A resource at a level of detail. */
export function toViewsetAt(detail: Detail, viewset: Viewset): object {
  const { name, model_name, prefix } = viewset
  return detail === 'full' ? viewset : { name, model_name, prefix }
}

/** A route at a level of detail. */
export function toRouteAt(detail: Detail, route: ReturnType<typeof toContextRoute>): object {
  const { path, methods } = route
  return detail === 'full' ? route : { path, methods }
}

/** A tool at a level of detail. */
export function toToolAt(detail: Detail, tool: StudioTool): object {
  const { name, description } = tool
  if (detail === 'full') return toToolSummary(tool)
  return detail === 'summary' ? { name, description } : { name }
}

/** A migration at a level of detail. */
export function toMigrationAt(
  detail: Detail,
  migration: Snapshot['migrations']['migrations'][number],
): object {
  const { name, app, dependencies, applied, checksum } = migration
  if (detail !== 'full') return { name, app_label: app, applied }
  return {
    name,
    app_label: app,
    dependencies: dependencies.map((needed) => `${needed.app}.${needed.name}`),
    operations_count: null,
    operations_summary: [],
    applied,
    checksum: checksum?.slice(0, 16) ?? null,
  }
}
