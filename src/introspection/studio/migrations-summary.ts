import { z } from 'zod'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Introspection } from '../module.ts'
import type { Snapshot } from '../model/snapshot.ts'

const count = z.int().nonnegative()

/** What `GET /studio/migrations/summary` answers (contract introspection.md 1.5). */
export const migrationsSummarySchema = z.object({
  total_migrations: count,
  applied_migrations: count,
  pending_migrations: count,
  apps: z.array(
    z.object({
      app_label: z.string(),
      total: count,
      applied: count,
      pending: count,
      has_conflicts: z.boolean(),
      head_migrations: z.array(z.string()),
    }),
  ),
  conflicts: z.array(
    z.object({ app_label: z.string(), heads: z.array(z.string()), message: z.string() }),
  ),
  migrations_checksum: z.string(),
  last_applied: z.string().nullable(),
})
/** What `GET /studio/migrations/summary` answers. */
export type MigrationsSummary = z.infer<typeof migrationsSummarySchema>

/** `GET /studio/migrations/summary`. */
export function migrationsSummaryRoute({ read }: Introspection): Route {
  return defineRoute({
    name: 'migrations_summary',
    method: 'GET',
    path: '/studio/migrations/summary',
    summary: 'How far each app is migrated, and where branches have to be merged.',
    capability: 'read_migrations',
    etag: (answer) => answer,
    handle: (_input, exchange) =>
      read(exchange, async (reading) => toMigrationsSummary(await reading.snapshot())),
  })
}

function toMigrationsSummary({ migrations, checksums }: Snapshot): MigrationsSummary {
  const { total, applied, pending, apps, lastApplied } = migrations
  return {
    total_migrations: total,
    applied_migrations: applied,
    pending_migrations: pending,
    apps: apps.map((app) => ({
      app_label: app.label,
      total: app.total,
      applied: app.applied,
      pending: app.pending,
      has_conflicts: app.hasConflicts,
      head_migrations: [...app.heads],
    })),
    conflicts: apps.flatMap(({ label, heads, conflicts }) =>
      conflicts.map((message) => ({ app_label: label, heads: [...heads], message })),
    ),
    migrations_checksum: checksums.migrations_checksum,
    last_applied: lastApplied,
  }
}
