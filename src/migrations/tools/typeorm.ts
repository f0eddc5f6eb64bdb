import type { MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { compareText } from '../../lib/text.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

/**
 * Reads the migrations of TypeORM: `.ts` and `.js` files of a folder that export a class `<Name><13 digits>`, by those
 * digits. Files are read, never run. A file can have several classes; the name of each is its name in the source, or the
 * property `name = '…'`. The history is in `migrations`, without times. Edits are not detected, nor does TypeORM detect them.
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
    readNames: ({ text, name }) => (text === null ? toClassNames(name) : findNames(text)),
    compareNames: (a, b) => toStamp(a) - toStamp(b) || compareText(a, b),
    messages: {
      outOfOrder: 'TypeORM runs it next, although later migrations have run.',
      missing: 'TypeORM takes no notice, but cannot revert it while its class is missing.',
    },
  })
}

/** Returns the name of each class of a file: the property `name`, otherwise the name of the class itself. */
function findNames(text: string): string[] {
  const code = hideComments(text)
  // `function` is what compilers for old hosts make of a class
  const classes = [...code.matchAll(/\b(?:class|function)\b\s*([A-Za-z_$][\w$]*)?[^;{(]*/g)]
  const found = classes.flatMap((match, index) => {
    const end = classes[index + 1]?.index ?? code.length
    const [, property] =
      /\bname\s*(?::[^=;]+)?=\s*['"`]([A-Za-z_$][\w$]*\d{13})['"`]/.exec(
        code.slice(match.index, end),
      ) ?? []
    const [, declared = ''] = match
    return property ?? (/\d{13}$/.test(declared) ? declared : [])
  })
  return [...new Set(found)]
}

// Comments become blanks, and so does what a string says, unless it is the value of `name`.
function hideComments(text: string): string {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g
  return text.replace(token, (part) =>
    /^(['"`])[A-Za-z_$][\w$]*\d{13}\1$/.test(part) ? part : ' '.repeat(part.length),
  )
}

/** Returns the class name that TypeORM generates for a file: `AddUsers1700000000000` for `1700000000000-AddUsers`. */
function toClassNames(file: string): string[] {
  const [, stamp, name] = /(?:^|\/)(\d{13})-([^/]+)$/.exec(file) ?? []
  return stamp && name ? [name + stamp] : []
}

function toStamp(name: string): number {
  return Number(name.slice(-13))
}
