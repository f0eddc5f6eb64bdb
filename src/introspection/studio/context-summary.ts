import { compareText } from '../../lib/text.ts'
import type { Project } from '../../project/project.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { ContextSummary } from './studio-answers.ts'

/** Answers `GET /studio/context/summary` with the counts and the models. */
export async function readContextSummary(
  { apps }: Project,
  scope: RequestScope,
): Promise<ContextSummary> {
  const [database_status, snapshot] = await Promise.all([scope.status(), scope.snapshot()])
  const { models, resources, migrations, routes, tools, checksums } = snapshot
  const { total, applied, pending, lastApplied } = migrations
  return {
    app_count: apps.length,
    model_count: models.length,
    viewset_count: resources.length,
    route_count: routes.length,
    ai_tool_count: tools.length,
    migration_count: total,
    pending_migrations: pending,
    database_status,
    migration_status: {
      total,
      applied,
      pending,
      has_conflicts: migrations.apps.some(({ hasConflicts }) => hasConflicts),
      last_applied: lastApplied,
    },
    models: toModelSummaries(snapshot),
    checksums,
  }
}

const modelSummaries = new WeakMap<Snapshot, ContextSummary['models']>()

/** Lists the models by name. Cached per snapshot, because this is the one part that grows with the schema. */
function toModelSummaries(snapshot: Snapshot): ContextSummary['models'] {
  const known = modelSummaries.get(snapshot)
  if (known) return known
  const summaries = snapshot.models
    .map(({ name, table, fields, relations }) => ({
      name,
      table_name: table,
      field_count: fields.length,
      has_relations: relations.length > 0,
    }))
    .sort((a, b) => compareText(a.name, b.name))
  modelSummaries.set(snapshot, summaries)
  return summaries
}
