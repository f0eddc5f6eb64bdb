import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, throwIrreversible, toTemplate } from '../shared/javascript.ts'
import { noteIndexes, noteIrreversible } from '../shared/notes.ts'
import {
  type Step,
  toMigrationSteps,
  toWrittenParts,
  withoutConcurrently,
} from '../shared/migration-steps.ts'

/**
 * Writes a class for each part. Unless it is told otherwise, TypeORM runs all migrations that wait in one transaction and
 * refuses one that wants none.
 */
export const writeTypeorm: MigrationWriter = async (migration) => {
  const classes = migration.migrations.map(({ name }) => name)
  const stamps = classes.map((name) => name.slice(-13))
  const newest = migration.paths.find(
    (path) => path.includes(stamps.at(-1) ?? '-') && /(?<!\.d)\.[cm]?[jt]s$/.test(path),
  )
  const language = await readLanguage(migration, newest)
  if ('unsupported' in language) return language
  const steps = toMigrationSteps(migration, { names: stamps, width: 13 })
  if ('unsupported' in steps) return steps
  const folder = /^.*\//.exec(newest ?? '')?.[0] ?? ''
  const plain = withoutConcurrently(steps)
  const written = plain.map((step) => ({ step, name: toClassName(step) }))
  return {
    files: written.map(({ step, name }) => ({
      path: `${folder}${step.number}-${name.slice(0, -13)}${language.extension}`,
      content: toText(step, name, language),
    })),
    names: written.map(({ name }) => name),
    notes: [...noteIndexes('TypeORM', steps), ...noteIrreversible(steps)],
    plain: toWrittenParts(plain),
  }
}

function toClassName({ title, number }: Step): string {
  const words = title.split(/[_-]/).filter(Boolean)
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('')
  return `${/^[A-Z]/.test(name) ? '' : 'Migration'}${name}${/\d$/.test(name) ? '_' : ''}${number}`
}

function toText({ up, down }: Step, name: string, { isTyped, isModule }: Language): string {
  const parameter = isTyped ? 'queryRunner: QueryRunner' : 'queryRunner'
  const type = isTyped ? ': Promise<void>' : ''
  const back = down === null ? [`    ${throwIrreversible}`] : down.map(toCall)
  return [
    ...(isTyped ? ["import type { MigrationInterface, QueryRunner } from 'typeorm'", ''] : []),
    `${isModule ? 'export ' : ''}class ${name}${isTyped ? ' implements MigrationInterface' : ''} {`,
    `  name = '${name}'`,
    '',
    `  async up(${parameter})${type} {`,
    ...up.map(toCall),
    '  }',
    '',
    `  async down(${parameter})${type} {`,
    ...back,
    '  }',
    '}',
    ...(isModule ? [] : ['', `module.exports = { ${name} }`]),
    '',
  ].join('\n')
}

function toCall(sql: string): string {
  return `    await queryRunner.query(${toTemplate(sql)})`
}
