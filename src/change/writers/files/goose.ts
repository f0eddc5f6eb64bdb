import { compareNumbered } from '../../../migrations/core/numbered.ts'
import type { MigrationWriter } from '../migration-writer.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { hasLine, refuseDown, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes a file with an up and a down section for each part. Each statement stands between the markers of one, because goose
 * would divide it at a semicolon that ends a line.
 */
export const writeGoose: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 14, compare: compareNumbered })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /^\s*--|^[ \t]*$|\r/m)) {
    return {
      unsupported:
        'A text in the SQL has an empty line or one that begins with `--`: goose drops it.',
    }
  }
  return {
    files: steps.map((step) => ({ path: `${step.name}.sql`, content: toText(step) })),
    names: steps.map(({ name }) => name),
    notes: noteIrreversible(steps),
  }
}

function toText({ up, down, isTransaction }: Step): string {
  const toStatement = (sql: string) => ['-- +goose StatementBegin', sql, '-- +goose StatementEnd']
  return [
    ...(isTransaction ? [] : ['-- +goose NO TRANSACTION']),
    '-- +goose Up',
    ...up.flatMap(toStatement),
    '',
    '-- +goose Down',
    ...(down ?? [refuseDown]).flatMap(toStatement),
    '',
  ].join('\n')
}
