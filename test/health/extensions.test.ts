import { expect, it } from 'vitest'
import { postgresDatabase, readCatalog } from '../../src/postgres.ts'
import { inspect } from '../../src/health/kit/inspected.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import { describePostgres } from '../support/postgres.ts'

describePostgres('rules about extensions', ({ createDatabase }) => {
  it('extension rules find an extension in public and one whose version differs from the server', async () => {
    const { sql } = await createDatabase({ max: 1 })
    await sql.unsafe(`create extension citext schema public; create schema extensions;
      create extension pg_trgm schema extensions`)
    const lint = async () =>
      lintCatalog(inspect(await readCatalog(postgresDatabase(sql)), { now: 0 }), {
        preset: 'all',
      })
        .issues.filter(({ rule }) => rule.includes('extension'))
        .map(({ rule, objects: [first], fix }) => [rule, first?.name, fix])
    await sql.unsafe(`update pg_extension set extversion = '1.5' where extname = 'pg_trgm'`)
    const found = await lint()
    expect(found.map(([rule, name]) => [rule, name])).toEqual([
      ['extension-in-public', 'citext'],
      ['outdated-extension', 'pg_trgm'],
    ])
    await sql.unsafe(`update pg_extension set extversion = '1.6' where extname = 'pg_trgm'`)
    // Moving an extension may break what uses it, so there is no statement for that.
    expect(await lint()).toEqual([['extension-in-public', 'citext', null]])
  })
})
