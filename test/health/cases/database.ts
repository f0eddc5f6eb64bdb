import type { Sql } from 'postgres'
import { readGrants } from '../../../src/health/kit/grants.ts'
import { inspect, type Inspected } from '../../../src/health/kit/inspected.ts'
import { postgresDatabase, readCatalog, readStatistics } from '../../../src/postgres.ts'
import type { RuleCase } from './case.ts'
import { casesByTopic } from './index.ts'

/** The cases of all rules. */
export const ruleCases: readonly RuleCase[] = Object.values(casesByTopic).flat()

/** Names the schema of a case with the defect, or of the correct one beside it. */
export const schemaOf = (side: 'bad' | 'good', { rule }: RuleCase) =>
  `${side}_${rule.replaceAll('-', '_')}`

/** Creates the two schemas of each case that the server supports, and returns the version of the server as a number. */
export async function createCases(sql: Sql): Promise<number> {
  await sql.unsafe('create role anon nologin')
  const version = Number((await sql`show server_version_num`)[0]?.server_version_num)
  for (const ruleCase of ruleCases) {
    if (version < (ruleCase.from ?? 0)) continue
    await create(sql, schemaOf('bad', ruleCase), ruleCase.defect)
    await create(sql, schemaOf('good', ruleCase), ruleCase.clean)
  }
  await sql.unsafe('reset search_path')
  return version
}

async function create(sql: Sql, schema: string, statements: string): Promise<void> {
  const text = statements.replaceAll('$schema', schema)
  await sql
    .unsafe(`create schema ${schema}; set search_path = ${schema}; ${text}`)
    .catch((error: Error) => {
      throw new Error(`${schema}: ${error.message}`)
    })
}

/** Reads what the rules inspect, as the endpoints for schema health do. */
export async function inspectCases(sql: Sql): Promise<Inspected> {
  const database = postgresDatabase(sql)
  const exposed = ruleCases.filter(({ isExposed }) => isExposed)
  return inspect(await readCatalog(database), {
    statistics: await readStatistics(database),
    grants: await readGrants(database, ['public', 'anon', 'no_such_role']),
    exposedSchemas: exposed.flatMap((ruleCase) => [
      schemaOf('bad', ruleCase),
      schemaOf('good', ruleCase),
    ]),
    now: Date.now(),
  })
}
