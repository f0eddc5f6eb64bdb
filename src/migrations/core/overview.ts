import { compareText } from '../../lib/text.ts'
import type {
  Comparison,
  Discovery,
  Migration,
  MigrationStatus,
  MissingMigration,
} from '../../project/source.ts'
import { newestRecord, toStatus } from './compare.ts'
import { findCyclic } from './cycles.ts'
import { findHeads, hasRun } from './heads.ts'
import { findOrphans } from './orphans.ts'
import { type SourceReading, withoutForeignRows } from './shared-tables.ts'

export type { SourceReading }
import type { HistoryReading } from './history-tables.ts'

/** A migration with its status. */
export interface LocatedMigration extends Migration, MigrationStatus {
  readonly tool: string
  /** True if its changes are in the database. */
  readonly applied: boolean
}

/** The migrations of one app, counted. `applied + pending = total`. */
export interface AppMigrations {
  readonly label: string
  readonly tool: string
  readonly total: number
  readonly applied: number
  /** Migrations that are not known to have run. */
  readonly pending: number
  readonly hasConflicts: boolean
  /** Names that no other migration of the app depends on, sorted; one if healthy. */
  readonly heads: readonly string[]
  /** One sentence each. */
  readonly conflicts: readonly string[]
}

/** What a source could read. */
export interface SourceStatus {
  readonly label: string
  readonly tool: string
  /** `uninitialised` if the tool never ran on this database; `unknown` if files or tables could not be read. */
  readonly status: 'ready' | 'uninitialised' | 'unknown'
  /** The tables that were read, as `schema.name`. */
  readonly tables: readonly string[]
  readonly problems: readonly string[]
}

/** The status of all migrations of a project (docs/contracts/introspection.md, 5.3 and D). */
export interface MigrationOverview {
  /** Sorted by app, then in the order of their tool. */
  readonly migrations: readonly LocatedMigration[]
  /** Apps with migrations, and those whose migrations could not be listed; sorted by label. */
  readonly apps: readonly AppMigrations[]
  readonly total: number
  readonly applied: number
  readonly pending: number
  /** Name in the newest record; null without one. */
  readonly lastApplied: string | null
  /** Records whose migration is gone. */
  readonly orphans: readonly MissingMigration[]
  /** Migrations in a dependency cycle, as `app.name`, sorted. */
  readonly cyclic: readonly string[]
  /** Sorted by label. */
  readonly sources: readonly SourceStatus[]
  /** What could not be read or is wrong, each with its app. */
  readonly problems: readonly string[]
}

interface Located extends SourceReading {
  readonly migrations: readonly LocatedMigration[]
  readonly comparison: Comparison | null
}

/** Combines files and histories. If two migrations of an app share a name, the first one wins. */
export function resolveMigrations(readings: readonly SourceReading[]): MigrationOverview {
  const sorted = [...readings].sort((a, b) => compareText(a.label, b.label))
  const located = withoutForeignRows(sorted).map(locate)
  const migrations = located.flatMap((one) => one.migrations)
  const applied = migrations.filter((migration) => migration.applied).length
  const records = located.flatMap(({ comparison }) => comparison?.last ?? [])
  return {
    migrations,
    apps: located.filter((one) => one.discovery === null || one.migrations.length > 0).map(toApp),
    total: migrations.length,
    applied,
    pending: migrations.length - applied,
    lastApplied: newestRecord(records)?.name ?? null,
    orphans: findOrphans(located),
    cyclic: findCyclic(migrations),
    sources: located.map(toSourceStatus),
    problems: located.flatMap(findProblems),
  }
}

/** Without a history, a migration is neither applied nor pending; conflicts between files are still reported. */
function locate(reading: SourceReading): Located {
  const { discovery, tool } = reading
  const compared = discovery ? compareSafely(discovery, reading.journal) : null
  const journal: HistoryReading =
    discovery && !compared ? { problem: 'the tables hold what nobody expects' } : reading.journal
  const known = 'rows' in journal
  const comparison =
    known || !compared ? compared : { ...compared, missing: [], last: null, problems: [] }
  const unique = new Map<string, Migration>()
  for (const migration of discovery?.migrations ?? []) {
    if (!unique.has(migration.name)) unique.set(migration.name, migration)
  }
  const migrations = [...unique.values()].map((migration) => {
    const status = known
      ? (comparison?.statuses.get(migration.name) ?? toStatus('pending'))
      : toStatus('unknown', 'What ran could not be read.')
    return { ...migration, ...status, tool, applied: hasRun(status) }
  })
  return { ...reading, journal, migrations, comparison }
}

/** Compares files with rows. Returns null if the rows are malformed, so that one source cannot fail the others. */
function compareSafely(discovery: Discovery, journal: HistoryReading): Comparison | null {
  try {
    return discovery.compare('rows' in journal ? journal.rows : {})
  } catch {
    return null
  }
}

function toApp({ label, tool, migrations, comparison }: Located): AppMigrations {
  const applied = migrations.filter((migration) => migration.applied).length
  const conflicts = comparison?.conflicts ?? []
  return {
    label,
    tool,
    total: migrations.length,
    applied,
    pending: migrations.length - applied,
    hasConflicts: conflicts.length > 0,
    heads: findHeads(label, migrations),
    conflicts,
  }
}

function toSourceStatus(located: Located): SourceStatus {
  const { label, tool, discovery, journal, comparison, reason } = located
  const problems = [...(discovery?.problems ?? []), ...(comparison?.problems ?? [])]
  const tables = 'rows' in journal ? journal.tables : []
  if ('problem' in journal) problems.unshift(journal.problem)
  if (!discovery) problems.unshift(reason ?? 'the files could not be listed')
  const status =
    discovery === null || 'problem' in journal
      ? 'unknown'
      : tables.length > 0
        ? 'ready'
        : 'uninitialised'
  return { label, tool, status, tables, problems }
}

function findProblems({ label, discovery, journal, comparison }: Located): string[] {
  const own = [...(comparison?.problems ?? [])]
  if ('problem' in journal && !journal.isReported) own.push(journal.problem)
  return [...(discovery?.problems ?? []), ...own.map((text) => `migrations of ${label}: ${text}`)]
}
