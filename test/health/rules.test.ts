import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Issue, toPath } from '../../src/health/kit/issue.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { rules } from '../../src/health/rules/index.ts'
import { describePostgres } from '../support/postgres.ts'
import type { RuleCase } from './cases/case.ts'
import { createCases, inspectCases, ruleCases as cases, schemaOf } from './cases/database.ts'

const enable = rules.map(({ id }) => id)

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
    version = await createCases(sql)
    before = lintCatalog(await inspectCases(sql), { enable }).issues
    for (const ruleCase of cases) {
      for (const issue of findings(before, ruleCase, schemaOf('bad', ruleCase))) await mend(issue)
    }
    after = lintCatalog(await inspectCases(sql), { enable }).issues
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
