import type { MigrationJob } from '../../project/migrator.ts'
import type { ChangeSet } from '../../records/change.ts'

/** Returns what a migrator runs: the files of the change set, byte for byte as they were applied, and the way back. */
export function toJob({ migration, files, texts }: ChangeSet): MigrationJob {
  if (!migration) throw new TypeError('A change set without a migration cannot be run')
  const { app, tool, names, up, down } = migration
  const textOf = (name: string) => {
    const index = files.findIndex(({ path }) => path.split('/').at(-1) === `${name}.sql`)
    return texts[index]?.content ?? null
  }
  return {
    app,
    tool,
    migrations: names.map((name, index) => ({
      name,
      sql: textOf(name) ?? up[index]?.sql ?? '',
      isTransaction: up[index]?.isTransaction ?? true,
    })),
    down: (down ?? []).map((step, index) => ({
      ...step,
      name: down?.length === names.length ? (names[names.length - 1 - index] ?? null) : null,
    })),
  }
}
