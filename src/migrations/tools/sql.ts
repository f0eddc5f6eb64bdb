import type { Row } from '../../project/database.ts'
import type {
  AppliedMigration,
  Comparison,
  HistoryTable,
  Migration,
  MigrationKey,
  MigrationSource,
  MigrationStatus,
} from '../../project/source.ts'
import { markLate } from '../core/branches.ts'
import { newestRecord, toStatus, toTime } from '../core/compare.ts'
import { folderOf, type MigrationFiles, toFiles } from '../core/files.ts'
import { findHeadConflicts, toChain } from '../core/heads.ts'
import { onlyLineEndings, readContents, checksumsByName } from '../core/read.ts'
import { timeOf, toPlaces } from '../core/table.ts'

/**
 * Reads the `.sql` files of a folder as migrations, in the order of their names (docs/contracts/introspection.md, 5 and D).
 *
 * Each depends on the one before it, unless its first line is `-- depends: app.name, app.name`. There, a name alone means
 * the same app, and an empty list means no dependency. Names that begin with `_` or a dot are ignored, and so are
 * sub-folders. The history is read from `table`, by default `aksara_migrations`: a column `name` and, if present,
 * `app_label`, `applied_at`, `checksum` and `id`.
 *
 * @throws TypeError for a table that is not a name, with or without a schema.
 */
export function sqlMigrations(
  files: string | URL | MigrationFiles,
  { table = 'aksara_migrations' }: { table?: string } = {},
): MigrationSource {
  const source = toFiles(files)
  return {
    tool: 'sql',
    ...folderOf(files),
    tables: { journal: journalOf(table) },
    async discover(app) {
      const names = (await source.list()).filter((name) => /^[^_./][^/]*\.sql$/.test(name)).sort()
      const wanted = names.map((path) => ({ name: path.replace(/\.sql$/, ''), path }))
      const { contents, problems } = await readContents(app, source, wanted)
      const migrations = toChain(app, contents).map((migration, index) => ({
        ...migration,
        dependencies: readDependencies(contents[index]?.text ?? '', app) ?? migration.dependencies,
      }))
      return {
        migrations,
        problems,
        compare: ({ journal }) => compareGraph(app, migrations, journal, checksumsByName(contents)),
      }
    },
  }
}

function journalOf(table: string): HistoryTable {
  return {
    places: toTablePlaces(table),
    columns: ['name'],
    select(from, columns) {
      const text = (column: string) => (columns.has(column) ? `${column}::text` : 'null::text')
      const order = ['applied_at', 'id'].filter((column) => columns.has(column))
      const sorting = order.length > 0 ? ` order by ${order.join(', ')}` : ''
      return `select name::text, ${text('app_label')}, ${timeOf('applied_at', columns)}, ${text('checksum')}
        from ${from}${sorting}`
    },
  }
}

// The name as it is, or in lower case, which is what SQL makes of a name without quotes.
function toTablePlaces(table: string): HistoryTable['places'] {
  const exact = toPlaces({ table }, { schema: null, table })
  const folded = table.toLowerCase()
  return folded === table
    ? exact
    : [...exact, ...toPlaces({ table: folded }, { schema: null, table })]
}

/**
 * Compares migrations with rows of `name, app, time, checksum`. A row without a label matches by name alone. The checksum of a
 * row may be abbreviated.
 */
export function compareGraph(
  app: string,
  migrations: readonly Migration[],
  rows: readonly Row[] | null | undefined,
  checksums: ReadonlyMap<string, readonly string[]> = new Map(),
): Comparison {
  const records = (rows ?? []).map(([name, label, time, checksum]) => ({
    app: label === null ? null : String(label),
    name: String(name),
    appliedAt: toTime(time),
    checksum: typeof checksum === 'string' ? checksum : null,
  }))
  const own = records.filter((record) => record.app === null || record.app === app)
  const ranBy = new Map(own.map((record) => [record.name, record]))
  const statuses = new Map<string, MigrationStatus>()
  for (const { name, checksum } of migrations) {
    const record = ranBy.get(name)
    if (!record) continue
    const ran = record.checksum
    const known = checksums.get(name) ?? [checksum ?? '']
    const isSame = !ran || !checksum || known.some((one) => one.startsWith(ran))
    const changed = isSame ? null : 'Its file was changed after it ran.'
    const message = isSame && ran && !known[0]?.startsWith(ran) ? onlyLineEndings : changed
    statuses.set(name, toStatus(isSame ? 'applied' : 'modified', message, record.appliedAt))
  }
  markLate(migrations, statuses, 'A migration that depends on it has run.')
  const names = new Set(migrations.map(({ name }) => name))
  const gone = (record: AppliedMigration) =>
    (record.app !== null && record.app !== app) || !names.has(record.name)
  return {
    statuses,
    missing: records
      .filter(gone)
      .map(({ app, name, appliedAt }) => ({ app, name, appliedAt, message: null })),
    last: newestRecord(records),
    conflicts: findHeadConflicts(app, migrations, statuses),
    problems: [],
  }
}

/** Parses the dependencies in the first comment line; returns null if it has none. */
function readDependencies(text: string, app: string): MigrationKey[] | null {
  const [, list] = /^\s*--[ \t]*depends:([^\r\n]*)/i.exec(text.slice(0, 16_384)) ?? []
  if (list === undefined) return null
  return list
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
    .map((item) => {
      const dot = item.indexOf('.')
      return dot < 0 ? { app, name: item } : { app: item.slice(0, dot), name: item.slice(dot + 1) }
    })
}
