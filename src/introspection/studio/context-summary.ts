import { z } from 'zod'
import { compareText } from '../../lib/text.ts'
import type { Project } from '../../project/project.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { checksumsSchema, databaseStatusSchema } from '../wire.ts'

const count = z.int().nonnegative()

/** The body of `GET /studio/context/summary` (docs/contracts/introspection.md, 1.3). */
export const contextSummarySchema = z.object({
  app_count: count,
  model_count: count,
  viewset_count: count,
  route_count: count,
  ai_tool_count: count,
  migration_count: count,
  pending_migrations: count,
  database_status: databaseStatusSchema,
  migration_status: z.object({
    total: count,
    applied: count,
    pending: count,
    has_conflicts: z.boolean(),
    last_applied: z.string().nullable(),
  }),
  models: z.array(
    z.object({
      name: z.string(),
      table_name: z.string(),
      field_count: count,
      has_relations: z.boolean(),
    }),
  ),
  checksums: checksumsSchema,
})

/** The models and the counts of a project. */
export type ContextSummary = z.infer<typeof contextSummarySchema>

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
