import type { MigrationWriter, NewMigration } from '../migration-writer.ts'
import { toMigrationSteps } from '../shared/migration-steps.ts'

/**
 * Writes a `.sql` file for each part. A file outside of a transaction has a single statement and says so in its first line. Where
 * the last name is not the only head, the first file names the heads as its dependencies.
 */
export const writeSql: MigrationWriter = async (migration) => {
  const names = migration.migrations.map(({ name }) => name)
  const steps = toMigrationSteps(migration, { names, width: 4 })
  if ('unsupported' in steps) return steps
  const depends = toDepends(migration)
  return {
    files: steps.map(({ name, up, isTransaction }, index) => ({
      path: `${name}.sql`,
      content: [
        ...(index === 0 ? depends : []),
        isTransaction ? '-- Run in one transaction.' : '-- Run outside of a transaction.',
        ...up,
        '',
      ].join('\n'),
    })),
    names: steps.map(({ name }) => name),
    notes: ['Files of SQL have no way back'],
  }
}

function toDepends({ migrations }: NewMigration): string[] {
  const last = migrations
    .map(({ name }) => name)
    .sort()
    .at(-1)
  const needed = new Set(migrations.flatMap((one) => one.dependencies.map(({ name }) => name)))
  const heads = migrations.map(({ name }) => name).filter((name) => !needed.has(name))
  const isUsual = heads.length === 0 || (heads.length === 1 && heads[0] === last)
  return isUsual ? [] : [`-- depends: ${heads.join(', ')}`]
}
