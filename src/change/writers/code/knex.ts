import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, throwIrreversible, toTemplate } from '../shared/javascript.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { hasLine, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/** Writes a module for each part, in the language of the newest one; `config` turns off the transaction of a part. */
export const writeKnex: MigrationWriter = async (migration) => {
  const paths = migration.migrations.map(({ name }) => name)
  const language = await readLanguage(migration, paths.at(-1))
  if ('unsupported' in language) return language
  const names = paths.map((path) => path.replace(/\.[^.]+$/, ''))
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /\\\?/)) {
    return { unsupported: 'Knex has no spelling for a backslash before a question mark.' }
  }
  const files = steps.map((step) => ({
    path: `${step.name}${language.extension}`,
    content: toText(step, language),
  }))
  return { files, names: files.map(({ path }) => path), notes: noteIrreversible(steps) }
}

function toText({ up, down, isTransaction }: Step, { isTyped, isModule }: Language): string {
  const type = isTyped ? ': Knex' : ''
  const open = (name: string) =>
    isModule
      ? `export async function ${name}(knex${type}) {`
      : `exports.${name} = async function (knex${type}) {`
  const config = isModule ? 'export const config = ' : 'exports.config = '
  const back = down === null ? [`  ${throwIrreversible}`] : down.map(toCall)
  return [
    ...(isTyped ? ["import type { Knex } from 'knex'", ''] : []),
    open('up'),
    ...up.map(toCall),
    '}',
    '',
    open('down'),
    ...back,
    '}',
    ...(isTransaction ? [] : ['', `${config}{ transaction: false }`]),
    '',
  ].join('\n')
}

// a question mark is a placeholder, unless a backslash stands before it
function toCall(sql: string): string {
  return `  await knex.raw(${toTemplate(sql.replaceAll('?', '\\?'))})`
}
