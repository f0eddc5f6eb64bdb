import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, throwIrreversible, toTemplate } from '../shared/javascript.ts'
import { noteIndexes, noteIrreversible } from '../shared/notes.ts'
import {
  type Step,
  toMigrationSteps,
  toWrittenParts,
  withoutConcurrently,
} from '../shared/migration-steps.ts'

/** Writes a module for each part. Kysely runs all migrations that wait in one transaction, so nothing runs outside of one. */
export const writeKysely: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const newest = migration.paths.find(
    (path) => path.replace(/\.[^.]+$/, '') === names.at(-1) && !/\.d\.[cm]?ts$/.test(path),
  )
  const language = await readLanguage(migration, newest)
  if ('unsupported' in language) return language
  const steps = toMigrationSteps(migration, { names, width: 13 })
  if ('unsupported' in steps) return steps
  const plain = withoutConcurrently(steps)
  return {
    files: plain.map((step) => ({
      path: `${step.name}${language.extension}`,
      content: toText(step, language),
    })),
    names: steps.map(({ name }) => name),
    notes: [...noteIndexes('Kysely', steps), ...noteIrreversible(steps)],
    plain: toWrittenParts(plain),
  }
}

function toText({ up, down }: Step, { isTyped, isModule }: Language): string {
  const type = isTyped ? ': Kysely<unknown>' : ''
  const open = (name: string) =>
    isModule
      ? `export async function ${name}(db${type}) {`
      : `exports.${name} = async function (db${type}) {`
  const back = down === null ? [`  ${throwIrreversible}`] : down.map(toCall)
  return [
    isTyped && isModule
      ? "import { type Kysely, sql } from 'kysely'"
      : isModule
        ? "import { sql } from 'kysely'"
        : "const { sql } = require('kysely')",
    '',
    open('up'),
    ...up.map(toCall),
    '}',
    '',
    open('down'),
    ...back,
    '}',
    '',
  ].join('\n')
}

function toCall(sql: string): string {
  return `  await sql.raw(${toTemplate(sql)}).execute(db)`
}
