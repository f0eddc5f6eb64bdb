import { type toContextRoute, type toContextViewset } from '../model/context-model.ts'
import type { Detail } from '../model/detail.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { StudioTool } from '../model/tool.ts'
import { toToolSummary } from '../model/tool-summary.ts'

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
