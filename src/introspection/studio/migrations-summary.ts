import { z } from 'zod'
import type { Snapshot } from '../model/snapshot.ts'

const count = z.int().nonnegative()

/** The body of `GET /studio/migrations/summary` (docs/contracts/introspection.md, 1.5). */
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

/** Answers `GET /studio/migrations/summary` with the counts of each app. */
export function toMigrationsSummary({
  migrations,
  checksums,
}: Snapshot): z.infer<typeof migrationsSummarySchema> {
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
