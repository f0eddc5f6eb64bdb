import { compareNumbered } from '../../../migrations/core/numbered.ts'
import type { MigrationWriter } from '../migration-writer.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { refuseDown, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes an up and a down file for each part. golang-migrate opens no transaction, so a part that needs one brings its own BEGIN
 * and COMMIT.
 */
export const writeGolang: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 14, compare: compareNumbered })
  if ('unsupported' in steps) return steps
  return {
    files: steps.flatMap((step) => [
      { path: `${step.name}.up.sql`, content: toText(step.up, step) },
      { path: `${step.name}.down.sql`, content: toText(step.down ?? [refuseDown], step) },
    ]),
    names: steps.map(({ name }) => name),
    notes: [
      ...noteIrreversible(steps),
      ...(steps.every(({ isTransaction }) => isTransaction)
        ? []
        : ['An index is built outside of a transaction only without the option x-multi-statement']),
    ],
  }
}

function toText(sql: readonly string[], { isTransaction }: Step): string {
  if (sql.length === 0) return 'SELECT 1;\n' // an empty file is an error for some drivers
  const lines = isTransaction ? ['BEGIN;', ...sql, 'COMMIT;'] : sql
  return `${lines.join('\n')}\n`
}
