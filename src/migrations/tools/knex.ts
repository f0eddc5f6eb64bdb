import type {
  AppliedMigration,
  Comparison,
  HistoryRows,
  MigrationSource,
} from '../../project/source.ts'
import { toSentenceList, toRecords } from '../core/compare.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/** Options of `knexMigrations`; each has a default. */
export interface KnexMigrationsOptions extends TableOptions {
  /** Knex's `loadExtensions`, with their dots. */
  readonly extensions?: readonly string[]
}

const defaultExtensions = [
  '.co',
  '.coffee',
  '.eg',
  '.iced',
  '.js',
  '.cjs',
  '.litcoffee',
  '.ls',
  '.ts',
]

/**
 * Reads the migrations of Knex: the files of one folder, by name with extension. The history is in `knex_migrations`,
 * and the lock in `knex_migrations_lock`. Rows have no contents, so edits are not detected.
 *
 * If a build turned `.ts` into `.js`, Knex calls the folder corrupt. Such a migration is `applied` here, with a conflict.
 */
export function knexMigrations(
  files: string | URL | MigrationFiles,
  { extensions = defaultExtensions, ...table }: KnexMigrationsOptions = {},
): MigrationSource {
  const places = toPlaces(table, { schema: null, table: 'knex_migrations' })
  return linearSource({
    tool: 'knex',
    files,
    tables: {
      journal: {
        places,
        columns: ['id', 'name', 'batch', 'migration_time'],
        select: (from, columns) =>
          `select name::text, ${timeOf('migration_time', columns)} from ${from} order by id`,
      },
      lock: {
        places: places.map((place) => ({ ...place, table: `${place.table}_lock` })),
        columns: ['is_locked'],
        select: (from) => `select is_locked::int4 from ${from} where is_locked <> 0`,
        optional: true,
      },
    },
    toName: (path) =>
      !path.includes('/') &&
      !path.endsWith('.d.ts') &&
      extensions.some((end) => path.length > end.length && path.endsWith(end))
        ? path
        : null,
    toRecords: (app, { journal }, migrations) =>
      toRecords(app, journal).map((record) => {
        const sameName = migrations.some(({ name }) => name === record.name)
        const rebuilt = migrations.find(({ name }) => toStem(name) === toStem(record.name))
        return !sameName && rebuilt ? { ...record, name: rebuilt.name } : record
      }),
    refine,
    messages: {
      outOfOrder: 'Knex runs it in the next batch, after migrations that were written later.',
      missing:
        'Knex refuses to migrate ("the migration directory is corrupt") while its file is missing.',
    },
  })
}

function refine(app: string, found: Comparison, { journal, lock }: HistoryRows): Comparison {
  const rebuilt = toRecords(app, journal).filter(
    ({ name }) => !found.statuses.has(name) && !isMissing(found, name),
  )
  const statuses = new Map(found.statuses)
  for (const { name } of rebuilt) {
    const [now, status] = [...statuses].find(([other]) => toStem(other) === toStem(name)) ?? []
    if (now === undefined || !status) continue
    const message = `It ran as ${name}; Knex compares names with their extensions and takes it for missing.`
    statuses.set(now, { ...status, message })
  }
  const corrupt =
    rebuilt.length > 0
      ? [
          `App '${app}': Knex calls the folder corrupt, because extensions changed: ${toSentenceList(rebuilt.map(({ name }) => name))}.`,
        ]
      : []
  const locked = (lock ?? []).length > 0
  return {
    ...found,
    statuses,
    conflicts: [...found.conflicts, ...corrupt],
    problems: locked
      ? [
          ...found.problems,
          'the migration lock is held: Knex is running, or crashed and needs migrate:unlock',
        ]
      : found.problems,
  }
}

function isMissing({ missing }: { missing: readonly AppliedMigration[] }, name: string): boolean {
  return missing.some((record) => record.name === name)
}

function toStem(name: string): string {
  return name.replace(/\.[^.]+$/, '')
}
