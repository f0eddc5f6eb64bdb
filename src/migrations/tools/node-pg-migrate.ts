import type { MigrationSource } from '../../project/source.ts'
import { toRecords } from '../core/compare.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/** Options of `nodePgMigrations`; each has a default. */
export interface NodePgMigrationsOptions extends TableOptions {
  /** False if node-pg-migrate runs with `--no-check-order`. @default true */
  readonly checkOrder?: boolean
}

/**
 * Reads the migrations of node-pg-migrate: the `.js`, `.ts`, `.sql` and similar files of one folder, by numeric prefix (a
 * count, milliseconds, or a UTC time of 17 digits), then by name; `.up.sql` and `.down.sql` are one migration. The history is
 * in `public.pgmigrations`, without contents, so edits are not detected, nor does node-pg-migrate detect them.
 */
export function nodePgMigrations(
  files: string | URL | MigrationFiles,
  { checkOrder = true, ...table }: NodePgMigrationsOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'node-pg-migrate',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: 'public', table: 'pgmigrations' }),
        columns: ['id', 'name', 'run_on'],
        select: (from, columns) =>
          `select name::text, ${timeOf('run_on', columns)} from ${from} order by run_on, id`,
      },
    },
    toName(path) {
      if (!/^\d[^/]*\.([cm]?[jt]s|sql)$/.test(path)) return null
      if (/\.d\.[cm]?ts$/.test(path) || path.endsWith('.down.sql')) return null
      return path.replace(/(\.up)?\.[^.]+$/, '')
    },
    compareNames: (a, b) => toPrefix(a) - toPrefix(b) || collator.compare(a, b),
    toRecords: (app, { journal }, migrations) =>
      toRecords(app, journal).map((record) => {
        const name = record.name.replace(/\.up$/, '')
        return migrations.some((migration) => migration.name === name)
          ? { ...record, name }
          : record
      }),
    messages: {
      outOfOrder: checkOrder
        ? 'node-pg-migrate refuses to run ("not run migration … is preceding already run migration …") until it is renamed or order is not checked.'
        : 'node-pg-migrate runs it next, because order is not checked.',
      missing: checkOrder
        ? 'node-pg-migrate cannot take it back, and refuses to run as soon as another file stands in its place.'
        : 'node-pg-migrate cannot take it back.',
    },
  })
}

const collator = new Intl.Collator(undefined, { numeric: true, ignorePunctuation: true })

function toPrefix(name: string): number {
  const [digits = '0'] = /^\d+/.exec(name) ?? []
  if (digits.length !== 17) return Number(digits)
  const at = (from: number, to: number) => digits.slice(from, to)
  const day = `${at(0, 4)}-${at(4, 6)}-${at(6, 8)}`
  return Date.parse(`${day}T${at(8, 10)}:${at(10, 12)}:${at(12, 14)}.${at(14, 17)}Z`)
}
