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

/** What `GET /studio/migrations` answers. Times are ISO 8601 in UTC; null where nobody wrote them down. */
export const migrationListSchema = z.object({
  /** Sorted by app, then in the order in which the tool runs them. */
  migrations: z.array(
    z.object({
      app_label: z.string(),
      name: z.string(),
      tool: z.string(),
      state,
      applied_at: z.string().nullable(),
      /** SHA-256 of the file in hex; null when it could not be read. */
      checksum: z.string().nullable(),
      /** What follows for this tool. */
      message: z.string().nullable(),
      /** As `app.name`. */
      dependencies: z.array(z.string()),
    }),
  ),
  /** What ran and has no file any more; `app_label` is null where the record names none. */
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
      /** How many are in each state that occurs. */
      states: z.record(z.string(), count),
      head_migrations: z.array(z.string()),
      has_conflicts: z.boolean(),
      conflicts: z.array(z.string()),
    }),
  ),
  /** What each answer rests on. */
  sources: z.array(
    z.object({
      app_label: z.string(),
      tool: z.string(),
      status: z.enum(['ready', 'uninitialised', 'unknown']),
      /** As `schema.name`. */
      tables: z.array(z.string()),
      problems: z.array(z.string()),
    }),
  ),
  migrations_checksum: z.string(),
  last_applied: z.string().nullable(),
})
/** What `GET /studio/migrations` answers. */
export type MigrationList = z.infer<typeof migrationListSchema>

/** Answers every migration of a snapshot. */
export function toMigrationList({ migrations: overview, checksums }: Snapshot): MigrationList {
  const { migrations, orphans, apps, sources, lastApplied } = overview
  return {
    migrations: migrations.map(({ app, name, tool, appliedAt, dependencies, ...rest }) => ({
      app_label: app,
      name,
      tool,
      state: rest.state,
      applied_at: toTime(appliedAt),
      checksum: rest.checksum,
      message: rest.message,
      dependencies: dependencies.map((key) => `${key.app}.${key.name}`),
    })),
    orphans: orphans.map(({ app, name, appliedAt, message }) => ({
      app_label: app,
      name,
      state: 'missing',
      applied_at: toTime(appliedAt),
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

function toTime(time: number | null): string | null {
  return time === null ? null : isoTime(Math.round(time))
}
