import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'
import type { Reading } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { checksumsSchema, databaseStatusSchema, withoutCounters } from '../wire.ts'

const count = z.int().nonnegative()

/** What `GET /studio/context/summary` answers (contract introspection.md 1.3). */
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
/** What `GET /studio/context/summary` answers. */
export type ContextSummary = z.infer<typeof contextSummarySchema>

/** `GET /studio/context/summary`. */
export function contextSummaryRoute({ project, read }: Introspection): Route {
  return defineRoute({
    name: 'context_summary',
    method: 'GET',
    path: '/studio/context/summary',
    summary: 'The models and the numbers, without the details.',
    capability: 'read_schema',
    etag: (answer) => {
      // the schema checksum stands for the models, so that an unchanged answer costs the same whatever its size
      const { models: _, database_status, ...rest } = answer as ContextSummary
      return { ...rest, database_status: withoutCounters(database_status) }
    },
    handle: (_input, exchange) =>
      read(exchange, async (reading) => ({
        app_count: project.apps.length,
        ...(await readContextSummary(reading)),
      })),
  })
}

async function readContextSummary(reading: Reading): Promise<Omit<ContextSummary, 'app_count'>> {
  const [database_status, snapshot] = await Promise.all([reading.status(), reading.snapshot()])
  const { models, resources, migrations, routes, tools, checksums } = snapshot
  const { total, applied, pending, apps, lastApplied } = migrations
  return {
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
      has_conflicts: apps.some(({ hasConflicts }) => hasConflicts),
      last_applied: lastApplied,
    },
    models: toModelSummaries(snapshot),
    checksums,
  }
}

const summaries = new WeakMap<Snapshot, ContextSummary['models']>()

/** The one part that grows with the schema, made once a snapshot. Sorted by name. */
function toModelSummaries(snapshot: Snapshot): ContextSummary['models'] {
  const known = summaries.get(snapshot)
  if (known) return known
  const models = snapshot.models
    .map(({ name, table, fields, relations }) => ({
      name,
      table_name: table,
      field_count: fields.length,
      has_relations: relations.length > 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  summaries.set(snapshot, models)
  return models
}
