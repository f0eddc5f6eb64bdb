import type { MigrationWriter } from './migration-writer.ts'

const writers: Readonly<Record<string, () => Promise<MigrationWriter>>> = {
  sql: async () => (await import('./sql.ts')).writeSql,
}

/** Resolves to the writer for the `tool` of a source of migrations; null if there is none. Each is loaded on demand. */
export async function findWriter(tool: string): Promise<MigrationWriter | null> {
  return Object.hasOwn(writers, tool) ? ((await writers[tool]?.()) ?? null) : null
}
