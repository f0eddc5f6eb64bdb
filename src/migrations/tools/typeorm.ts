import type { MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { compareText } from '../../lib/text.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

/**
 * Reads the migrations of TypeORM: `.ts` and `.js` files of a folder that export a class `<Name><13 digits>`, by those
 * digits. Files are read, never run. A file has one class; its name is the class name in the source, or the property
 * `name = '…'`. The history is in `migrations`, without times. Edits are not detected, nor does TypeORM detect them.
 */
export function typeormMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'typeorm',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'migrations' }),
        columns: ['id', 'timestamp', 'name'],
        select: (from) => `select name::text, null::float8 from ${from} order by id`,
      },
    },
    toName: (path) =>
      /\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path)
        ? path.replace(/\.[^.]+$/, '')
        : null,
    readName: ({ text, name }) => (text === null ? toClassName(name) : findName(text)),
    compareNames: (a, b) => toStamp(a) - toStamp(b) || compareText(a, b),
    messages: {
      outOfOrder: 'TypeORM runs it next, although later migrations have run.',
      missing: 'TypeORM takes no notice, but cannot revert it while its class is missing.',
    },
  })
}

/** Returns the migration's name: the property `name`, otherwise the name of the class. */
function findName(text: string): string | null {
  const [, property] = /\bname\s*=\s*['"`]([A-Za-z_$][\w$]*\d{13})['"`]/.exec(text) ?? []
  const [, declared] = /\bclass\s+([A-Za-z_$][\w$]*\d{13})\b/.exec(text) ?? []
  return property ?? declared ?? null
}

/** Returns the class name that TypeORM generates for a file: `AddUsers1700000000000` for `1700000000000-AddUsers`. */
function toClassName(file: string): string | null {
  const [, stamp, name] = /(?:^|\/)(\d{13})-([^/]+)$/.exec(file) ?? []
  return stamp && name ? name + stamp : null
}

function toStamp(name: string): number {
  return Number(name.slice(-13))
}
