import type { Row } from '../../project/database.ts'
import type {
  Comparison,
  Migration,
  MigrationSource,
  MigrationStatus,
} from '../../project/source.ts'
import { findDuplicates, toSentenceList, toStatus } from '../core/compare.ts'
import { fileSource } from '../core/file-source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { compareNumbered, toNumber } from '../core/numbered.ts'
import type { MigrationFile } from '../core/read.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

/**
 * Reads the migrations of golang-migrate: `<number>_<title>.up.<ext>` and `.down.<ext>` of one folder, by number; the
 * two files are one migration. `schema_migrations` holds only the current number, so every file up to it counts as applied, even
 * one that was added late. Edits are not detected. golang-migrate behaves the same.
 */
export function golangMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  return fileSource({
    tool: 'golang-migrate',
    files,
    history: {
      places: toPlaces(table, { schema: null, table: 'schema_migrations' }),
      columns: ['version', 'dirty'],
      select: (from) => `select version::text, dirty::int4 from ${from} order by version`,
    },
    select: toMigrationFiles,
    prepare: ({ app, migrations }) => ({ compare: (rows) => compare(app, migrations, rows) }),
  })
}

/** Returns one file for each `.up` file, and one for each number that has only a `.down` file. */
function toMigrationFiles(paths: readonly string[]): MigrationFile[] {
  const found = paths.flatMap((path) => {
    const [, name = '', direction = ''] = /^(\d+_[^/]*)\.(up|down)\.[^/]*$/.exec(path) ?? []
    return name === '' ? [] : [{ name, path, isUp: direction === 'up' }]
  })
  const upward = new Set(found.filter(({ isUp }) => isUp).map(({ name }) => toNumber(name)))
  return found
    .filter(({ name, isUp }) => isUp || !upward.has(toNumber(name)))
    .sort((a, b) => compareNumbered(a.name, b.name))
}

function compare(app: string, migrations: readonly Migration[], rows: readonly Row[]): Comparison {
  const conflicts = findDuplicates(app, migrations, (name) => String(toNumber(name)))
  const [row] = rows
  if (!row) return { statuses: new Map(), missing: [], last: null, conflicts, problems: [] }
  const version = BigInt(String(row[0]))
  const isDirty = Number(row[1]) === 1
  const statuses = new Map<string, MigrationStatus>()
  for (const { name } of migrations) {
    const number = toNumber(name)
    if (number > version) continue
    statuses.set(name, number === version && isDirty ? failed : toStatus('applied'))
  }
  const current = migrations.find(({ name }) => toNumber(name) === version)?.name
  const record = { app, name: current ?? String(version), appliedAt: null }
  const isGone = current === undefined && version >= 0n
  if (isGone) conflicts.push(toGoneConflict(app, migrations, version))
  if (isDirty) {
    const at = version >= 0n ? `version ${version}` : 'the way down to nothing'
    conflicts.push(
      `App '${app}': golang-migrate refuses to go on ("Dirty database version ${version}"), because something failed at ${at}.`,
    )
  }
  return {
    statuses,
    missing: isGone ? [{ ...record, message: missing }] : [],
    last: version >= 0n && !isDirty ? record : null,
    conflicts,
    problems:
      rows.length > 1 ? [`its table has ${rows.length} rows, where golang-migrate keeps one`] : [],
  }
}

const failed = toStatus(
  'failed',
  'It failed, or the one after it failed on its way down; golang-migrate does nothing until "force" says which version holds.',
)
const missing = 'golang-migrate moves neither up nor down while no file has the current version.'

function toGoneConflict(app: string, migrations: readonly Migration[], version: bigint): string {
  const waiting = migrations.filter(({ name }) => toNumber(name) > version).map(({ name }) => name)
  const rest = waiting.length > 0 ? `, so ${toSentenceList(waiting)} cannot run` : ''
  return `App '${app}': the database is at version ${version}, which no file has${rest}.`
}
