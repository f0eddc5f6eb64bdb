import { isoTime } from '../../lib/clock.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { MigrationList } from './studio-answers.ts'

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
