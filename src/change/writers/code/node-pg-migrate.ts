import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, toTemplate } from '../shared/javascript.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { hasLine, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes a module for each part, or a `.sql` file where the newest migration is one. What runs outside of a transaction is
 * always a module, because a file of SQL cannot ask for that.
 */
export const writeNodePg: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const newest = findPath(migration.paths, names.at(-1))
  const steps = toMigrationSteps(migration, { names, width: 13, compare: compareNames })
  if ('unsupported' in steps) return steps
  const isSql = newest?.endsWith('.sql') ?? false
  const language = isSql ? sqlLanguage : await readLanguage(migration, newest)
  if ('unsupported' in language) return language
  const isOwnLine = /^\s*--[\s-]*(up|down)\s+migration/im
  if (isSql && hasLine(steps, isOwnLine)) {
    return { unsupported: 'A line of the SQL begins like a section of node-pg-migrate.' }
  }
  const files = steps.map((step) =>
    isSql && step.isTransaction && step.down !== null
      ? { path: `${step.name}.sql`, content: toSqlText(step) }
      : { path: `${step.name}${language.extension}`, content: toText(step, language) },
  )
  return { files, names: steps.map(({ name }) => name), notes: noteIrreversible(steps) }
}

const sqlLanguage: Language = { extension: '.mjs', isTyped: false, isModule: true, text: '' }

const compareNames = (a: string, b: string) => {
  const digits = (name: string) => BigInt(/^\d+/.exec(name)?.[0] ?? 0)
  const [x, y] = [digits(a), digits(b)]
  return x < y ? -1 : x > y ? 1 : a < b ? -1 : a > b ? 1 : 0
}

function findPath(paths: readonly string[], name: string | undefined): string | undefined {
  return paths.find(
    (path) =>
      path.replace(/(\.up)?\.[^.]+$/, '') === name &&
      !/\.d\.[cm]?ts$/.test(path) &&
      !path.endsWith('.down.sql'),
  )
}

function toSqlText({ up, down }: Step): string {
  return ['-- Up Migration', ...up, '', '-- Down Migration', ...(down ?? []), ''].join('\n')
}

function toText({ up, down, isTransaction }: Step, { isTyped, isModule }: Language): string {
  const type = isTyped ? ': MigrationBuilder' : ''
  const name = (word: string) => (isModule ? `export const ${word} = ` : `exports.${word} = `)
  const open = (word: string) => `${name(word)}(pgm${type}) => {`
  const mode = isTransaction ? [] : ['  pgm.noTransaction()']
  const toCall = (sql: string) => `  pgm.sql(${toTemplate(sql)})`
  const back =
    down === null ? [`${name('down')}false`] : [open('down'), ...mode, ...down.map(toCall), '}']
  return [
    ...(isTyped ? ["import type { MigrationBuilder } from 'node-pg-migrate'", ''] : []),
    open('up'),
    ...mode,
    ...up.map(toCall),
    '}',
    '',
    ...back,
    '',
  ].join('\n')
}
