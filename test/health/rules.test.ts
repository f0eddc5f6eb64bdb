import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { postgresDatabase, readCatalog, readStatistics } from '../../src/postgres.ts'
import { readGrants } from '../../src/health/kit/grants.ts'
import { inspect, type Inspected } from '../../src/health/kit/inspected.ts'
import { type Issue, toPath } from '../../src/health/kit/issue.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { rules } from '../../src/health/rules/index.ts'
import { describePostgres } from '../support/postgres.ts'
import type { RuleCase } from './cases/case.ts'
import { indexCases } from './cases/indexes.ts'
import { keyCases } from './cases/keys.ts'
import { securityCases } from './cases/security.ts'
import { tableCases } from './cases/tables.ts'

const cases = [...keyCases, ...indexCases, ...securityCases, ...tableCases]
const enable = rules.map(({ id }) => id)

const schemaOf = (side: 'bad' | 'good', { rule }: RuleCase) =>
  `${side}_${rule.replaceAll('-', '_')}`

async function create(sql: Sql, schema: string, statements: string): Promise<void> {
  const text = statements.replaceAll('$schema', schema)
  await sql
    .unsafe(`create schema ${schema}; set search_path = ${schema}; ${text}`)
    .catch((error: Error) => {
      throw new Error(`${schema}: ${error.message}`)
    })
}

/** Reads the database as schema health does, with counters said to be old. */
async function look(sql: Sql): Promise<Inspected> {
  const database = postgresDatabase(sql)
  const isExposed = cases.filter((one) => one.isExposed)
  return inspect(await readCatalog(database), {
    statistics: await readStatistics(database),
    grants: await readGrants(database, ['public', 'anon', 'no_such_role']),
    exposedSchemas: isExposed.flatMap((one) => [schemaOf('bad', one), schemaOf('good', one)]),
    now: Date.now(),
  })
}

/** What the rule of a case says of one of its schemas. */
function findings(issues: readonly Issue[], { rule }: RuleCase, schema: string): Issue[] {
  return issues.filter((issue) => issue.rule === rule && issue.schema === schema)
}

const pathsOf = (issues: readonly Issue[]) =>
  issues.flatMap(({ objects: [first], schema }) =>
    first ? [toPath(first).slice(`${schema}.`.length)] : [],
  )

describePostgres('a rule', ({ createDatabase }) => {
  let sql: Sql
  let version = 0
  let before: readonly Issue[] = []
  let after: readonly Issue[] = []
  const failures: string[] = []

  beforeAll(async () => {
    ;({ sql } = await createDatabase({ max: 1 }))
    await sql.unsafe('create role anon nologin')
    version = Number((await sql`show server_version_num`)[0]?.server_version_num)
    for (const one of cases) {
      if (version < (one.from ?? 0)) continue
      await create(sql, schemaOf('bad', one), one.defect)
      await create(sql, schemaOf('good', one), one.clean)
    }
    await sql.unsafe('reset search_path')
    before = lintCatalog(await look(sql), { enable }).issues
    for (const one of cases) {
      for (const issue of findings(before, one, schemaOf('bad', one))) await mend(issue)
    }
    after = lintCatalog(await look(sql), { enable }).issues
  }, 120_000)

  async function mend({ fix, id }: Issue): Promise<void> {
    const statements = fix?.startsWith('BEGIN') ? [fix] : (fix ?? '').split(/(?<=;)\n/)
    for (const statement of statements) {
      await sql.unsafe(statement).catch((error: Error) => failures.push(`${id}: ${error.message}`))
    }
  }

  describe.each(cases)('$rule', (one) => {
    it('finds the defect', ({ skip }) => {
      if (version < (one.from ?? 0)) skip('the server does not know it yet')
      const found = findings(before, one, schemaOf('bad', one))
      expect(pathsOf(found).sort()).toEqual(one.finds)
      for (const { message } of found) expect(message).toMatch(/\S/)
    })

    it('finds nothing where things are well', () => {
      expect(findings(before, one, schemaOf('good', one))).toEqual([])
    })

    it('proposes statements that mend it', () => {
      if (one.isMended === false) return
      const fixable = findings(before, one, schemaOf('bad', one)).filter(({ fix }) => fix !== null)
      const left = findings(after, one, schemaOf('bad', one)).map(({ id }) => id)
      expect(left.filter((id) => fixable.some((issue) => issue.id === id))).toEqual([])
    })
  })

  it('proposes no statement that fails', () => {
    expect(failures).toEqual([])
  })

  it('gives every finding an id of its own', () => {
    const ids = before.map(({ id }) => id)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  })
})
