import { describe, expect, it } from 'vitest'
import { nodePgMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

const migration = (table: string) => `
  export const up = (pgm) => pgm.createTable('${table}', { id: 'id' })
  export const down = (pgm) => pgm.dropTable('${table}')`
const sqlMigration = (table: string) => `
-- Up Migration
create table ${table} (id int);
-- Down Migration
drop table ${table};`

describe('nodePgMigrations', () => {
  const tool = withTool('migrate-node-pg', 'node-pg-migrate@9.0.0 pg@8.23.1')

  async function setUp(files: Readonly<Record<string, string>>) {
    const place = await tool.setUp((path) => nodePgMigrations(path))
    const { workshop, url } = place
    for (const [name, text] of Object.entries(files)) await workshop.write(name, text)
    const migrate = async (...args: string[]) => {
      const all = ['-m', workshop.path, ...args]
      const env = { DATABASE_URL: url }
      const script = 'node-pg-migrate/bin/node-pg-migrate.js'
      return tool.run(script, all, { cwd: workshop.path, env })
    }
    /** Returns the names that `up --dry-run` prints, in order. */
    const next = async () => {
      const { output } = await migrate('up', '--dry-run')
      return [...output.matchAll(/^> - (\S+)$/gm)].map(([, name]) => name)
    }
    /** Returns our answer after checking its pending migrations against the dry run. */
    const agree = async () => {
      const answer = await place.list()
      const waiting = answer.migrations.filter(({ state }) => state === 'pending')
      expect(waiting.map(({ name }) => name)).toEqual(await next())
      return answer
    }
    return { ...place, migrate, agree }
  }

  it('node-pg-migrate migrations match a dry run before a run, after it, after a new file and after a rollback', async () => {
    const { workshop, migrate, agree } = await setUp({
      '0001_a.mjs': migration('a'),
      '0002_b.sql': sqlMigration('b'),
    })
    expect((await agree()).sources[0]).toMatchObject({ status: 'uninitialised' })
    expect((await migrate('up')).output).toContain('Migrations complete')
    await workshop.write('1700000000000_c.mjs', migration('c'))
    const answer = await agree()
    expect(statesOf(answer)).toEqual({
      '0001_a': 'applied',
      '0002_b': 'applied',
      '1700000000000_c': 'pending',
    })
    expect(Date.parse(answer.migrations[0]?.applied_at ?? '')).toBeGreaterThan(1_700_000_000_000)
    await migrate('down')
    expect(statesOf(await agree())).toMatchObject({ '0001_a': 'applied', '0002_b': 'pending' })
  })

  it('node-pg-migrate migrations are sorted by number, for each kind of prefix', async () => {
    const { agree } = await setUp({
      '20240101000000000_utc.mjs': migration('a'),
      '1704067199999_before.mjs': migration('b'),
      '10_index.mjs': migration('c'),
      '9_index.mjs': migration('d'),
    })
    expect((await agree()).migrations.map(({ name }) => name)).toEqual([
      '9_index',
      '10_index',
      '1704067199999_before',
      '20240101000000000_utc',
    ])
  })

  it('a late node-pg-migrate migration is out of order and conflicts, because the tool refuses it', async () => {
    const { workshop, migrate, list } = await setUp({
      '0001_a.mjs': migration('a'),
      '0003_c.mjs': migration('c'),
    })
    await migrate('up')
    await workshop.write('0002_b.mjs', migration('b'))
    expect((await migrate('up')).output).toMatch(
      /Not run migration 0002_b is preceding already run/,
    )
    const answer = await list()
    expect(statesOf(answer)).toMatchObject({ '0002_b': 'out_of_order' })
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('refuses to run')])
  })

  it('an edited node-pg-migrate migration stays applied, because the tool does not detect edits', async () => {
    const { workshop, migrate, agree } = await setUp({ '0001_a.mjs': migration('a') })
    await migrate('up')
    await workshop.write('0001_a.mjs', migration('other'))
    expect(statesOf(await agree())).toEqual({ '0001_a': 'applied' })
  })

  it('a node-pg-migrate migration without its file is missing, and the tool cannot roll it back', async () => {
    const { workshop, migrate, list } = await setUp({ '0001_a.mjs': migration('a') })
    await migrate('up')
    await workshop.remove('0001_a.mjs')
    expect((await migrate('down')).output).toMatch(
      /Definitions of migrations 0001_a have been deleted/,
    )
    expect((await list()).orphans).toMatchObject([
      { name: '0001_a', state: 'missing', message: expect.stringContaining('cannot take it back') },
    ])
  })

  it('node-pg-migrate migrations stay pending after a failed run, which the tool rolls back', async () => {
    const { migrate, agree } = await setUp({
      '0001_a.sql': sqlMigration('a'),
      '0002_b.sql': 'select nothing from nowhere',
    })
    expect((await migrate('up')).code).not.toBe(0)
    expect(statesOf(await agree())).toEqual({ '0001_a': 'pending', '0002_b': 'pending' })
  })

  it('separate up and down files are one node-pg-migrate migration', async () => {
    const { list } = await setUp({ '0001_a.up.sql': 'select 1', '0001_a.down.sql': 'select 2' })
    expect(statesOf(await list())).toEqual({ '0001_a': 'pending' })
  })
})
