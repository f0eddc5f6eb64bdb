import type { Migration } from '../../project/source.ts'

/** Sorts the migrations of an app so that dependencies come first; stable otherwise. Cycles keep their order. */
export function sortByDependencies(migrations: readonly Migration[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]))
  const sorted = new Set<Migration>()
  const open = new Set<Migration>()
  for (const start of migrations) {
    const stack = [start]
    while (stack.length > 0) {
      const migration = stack.at(-1) ?? start
      open.add(migration)
      const next = migration.dependencies
        .map(({ app, name }) => (app === migration.app ? byName.get(name) : undefined))
        .find((one) => one !== undefined && !sorted.has(one) && !open.has(one))
      if (next) stack.push(next)
      else {
        sorted.add(migration)
        stack.pop()
      }
    }
  }
  return [...sorted]
}
