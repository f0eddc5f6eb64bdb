import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, throwIrreversible, toTemplate } from '../shared/javascript.ts'
import { noteIndexes, noteIrreversible } from '../shared/notes.ts'
import {
  type Step,
  toMigrationSteps,
  toWrittenParts,
  withoutConcurrently,
} from '../shared/migration-steps.ts'

const prefix = 'Migration'

/**
 * Writes a class for each part. MikroORM runs all migrations that wait in one transaction, and a statement outside of it would
 * wait for that transaction without end.
 */
export const writeMikroOrm: MigrationWriter = async (migration) => {
  const own = migration.migrations.map(({ name }) => name)
  const newest = migration.paths.find((path) => path.replace(/\.[jt]s$/, '') === own.at(-1))
  const language = await readLanguage(migration, newest)
  if ('unsupported' in language) return language
  if (own.some((name) => !name.startsWith(prefix))) {
    return { unsupported: 'Not every migration is named as MikroORM names it, `Migration<time>`.' }
  }
  const names = own.map((name) => name.slice(prefix.length).replace(/\.cjs$/, ''))
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  const plain = withoutConcurrently(steps)
  const files = plain.map((step) => ({
    path: `${prefix}${step.name}${language.extension}`,
    content: toText(step, language),
  }))
  return {
    files,
    names: files.map(({ path }) => path.replace(/\.[jt]s$/, '')),
    notes: [...noteIndexes('MikroORM', steps), ...noteIrreversible(steps)],
    plain: toWrittenParts(plain),
  }
}

function toText({ name, up, down }: Step, { isTyped, isModule }: Language): string {
  const type = isTyped ? ': Promise<void>' : ''
  const word = isTyped ? 'override async' : 'async'
  const className = `${prefix}${name.replaceAll('-', '_')}`
  const back = down === null ? [`    ${throwIrreversible}`] : down.map(toCall)
  return [
    isModule
      ? "import { Migration } from '@mikro-orm/migrations'"
      : "const { Migration } = require('@mikro-orm/migrations')",
    '',
    `${isModule ? 'export ' : ''}class ${className} extends Migration {`,
    `  ${word} up()${type} {`,
    ...up.map(toCall),
    '  }',
    '',
    `  ${word} down()${type} {`,
    ...back,
    '  }',
    '}',
    ...(isModule ? [] : ['', `module.exports = { ${className} }`]),
    '',
  ].join('\n')
}

function toCall(sql: string): string {
  return `    this.addSql(${toTemplate(sql)})`
}
