import type { MigrationWriter } from '../migration-writer.ts'
import { type Language, readLanguage, throwIrreversible, toTemplate } from '../shared/javascript.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes a module for each part. Sequelize opens no transaction for a migration, so a part that needs one opens it. Where the
 * newest migration takes a `context`, as Umzug passes it, the new ones do too.
 */
export const writeSequelize: MigrationWriter = async (migration) => {
  const files = migration.migrations.map(({ name }) => name)
  const newest = migration.paths.find((path) => path.replace(/^.*\//, '') === files.at(-1))
  const language = await readLanguage(migration, newest)
  if ('unsupported' in language) return language
  const names = files.map((name) => name.replace(/\.[^.]+$/, ''))
  const steps = toMigrationSteps(migration, { names, width: 14, separator: '-' })
  if ('unsupported' in steps) return steps
  const folder = /^.*\//.exec(newest ?? '')?.[0] ?? ''
  const written = steps.map((step) => ({
    name: `${step.name}${language.extension}`,
    content: toText(step, language),
  }))
  return {
    files: written.map(({ name, content }) => ({ path: folder + name, content })),
    names: written.map(({ name }) => name),
    notes: noteIrreversible(steps),
  }
}

function toText(step: Step, { isTyped, isModule, text }: Language): string {
  const isUmzug = /\bcontext\b/.test(text)
  const type = isTyped ? (isUmzug ? ': { context: QueryInterface }' : ': QueryInterface') : ''
  const parameter = (isUmzug ? '{ context: queryInterface }' : 'queryInterface') + type
  const down = step.down === null ? [`  ${throwIrreversible}`] : toCalls(step.down, step)
  const define = (name: string, body: readonly string[]) =>
    isModule
      ? [`export async function ${name}(${parameter}) {`, ...body, '}']
      : [`exports.${name} = async function (${parameter}) {`, ...body, '}']
  return [
    ...(isTyped ? ["import type { QueryInterface } from 'sequelize'", ''] : []),
    ...define('up', toCalls(step.up, step)),
    '',
    ...define('down', down),
    '',
  ].join('\n')
}

function toCalls(sql: readonly string[], { isTransaction }: Step): string[] {
  if (sql.length === 0) return []
  if (!isTransaction) {
    return sql.map((one) => `  await queryInterface.sequelize.query(${toTemplate(one)})`)
  }
  return [
    '  await queryInterface.sequelize.transaction(async (transaction) => {',
    ...sql.map(
      (one) => `    await queryInterface.sequelize.query(${toTemplate(one)}, { transaction })`,
    ),
    '  })',
  ]
}
