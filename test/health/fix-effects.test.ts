import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { toFixEffect } from '../../src/health/kit/fix-effect.ts'
import type { Issue } from '../../src/health/kit/issue.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { observeEffect as observe, toLockMode as toMode } from '../support/fix-effects.ts'
import { describePostgres } from '../support/postgres.ts'
import { createCases, inspectCases } from './cases/database.ts'

/** Statements that PostgreSQL refuses in a transaction; their locks are tried one kind at a time. */
const isOutside = (fix: string) => /CONCURRENTLY|VACUUM|ALTER EXTENSION/.test(fix)

describePostgres('the effect of a fix', ({ createDatabase, openPool }) => {
  let sql: Sql
  let other: Sql
  let issues: readonly Issue[] = []

  beforeAll(async () => {
    const database = await createDatabase({ max: 1, onnotice: () => undefined })
    sql = database.sql
    other = openPool(database.url, { max: 1, onnotice: () => undefined })
    await createCases(sql)
    issues = lintCatalog(await inspectCases(sql), { preset: 'all' }).issues
  }, 120_000)

  it('every fix of a rule takes the lock and rewrites what its issue names', async () => {
    const wrong: unknown[] = []
    const tried = new Set<string>()
    for (const { id, rule, fix, effect, hint } of issues) {
      if (fix === null || isOutside(fix)) continue
      tried.add(rule)
      const statements = fix.split(/(?<=;)\n/).filter((line) => !/^(BEGIN|COMMIT);$/.test(line))
      const seen = await observe(sql, statements)
      const isNamed = effect?.lock == null || hint?.includes(`${effect.lock} lock`)
      const isUnused = fix.startsWith('ALTER DOMAIN') && seen.lock === null
      if (isNamed && isUnused) continue // no table has a column of the domain
      if (!isNamed || effect?.lock !== seen.lock || effect.rewrites !== seen.rewrites)
        wrong.push({ id, fix, effect, seen, hint })
    }
    expect(wrong).toEqual([])
    expect(tried.size).toBeGreaterThanOrEqual(20)
  })

  it.each([
    'CREATE INDEX CONCURRENTLY ON t (id);',
    'CREATE UNIQUE INDEX CONCURRENTLY ON t (id);',
    'DROP INDEX CONCURRENTLY i;',
    'REINDEX INDEX CONCURRENTLY i;',
    'VACUUM t;',
    'VACUUM (ANALYZE) t;',
    'VACUUM (FREEZE) t;',
  ])('%s asks for the lock that its issue names', async (statement) => {
    await sql.unsafe('drop table if exists t; create table t (id int); create index i on t (id)')
    await sql.unsafe('begin; lock table t in share update exclusive mode')
    const running = other.unsafe(statement)
    running.catch(() => undefined)
    const waiting = () => sql<{ mode: string }[]>`
      select mode from pg_locks where relation = 't'::regclass and not granted`
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBeGreaterThan(0)
    const modes = (await waiting()).map(({ mode }) => toMode(mode))
    await sql.unsafe('commit')
    await running
    expect(toFixEffect(statement)).toEqual({ lock: modes[0], rewrites: false })
  })

  it('the lock of a domain that is validated is that of the tables which use it', async () => {
    await sql.unsafe(`create schema bad_domain; create domain bad_domain.small as int;
      create table bad_domain.uses (n bad_domain.small); insert into bad_domain.uses values (1);
      alter domain bad_domain.small add constraint positive check (value > 0) not valid`)
    const found = lintCatalog(await inspectCases(sql)).issues.find(
      ({ rule, schema }) => rule === 'constraint-not-validated' && schema === 'bad_domain',
    )
    expect(found?.effect).toEqual(await observe(sql, [found?.fix ?? '']))
  })

  it('an unknown statement has no effect to show', () => {
    expect(() => toFixEffect('CLUSTER t;')).toThrow(TypeError)
  })
})
