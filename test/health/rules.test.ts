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
import { casesByTopic } from './cases/index.ts'

const cases = Object.values(casesByTopic).flat()
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

/** Reads what the rules inspect, as the endpoints for schema health do. */
async function inspectDatabase(sql: Sql): Promise<Inspected> {
  const database = postgresDatabase(sql)
  const exposed = cases.filter(({ isExposed }) => isExposed)
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

/** Returns the issues that the rule of a case reports about one schema. */
function findings(issues: readonly Issue[], { rule }: RuleCase, schema: string): Issue[] {
  return issues.filter((issue) => issue.rule === rule && issue.schema === schema)
}

const pathsOf = (issues: readonly Issue[]) =>
  issues.flatMap(({ objects: [first], schema }) =>
    first ? [toPath(first).slice(`${schema}.`.length)] : [],
  )

describePostgres('rules on PostgreSQL', ({ createDatabase }) => {
  let sql: Sql
  let version = 0
  let before: readonly Issue[] = []
  let after: readonly Issue[] = []
  const failures: string[] = []

  beforeAll(async () => {
    ;({ sql } = await createDatabase({ max: 1 }))
    await sql.unsafe('create role anon nologin')
    version = Number((await sql`show server_version_num`)[0]?.server_version_num)
    for (const ruleCase of cases) {
      if (version < (ruleCase.from ?? 0)) continue
      await create(sql, schemaOf('bad', ruleCase), ruleCase.defect)
      await create(sql, schemaOf('good', ruleCase), ruleCase.clean)
    }
    await sql.unsafe('reset search_path')
    before = lintCatalog(await inspectDatabase(sql), { enable }).issues
    for (const ruleCase of cases) {
      for (const issue of findings(before, ruleCase, schemaOf('bad', ruleCase))) await mend(issue)
    }
    after = lintCatalog(await inspectDatabase(sql), { enable }).issues
  }, 120_000)

  async function mend({ fix, id }: Issue): Promise<void> {
    const statements = fix?.startsWith('BEGIN') ? [fix] : (fix ?? '').split(/(?<=;)\n/)
    for (const statement of statements) {
      await sql.unsafe(statement).catch((error: Error) => failures.push(`${id}: ${error.message}`))
    }
  }

  describe.each(cases)('$rule', (ruleCase) => {
    const { rule, from = 0, finds, isMended = true } = ruleCase

    it(`${rule} finds the defect`, ({ skip }) => {
      if (version < from) skip('the server does not support it yet')
      const found = findings(before, ruleCase, schemaOf('bad', ruleCase))
      expect(pathsOf(found).sort()).toEqual(finds)
      for (const { message } of found) expect(message).toMatch(/\S/)
    })

    it(`${rule} finds nothing in a correct schema`, () => {
      expect(findings(before, ruleCase, schemaOf('good', ruleCase))).toEqual([])
    })

    if (!isMended) return

    it(`${rule} proposes statements that fix the defect`, () => {
      const found = findings(before, ruleCase, schemaOf('bad', ruleCase))
      const fixable = found.filter(({ fix }) => fix !== null).map(({ id }) => id)
      const remaining = findings(after, ruleCase, schemaOf('bad', ruleCase)).map(({ id }) => id)
      expect(remaining.filter((id) => fixable.includes(id))).toEqual([])
    })
  })

  it('no rule proposes a statement that fails', () => {
    expect(failures).toEqual([])
  })

  it('no proposed statement raises another issue', () => {
    const known = new Set(before.map(({ id }) => id))
    const essential = rules.filter(({ isDefault }) => isDefault).map(({ id }) => id)
    const raised = after.filter(
      ({ id, rule, schema }) =>
        essential.includes(rule) && !known.has(id) && schema?.startsWith('bad_'),
    )
    expect(raised.map(({ id }) => id)).toEqual([])
  })

  it('a finding without statements says in words what to do', () => {
    const silent = before.filter(({ fix, hint }) => fix === null && !hint)
    expect(silent.map(({ id }) => id)).toEqual([])
  })

  it('every finding has an id of its own', () => {
    const ids = before.map(({ id }) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })
})
