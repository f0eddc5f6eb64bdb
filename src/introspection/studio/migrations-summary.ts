import type { Snapshot } from '../model/snapshot.ts'
import type { MigrationsSummary } from './studio-answers.ts'

/** Answers `GET /studio/migrations/summary` with the counts of each app. */
export function toMigrationsSummary({ migrations, checksums }: Snapshot): MigrationsSummary {
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
