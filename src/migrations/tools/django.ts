import type { Row } from '../../project/database.ts'
import type {
  AppliedMigration,
  Comparison,
  Migration,
  MigrationKey,
  MigrationSource,
  MigrationStatus,
} from '../../project/source.ts'
import { markLate } from '../core/branches.ts'
import { newestRecord, toSentenceList, toRecords, toStatus } from '../core/compare.ts'
import { folderOf, type MigrationFiles, toFiles } from '../core/files.ts'
import { findHeads, hasRun } from '../core/heads.ts'
import { compareText } from '../../lib/text.ts'
import { readAssignment, readPairs } from './python-text.ts'
import { readContents } from '../core/read.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'
import { sortByDependencies } from '../core/topological-sort.ts'

/** Options of `djangoMigrations`; each has a default. */
export interface DjangoMigrationsOptions extends TableOptions {
  /** The label of the app in Django. @default the label given to `defineProject` */
  readonly app?: string
}

/**
 * Reads the migrations of one Django app: the `.py` files of its `migrations` folder, with their `dependencies` and
 * `replaces`. Files are read, never run. The history is in `django_migrations`; rows of other apps are ignored. Edits are not
 * detected, nor does Django detect them.
 *
 * Here a squashed migration depends on the migrations it replaces, and their dependents also depend on the squashed one. The
 * heads are therefore the same as in Django.
 */
export function djangoMigrations(
  files: string | URL | MigrationFiles,
  { app: django, ...table }: DjangoMigrationsOptions = {},
): MigrationSource {
  const source = toFiles(files)
  return {
    tool: 'django',
    ...folderOf(files),
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'django_migrations' }),
        columns: ['app', 'name', 'applied'],
        select: (from, columns) =>
          `select name::text, ${timeOf('applied', columns)}, app::text from ${from} order by ${columns.has('id') ? 'id' : 'applied'}`,
      },
    },
    async discover(app) {
      const own = django ?? app
      const wanted = (await source.list())
        .filter((path) => /^[^_~./][^/]*\.py$/.test(path))
        .map((path) => ({ name: path.replace(/\.py$/, ''), path }))
        .sort((a, b) => compareText(a.name, b.name))
      const { contents, problems } = await readContents(app, source, wanted)
      const replaced = new Map<string, readonly string[]>()
      const migrations = contents.map(({ name, text, checksum }): Migration => {
        const toKeys = (assigned: string) =>
          readPairs(readAssignment(text ?? '', assigned)).map(([label, name]): MigrationKey => ({
            app: label === own ? app : label,
            name,
          }))
        const replaces = toKeys('replaces').filter((key) => key.app === app)
        if (replaces.length > 0)
          replaced.set(
            name,
            replaces.map((key) => key.name),
          )
        return { app, name, checksum, dependencies: [...toKeys('dependencies'), ...replaces] }
      })
      const sorted = sortByDependencies(throughSquashed(migrations, replaced))
      return {
        migrations: sorted,
        problems,
        compare: ({ journal }) => compare(app, { migrations: sorted, replaced, own, journal }),
      }
    },
  }
}

/** Makes the dependents of a replaced migration also depend on the migration that replaces it. */
function throughSquashed(
  migrations: readonly Migration[],
  replaced: ReadonlyMap<string, readonly string[]>,
): Migration[] {
  return migrations.map((migration) => {
    const squashed = [...replaced].filter(
      ([name, names]) =>
        name !== migration.name &&
        !names.includes(migration.name) &&
        migration.dependencies.some((key) => key.app === migration.app && names.includes(key.name)),
    )
    const keys = squashed.map(([name]) => ({ app: migration.app, name }))
    return { ...migration, dependencies: [...migration.dependencies, ...keys] }
  })
}

function compare(
  app: string,
  given: {
    readonly migrations: readonly Migration[]
    readonly replaced: ReadonlyMap<string, readonly string[]>
    readonly own: string
    readonly journal: readonly Row[] | null | undefined
  },
): Comparison {
  const { migrations, replaced, own, journal } = given
  const records = toRecords(
    app,
    (journal ?? []).filter((row) => row[2] === own),
  )
  const ran = new Map(records.map((record) => [record.name, record]))
  const statuses = new Map<string, MigrationStatus>()
  for (const { name } of migrations) {
    const record = ran.get(name)
    if (record) statuses.set(name, toStatus('applied', null, record.appliedAt))
  }
  for (const [name, names] of replaced) markSquashed(name, names, { ran, statuses })
  markLate(migrations, statuses, inconsistent)
  const covered = new Set([...migrations.map(({ name }) => name), ...[...replaced.values()].flat()])
  const missing = records.filter(({ name }) => !covered.has(name))
  const late = migrations.filter(({ name }) => statuses.get(name)?.state === 'out_of_order')
  const heads = findHeads(app, migrations)
  return {
    statuses,
    missing: missing.map((record): AppliedMigration & { message: string } => ({
      ...record,
      message: 'Django takes no notice of it.',
    })),
    last: newestRecord(records),
    conflicts: [
      ...(heads.length > 1
        ? [
            `App '${app}' has ${heads.length} leaf nodes, ${toSentenceList(heads)}: Django refuses to migrate until "makemigrations --merge".`,
          ]
        : []),
      ...(late.length > 0
        ? [
            `App '${app}': ${toSentenceList(late.map(({ name }) => name))} did not run before what depends on it. ${inconsistent}`,
          ]
        : []),
    ],
    problems: [],
  }
}

const inconsistent = 'Django refuses to migrate (InconsistentMigrationHistory).'

/** A squashed migration counts as applied once all migrations that it replaces are applied. Otherwise it can still run. */
function markSquashed(
  name: string,
  names: readonly string[],
  {
    ran,
    statuses,
  }: {
    readonly ran: ReadonlyMap<string, AppliedMigration>
    readonly statuses: Map<string, MigrationStatus>
  },
): void {
  const done = names.filter((one) => ran.has(one))
  if (hasRun(statuses.get(name)) && done.length === 0) {
    for (const one of names) statuses.set(one, toStatus('applied', `${name} ran in its place.`))
  } else if (!hasRun(statuses.get(name)) && done.length === names.length) {
    statuses.set(name, toStatus('applied', 'All it replaces has run.'))
  } else if (done.length === 0) {
    for (const one of names)
      statuses.set(one, toStatus('skipped_forever', `${name} runs in its place.`))
  } else if (!hasRun(statuses.get(name))) {
    statuses.set(
      name,
      toStatus(
        'pending',
        'Some of what it replaces has run: Django runs the rest of that, and then takes it for applied.',
      ),
    )
  }
}
