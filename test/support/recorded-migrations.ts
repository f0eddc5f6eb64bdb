import type { MigrationList } from '../../src/introspection/studio/studio-answers.ts'
import type { MigrationSource } from '../../src/index.ts'
import { memoryFiles } from '../../src/postgres.ts'
import type { MigrationFiles } from '../../src/migrations/core/files.ts'
import { listMigrations } from './migrations.ts'
import { withPostgres } from './postgres.ts'

/**
 * Reads history tables that were recorded by hand, for tools that cannot run here. Call inside a `describe`.
 *
 * @param toSource Makes the source of app `shop` over files in memory.
 */
export function withRecorded(toSource: (files: MigrationFiles) => MigrationSource) {
  const { createDatabase } = withPostgres(14)
  return async (files: Readonly<Record<string, string>>, sql: string): Promise<MigrationList> => {
    const database = await createDatabase()
    await database.sql.unsafe(sql)
    return listMigrations({ shop: toSource(memoryFiles(files)) }, database.url)
  }
}
