import type { MigrationWriter } from '../migration-writer.ts'
import { noteIrreversible } from '../shared/notes.ts'
import { hasLine, refuseDown, type Step, toMigrationSteps } from '../shared/migration-steps.ts'

/** Writes a file with an up and a down section for each part; `transaction:false` marks what runs outside of one. */
export const writeDbmate: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  if (hasLine(steps, /^\s*--\s*migrate:/m)) {
    return { unsupported: 'A line of the SQL begins like a section of dbmate, `-- migrate:`.' }
  }
  return {
    files: steps.map((step) => ({ path: `${step.name}.sql`, content: toText(step) })),
    names: steps.map(({ name }) => name),
    notes: noteIrreversible(steps),
  }
}

function toText({ up, down, isTransaction }: Step): string {
  const option = isTransaction ? '' : ' transaction:false'
  const back = down ?? [refuseDown]
  return [`-- migrate:up${option}`, ...up, '', `-- migrate:down${option}`, ...back, ''].join('\n')
}
