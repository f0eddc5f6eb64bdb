import type { MigrationWriter } from '../migration-writer.ts'
import { hasLine, toMigrationSteps } from '../shared/migration-steps.ts'

const lock = 'migration_lock.toml'

/**
 * Writes a folder for each part. Prisma sends a file as one query: several statements are one transaction, a single one is
 * none.
 */
export const writePrisma: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 14 })
  if ('unsupported' in steps) return steps
  const isFirst = !migration.paths.includes(lock)
  return {
    files: [
      ...steps.map(({ name, up }) => ({
        path: `${name}/migration.sql`,
        content: `${up.join('\n')}\n`,
      })),
      ...(isFirst ? [{ path: lock, content: 'provider = "postgresql"\n' }] : []),
    ],
    names: steps.map(({ name }) => name),
    notes: [
      ...(hasLine(steps, /;(?!$)/)
        ? ["With `engine: 'js'` an adapter of Prisma 6 divides this file at semicolons in texts"]
        : []),
      'Prisma has no way back for a migration',
      'Change schema.prisma in the same way, or the next "prisma migrate dev" takes it back',
    ],
  }
}
