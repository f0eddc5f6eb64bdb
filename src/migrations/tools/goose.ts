import type { Row } from '../../project/database.ts'
import type { AppliedMigration, Migration, MigrationSource } from '../../project/source.ts'
import { toTime } from '../core/compare.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { compareNumbered, toNumber } from '../core/numbered.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/** Options of `gooseMigrations`; each has a default. */
export interface GooseMigrationsOptions extends TableOptions {
  /** True if goose runs with `-allow-missing`. @default false */
  readonly allowMissing?: boolean
}

/**
 * Reads the migrations of goose: `<number>_<name>.sql` and `.go` of one folder, by number. The
 * history is in `goose_db_version`, where the newest row of a number counts. Edits are not detected, nor does goose detect them.
 */
export function gooseMigrations(
  files: string | URL | MigrationFiles,
  { allowMissing = false, ...table }: GooseMigrationsOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'goose',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'goose_db_version' }),
        columns: ['version_id', 'is_applied', 'tstamp'],
        select: (from, columns) =>
          `select version_id::text, is_applied::int4, ${timeOf('tstamp', columns)} from ${from}
          order by ${columns.has('id') ? 'id' : 'tstamp'}`,
      },
    },
    toName: (path) =>
      /^\d+_[^/]+\.(?:sql|go)$/.test(path) && !path.endsWith('_test.go')
        ? path.replace(/\.[^.]+$/, '')
        : null,
    compareNames: compareNumbered,
    toVersion: (name) => String(toNumber(name)),
    toRecords: (app, { journal }, migrations) => toAppliedRows(app, journal ?? [], migrations),
    messages: {
      outOfOrder: allowMissing
        ? 'goose runs it next, because missing migrations are allowed.'
        : 'goose refuses to migrate ("missing migrations") until it is renumbered or -allow-missing is given.',
      missing: 'goose goes on without it, but cannot take it back while its file is missing.',
    },
  })
}

/** Returns the newest row of each number if that row is applied. Number 0 stands for the table itself. */
function toAppliedRows(
  app: string,
  rows: readonly Row[],
  migrations: readonly Migration[],
): AppliedMigration[] {
  const newest = new Map(rows.map((row) => [String(row[0]), row]))
  newest.delete('0')
  const names = new Map(migrations.map(({ name }) => [String(toNumber(name)), name]))
  return rows.flatMap((row) => {
    const version = String(row[0])
    if (newest.get(version) !== row || Number(row[1]) !== 1) return []
    return [{ app, name: names.get(version) ?? version, appliedAt: toTime(row[2]) }]
  })
}
