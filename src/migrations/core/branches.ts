import type { Migration, MigrationStatus } from '../../project/source.ts'
import { toStatus } from './compare.ts'
import { hasRun } from './heads.ts'

/** Marks migrations that have not run although a dependent migration of the same app has. */
export function markLate(
  migrations: readonly Migration[],
  statuses: Map<string, MigrationStatus>,
  message: string,
): void {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]))
  const seen = new Set<string>()
  const open = migrations.filter(({ name }) => hasRun(statuses.get(name)))
  for (const { app, dependencies } of open) {
    for (const { app: other, name } of dependencies) {
      const needed = other === app ? byName.get(name) : undefined
      if (!needed || seen.has(name)) continue
      seen.add(name)
      open.push(needed)
      if (!statuses.has(name)) statuses.set(name, toStatus('out_of_order', message))
    }
  }
}

/** Returns the names of a migration and all its ancestors in the same app. */
export function findHistory(migrations: readonly Migration[], name: string): Set<string> {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]))
  const history = new Set([name])
  for (const one of history) {
    for (const dependency of byName.get(one)?.dependencies ?? []) {
      if (byName.has(dependency.name)) history.add(dependency.name)
    }
  }
  return history
}
