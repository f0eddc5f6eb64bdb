import type { MigrationWriter } from '../migration-writer.ts'
import { noteIndexes } from '../shared/notes.ts'
import { toMigrationSteps, toWrittenParts, withoutConcurrently } from '../shared/migration-steps.ts'

/** Writes a file for each part. The CLI runs a file and records it in one transaction, so nothing runs outside of one. */
export const writeSupabase: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  const plain = withoutConcurrently(steps)
  return {
    files: plain.map(({ name, up }) => ({
      path: `${name}.sql`,
      content: `${up.join('\n')}\n`,
    })),
    names: steps.map(({ name }) => name),
    notes: [...noteIndexes('The Supabase CLI', steps), 'Supabase has no way back for a migration'],
    plain: toWrittenParts(plain),
  }
}
