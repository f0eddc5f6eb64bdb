import { describe, expect, it } from 'vitest'
import { dbmateMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

const migration = (table: string) => `-- migrate:up
create table ${table} (id int);
-- migrate:down
drop table ${table};
`

describe('dbmateMigrations', () => {
  const tool = withTool('migrate-dbmate', 'dbmate@2.36.0')

  async function setUp(files: Readonly<Record<string, string>>, options = {}) {
    const place = await tool.setUp((path) => dbmateMigrations(path, options))
    const { workshop, url } = place
    for (const [name, text] of Object.entries(files)) await workshop.write(name, text)
    const dbmate = (...args: string[]) => {
      const flags = ['--migrations-dir', workshop.path, '--no-dump-schema']
      const env = { DATABASE_URL: `${url}?sslmode=disable` }
      return tool.run('dbmate/dist/cli.js', [...flags, ...args], { cwd: workshop.path, env })
    }
    /** Returns our answer after checking it against `dbmate status`. */
    const agree = async () => {
      const answer = await place.list()
      const { output } = await dbmate('status')
      const lines = [...output.matchAll(/^\[(.)\] (.+)\.sql$/gm)]
      const theirs = lines.map(([, mark, name]) => [name, mark === 'X'])
      const ours = answer.migrations.map(({ name, state }) => [name, state === 'applied'])
      expect(ours).toEqual(theirs)
      return answer
    }
    return { ...place, dbmate, agree }
  }
  const two = { '20240101000000_a.sql': migration('a'), '20240102000000_b.sql': migration('b') }

  it('dbmate migrations match `dbmate status` before a run, after it, after a new file and after a rollback', async () => {
    const { workshop, dbmate, agree, list } = await setUp(two)
    expect((await list()).sources[0]).toMatchObject({ status: 'uninitialised' })
    await agree()
    expect((await dbmate('migrate')).code).toBe(0)
    await workshop.write('20240103000000_c.sql', migration('c'))
    const answer = await agree()
    expect(Object.values(statesOf(answer))).toEqual(['applied', 'applied', 'pending'])
    expect(answer.last_applied).toBe('20240102000000_b')
    await dbmate('rollback')
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'pending', 'pending'])
  })

  it('a late dbmate migration is out of order, and its message says that dbmate refuses it only with `strict`', async () => {
    const late = { '20240101120000_late.sql': migration('late') }
    for (const strict of [true, false]) {
      const { workshop, dbmate, agree } = await setUp(two, { strict })
      await dbmate('migrate')
      await workshop.write('20240101120000_late.sql', late['20240101120000_late.sql'])
      const answer = await agree()
      expect(statesOf(answer)).toMatchObject({ '20240101120000_late': 'out_of_order' })
      expect(answer.apps[0]?.conflicts[0]).toContain(strict ? 'refuses' : 'runs it next')
      expect((await dbmate('migrate', ...(strict ? ['--strict'] : []))).code === 0).toBe(!strict)
      await agree()
    }
  })

  it('an edited dbmate migration stays applied, because dbmate does not detect edits', async () => {
    const { workshop, dbmate, agree } = await setUp(two)
    await dbmate('migrate')
    await workshop.write('20240101000000_a.sql', migration('other'))
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied'])
  })

  it('a dbmate migration without its file is missing under its version', async () => {
    const { workshop, dbmate, agree } = await setUp(two)
    await dbmate('migrate')
    await workshop.remove('20240102000000_b.sql')
    const answer = await agree()
    expect(answer.orphans).toMatchObject([{ name: '20240102000000', state: 'missing' }])
    expect(answer.orphans[0]?.message).toContain('a rollback takes back the one before it')
    expect((await dbmate('rollback')).output).toContain('Rolled back: 20240101000000_a.sql')
  })

  it('a dbmate migration stays pending after a failure, which dbmate rolls back', async () => {
    const broken = { '20240103000000_c.sql': '-- migrate:up\nselect nothing;\n-- migrate:down\n' }
    const { dbmate, agree } = await setUp({ ...two, ...broken })
    expect((await dbmate('migrate')).code).not.toBe(0)
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied', 'pending'])
  })

  it('dbmate migrations are unknown when the table of that name belongs to another tool', async () => {
    const { sql, list } = await setUp(two)
    await sql`create table schema_migrations (version bigint primary key, dirty boolean not null)`
    const answer = await list()
    expect(Object.values(statesOf(answer))).toEqual(['unknown', 'unknown'])
    expect(answer.sources[0]?.problems).toEqual([expect.stringContaining('has a column "dirty"')])
  })
})
