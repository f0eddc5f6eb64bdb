import { pathToFileURL } from 'node:url'
import type { Sql } from 'postgres'
import { compareModels } from '../../src/health/drift/compare-models.ts'
import type { Issue } from '../../src/health/kit/issue.ts'
import type { ModelSource } from '../../src/index.ts'
import { drizzleModels, postgresDatabase, readCatalog } from '../../src/postgres.ts'

/** Returns the drift between the models of a source and a database. */
export async function driftOf(source: ModelSource, sql: Sql): Promise<Issue[]> {
  const models = await source.read(null)
  const catalog = await readCatalog(postgresDatabase(sql))
  return compareModels(
    models.map((model) => ({ ...model, app: 'app' })),
    catalog,
  )
}

/** Returns the drift between the Drizzle tables that a module exports and a database, one line for each issue. */
export async function driftOfModule(path: string, sql: Sql): Promise<string[]> {
  const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const issues = await driftOf(drizzleModels(exported), sql)
  return issues.map(({ id, message }) => `${id}: ${message}`)
}
