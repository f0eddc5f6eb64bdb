import { z } from 'zod'
import { isoTime } from '../../lib/clock.ts'
import type { Snapshot } from '../model/snapshot.ts'

const state = z.enum([
  'applied',
  'pending',
  'modified',
  'failed',
  'out_of_order',
  'skipped_forever',
  'rolled_back',
  'missing',
  'unknown',
])
const count = z.int().nonnegative()

/** The body of `GET /studio/migrations`. Times are ISO 8601 in UTC; null if the tool does not record them. */
export const migrationListSchema = z.object({
  /** Sorted by app, then in the order in which the tool runs them. */
  migrations: z.array(
    z.object({
      app_label: z.string(),
      name: z.string(),
      tool: z.string(),
      state,
      applied_at: z.string().nullable(),
      /** SHA-256 of the file in hex; null if the file could not be read. */
      checksum: z.string().nullable(),
      /** What the state means for this tool; null if there is nothing to add. */
      message: z.string().nullable(),
      /** Migrations that must run before this one, as `app.name`. */
      dependencies: z.array(z.string()),
    }),
  ),
  /** Migrations that ran but whose file is gone; `app_label` is null if their record names no app. */
  orphans: z.array(
    z.object({
      app_label: z.string().nullable(),
      name: z.string(),
      state: z.literal('missing'),
      applied_at: z.string().nullable(),
      message: z.string().nullable(),
    }),
  ),
  apps: z.array(
    z.object({
      app_label: z.string(),
      tool: z.string(),
      total: count,
      /** Number of migrations in each state that occurs. */
      states: z.record(z.string(), count),
      head_migrations: z.array(z.string()),
      has_conflicts: z.boolean(),
      conflicts: z.array(z.string()),
    }),
  ),
  /** What each app's states were read from. */
  sources: z.array(
    z.object({
      app_label: z.string(),
      tool: z.string(),
      status: z.enum(['ready', 'uninitialised', 'unknown']),
      /** The history tables, as `schema.name`. */
      tables: z.array(z.string()),
      problems: z.array(z.string()),
    }),
  ),
  migrations_checksum: z.string(),
  last_applied: z.string().nullable(),
})

/** Every migration of a project, with its state. */
export type MigrationList = z.infer<typeof migrationListSchema>

/** Answers `GET /studio/migrations` with every migration of the snapshot. */
export function toMigrationList({ migrations: overview, checksums }: Snapshot): MigrationList {
  const { migrations, orphans, apps, sources, lastApplied } = overview
  return {
    migrations: migrations.map(({ app, name, tool, appliedAt, dependencies, ...rest }) => ({
      app_label: app,
      name,
      tool,
      state: rest.state,
      applied_at: toIsoTime(appliedAt),
      checksum: rest.checksum,
      message: rest.message,
      dependencies: dependencies.map((key) => `${key.app}.${key.name}`),
    })),
    orphans: orphans.map(({ app, name, appliedAt, message }) => ({
      app_label: app,
      name,
      state: 'missing',
      applied_at: toIsoTime(appliedAt),
      message,
    })),
    apps: apps.map(({ label, tool, total, heads, hasConflicts, conflicts }) => ({
      app_label: label,
      tool,
      total,
      states: countStates(migrations.filter(({ app }) => app === label)),
      head_migrations: [...heads],
      has_conflicts: hasConflicts,
      conflicts: [...conflicts],
    })),
    sources: sources.map(({ label, tool, status, tables, problems }) => ({
      app_label: label,
      tool,
      status,
      tables: [...tables],
      problems: [...problems],
    })),
    migrations_checksum: checksums.migrations_checksum,
    last_applied: lastApplied,
  }
}

function countStates(migrations: readonly { readonly state: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { state } of migrations) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

function toIsoTime(time: number | null): string | null {
  return time === null ? null : isoTime(Math.round(time))
}
