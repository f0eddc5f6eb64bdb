import type { Migration, MigrationStatus } from '../../project/source.ts'

/** Returns the names that no other migration of the app depends on, sorted. One if healthy, none in a cycle. */
export function findHeads(app: string, migrations: readonly Migration[]): string[] {
  const needed = new Set(
    migrations.flatMap(({ name, dependencies }) =>
      dependencies.filter((key) => key.app === app && key.name !== name).map((key) => key.name),
    ),
  )
  return migrations
    .map(({ name }) => name)
    .filter((name) => !needed.has(name))
    .sort()
}

/**
 * Returns a conflict if a tool with branches has several heads, until each has run (docs/contracts/introspection.md, 5.3).
 *
 * @see docs/decisions/076-when-heads-are-a-conflict.md
 */
export function findHeadConflicts(
  app: string,
  migrations: readonly Migration[],
  statuses: ReadonlyMap<string, MigrationStatus>,
): string[] {
  const heads = findHeads(app, migrations)
  const waits = heads.some((name) => !hasRun(statuses.get(name)))
  if (heads.length < 2 || !waits) return []
  return [`App '${app}' has ${heads.length} conflicting head migrations that need to be merged.`]
}

/** Returns true for the states of a migration whose changes are in the database. */
export function hasRun(status: MigrationStatus | undefined): boolean {
  return status?.state === 'applied' || status?.state === 'modified'
}

/** Chains migrations in the order of their tool: each depends on the previous one. */
export function toChain(
  app: string,
  contents: readonly { readonly name: string; readonly checksum: string | null }[],
): Migration[] {
  return contents.map(({ name, checksum }, index) => {
    const before = contents[index - 1]
    return { app, name, checksum, dependencies: before ? [{ app, name: before.name }] : [] }
  })
}
