import type { Migration, MigrationKey } from '../../project/source.ts'

/** Returns the migrations in dependency cycles, as `app.name`, sorted. */
export function findCyclic(migrations: readonly Migration[]): string[] {
  const known = new Map(migrations.map((migration) => [toKey(migration), migration]))
  const left = new Map(
    [...known].map(([key, { dependencies }]) => [
      key,
      dependencies.map(toKey).filter((dependency) => known.has(dependency)),
    ]),
  )
  // removes migrations without dependents or without dependencies until only cycles remain
  for (let size = -1; size !== left.size;) {
    size = left.size
    const needed = new Set([...left.values()].flat())
    for (const [key, dependencies] of left) {
      const free = !dependencies.some((dependency) => left.has(dependency))
      if (free || !needed.has(key)) left.delete(key)
    }
  }
  return [...left.keys()].sort()
}

function toKey({ app, name }: MigrationKey): string {
  return `${app}.${name}`
}
