import type { Row } from '../../../project/database.ts'
import type {
  Comparison,
  Migration,
  MigrationSource,
  MigrationStatus,
} from '../../../project/source.ts'
import {
  findLinearConflicts,
  newestRecord,
  toSentenceList,
  toStatus,
  toTime,
} from '../../core/compare.ts'
import { fileSource } from '../../core/file-source.ts'
import type { MigrationFiles } from '../../core/files.ts'
import { compareText } from '../../../lib/text.ts'
import { toPrismaChecksums } from './checksum.ts'
import { type TableOptions, timeOf, toPlaces } from '../../core/table.ts'

interface PrismaRow {
  readonly app: string
  readonly name: string
  readonly checksum: string
  readonly appliedAt: number | null
  readonly isRolledBack: boolean
}

const outOfOrder = 'Prisma applies it next, although later migrations have run.'

/**
 * Reads the migrations of Prisma up to 7: `<time>_<name>/migration.sql` below `prisma/migrations`, by name. Its
 * history is in `_prisma_migrations`, where a migration can have several rows; the newest counts.
 */
export function prismaMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  return fileSource({
    tool: 'prisma',
    files,
    history: {
      places: toPlaces(table, { schema: null, table: '_prisma_migrations' }),
      columns: ['checksum', 'finished_at', 'migration_name', 'rolled_back_at', 'started_at'],
      select: (from, columns) =>
        `select migration_name::text, checksum::text, ${timeOf('finished_at', columns)},
            ${timeOf('rolled_back_at', columns)} from ${from} order by started_at, finished_at`,
    },
    select: (paths) =>
      paths
        .filter((path) => /^[^/]+\/migration\.sql$/.test(path))
        .map((path) => ({ name: path.replace(/\/.*$/, ''), path }))
        .sort((a, b) => compareText(a.name, b.name)),
    async prepare({ app, paths, contents, migrations }) {
      const checksums = new Map<string, readonly string[]>()
      for (const { name, text } of contents) {
        if (text !== null) checksums.set(name, await toPrismaChecksums(text))
      }
      return {
        problems: findEmptyFolders(app, paths, migrations),
        compare: (rows) => compare(app, { migrations, checksums, rows }),
      }
    },
  })
}

function findEmptyFolders(
  app: string,
  paths: readonly string[],
  migrations: readonly Migration[],
): string[] {
  const empty = new Set(paths.flatMap((path) => /^([^/]+)\//.exec(path)?.[1] ?? []))
  for (const { name } of migrations) empty.delete(name)
  if (empty.size === 0) return []
  return [`migrations of ${app}: no migration.sql in ${toSentenceList([...empty].sort())}`]
}

function compare(
  app: string,
  given: {
    readonly migrations: readonly Migration[]
    readonly checksums: ReadonlyMap<string, readonly string[]>
    readonly rows: readonly Row[]
  },
): Comparison {
  const { migrations, checksums } = given
  const rows = given.rows.map(([name, checksum, finished, rolledBack]): PrismaRow => ({
    app,
    name: String(name),
    checksum: String(checksum),
    appliedAt: toTime(finished),
    isRolledBack: toTime(rolledBack) !== null,
  }))
  const newest = new Map(rows.map((row) => [row.name, row]))
  const statuses = new Map<string, MigrationStatus>()
  const lastRun = migrations.findLastIndex(({ name }) => isApplied(newest.get(name)))
  for (const [index, { name }] of migrations.entries()) {
    const row = newest.get(name)
    const late = index < lastRun ? toStatus('out_of_order', outOfOrder) : toStatus('pending')
    statuses.set(name, row ? toRowStatus(row, checksums.get(name)) : late)
  }
  const names = new Set(migrations.map(({ name }) => name))
  const gone = [...newest.values()].filter((row) => !names.has(row.name) && !row.isRolledBack)
  const missing = gone.map(toMissing)
  const failed = [...newest.values()].filter((row) => row.appliedAt === null && !row.isRolledBack)
  const blocked = `App '${app}': Prisma applies nothing (P3009) until a failed migration is resolved: ${toSentenceList(failed.map(({ name }) => name))}.`
  return {
    statuses,
    missing,
    last: newestRecord(rows.filter(isApplied)),
    conflicts: [
      ...(failed.length > 0 ? [blocked] : []),
      ...findLinearConflicts(app, { migrations, statuses, missing, messages: { outOfOrder } }),
    ],
    problems: [],
  }
}

function toMissing({ app, name, appliedAt }: PrismaRow) {
  const message =
    appliedAt === null
      ? 'It failed, and its file is gone; Prisma applies nothing until it is resolved.'
      : '"prisma migrate dev" asks to reset the database while its file is missing; "deploy" goes on.'
  return { app, name, appliedAt, message }
}

function isApplied(row: PrismaRow | undefined): boolean {
  return row !== undefined && row.appliedAt !== null && !row.isRolledBack
}

function toRowStatus(row: PrismaRow, checksums: readonly string[] | undefined): MigrationStatus {
  if (row.isRolledBack) {
    return toStatus('rolled_back', 'It was marked as rolled back; Prisma applies it again next.')
  }
  if (row.appliedAt === null) {
    const message =
      'It failed; Prisma applies nothing until "prisma migrate resolve" says how it ended.'
    return toStatus('failed', message)
  }
  if (!checksums || checksums.includes(row.checksum))
    return toStatus('applied', null, row.appliedAt)
  const message =
    'Its file was changed after it ran: "prisma migrate dev" asks to reset the database; "deploy" goes on.'
  return toStatus('modified', message, row.appliedAt)
}
