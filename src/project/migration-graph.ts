import type { AppliedMigration, Migration, MigrationKey } from './source.ts'

/** The migrations of one app, counted. `applied + pending = total`. */
export interface AppMigrations {
  readonly label: string
  readonly total: number
  readonly applied: number
  readonly pending: number
  readonly hasConflicts: boolean
  /** Names nothing else of the app depends on, sorted; one when healthy. */
  readonly heads: readonly string[]
}

/** Where the migrations of a project stand (contract introspection.md 5.3 and D). */
export interface MigrationState {
  readonly migrations: readonly (Migration & { readonly applied: boolean })[]
  /** Sorted by label. */
  readonly apps: readonly AppMigrations[]
  readonly total: number
  readonly applied: number
  readonly pending: number
  /** Name in the newest journal row; null without one. */
  readonly lastApplied: string | null
  /** Journal rows whose migration is gone. */
  readonly orphans: readonly AppliedMigration[]
  /** Migrations that wait for each other, as `app.name`, sorted. */
  readonly cyclic: readonly string[]
}

/**
 * Puts what exists and what ran together.
 *
 * @param labels Every app with a migration source, also those that could not be read.
 * @param discovered Migrations in any order; of two with one name in one app the first wins.
 * @param rows Journal rows, oldest first; rows without an app match by bare name.
 */
export function resolveMigrations(
  labels: readonly string[],
  discovered: readonly Migration[],
  rows: readonly AppliedMigration[],
): MigrationState {
  const known = new Map<string, Migration>()
  for (const migration of discovered) {
    const key = toKey(migration)
    if (!known.has(key)) known.set(key, migration)
  }
  const applied = new Set(
    rows.map((row) => (row.app === null ? row.name : toKey(row as MigrationKey))),
  )
  const migrations = [...known.values()]
    .sort((a, b) => compare(toKey(a), toKey(b)))
    .map((migration) => ({
      ...migration,
      applied: applied.has(toKey(migration)) || applied.has(migration.name),
    }))
  const apps = [...new Set(labels)].sort().map((label) => toApp(label, migrations))
  const names = new Set(migrations.map(({ name }) => name))
  const ran = migrations.filter((migration) => migration.applied).length
  return {
    migrations,
    apps,
    total: migrations.length,
    applied: ran,
    pending: migrations.length - ran,
    lastApplied: newest(rows)?.name ?? null,
    orphans: rows.filter((row) =>
      row.app === null ? !names.has(row.name) : !known.has(toKey(row as MigrationKey)),
    ),
    cyclic: findCyclic(known),
  }
}

function toApp(label: string, all: MigrationState['migrations']): AppMigrations {
  const own = all.filter(({ app }) => app === label)
  const needed = new Set(
    own.flatMap(({ name, dependencies }) =>
      dependencies.filter((key) => key.app === label && key.name !== name).map(({ name }) => name),
    ),
  )
  const heads = own.filter(({ name }) => !needed.has(name))
  const applied = own.filter((migration) => migration.applied).length
  return {
    label,
    total: own.length,
    applied,
    pending: own.length - applied,
    hasConflicts: heads.length > 1 && heads.some((migration) => !migration.applied),
    heads: heads.map(({ name }) => name),
  }
}

/** Takes away what nothing left depends on or what depends on nothing left, until only cycles remain. */
function findCyclic(known: ReadonlyMap<string, Migration>): string[] {
  const left = new Map(
    [...known].map(([key, { dependencies }]) => [
      key,
      dependencies.map(toKey).filter((dependency) => known.has(dependency)),
    ]),
  )
  for (let size = -1; size !== left.size;) {
    size = left.size
    const needed = new Set([...left.values()].flat())
    for (const [key, dependencies] of left) {
      const free = !dependencies.some((dependency) => left.has(dependency))
      if (free || !needed.has(key)) left.delete(key)
    }
  }
  return [...left.keys()].sort()
}

function newest(rows: readonly AppliedMigration[]): AppliedMigration | undefined {
  return rows.reduce<AppliedMigration | undefined>(
    (best, row) => ((row.appliedAt ?? 0) >= (best?.appliedAt ?? 0) ? row : best),
    undefined,
  )
}

function toKey({ app, name }: MigrationKey): string {
  return `${app}.${name}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
