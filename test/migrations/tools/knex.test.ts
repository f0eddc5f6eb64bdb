import { describe, expect, it } from 'vitest'
import { knexMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

/** The part of Knex that the test uses. The project does not install Knex. */
interface Knex {
  migrate: {
    latest(): Promise<unknown>
    rollback(): Promise<unknown>
    list(): Promise<[{ name: string }[], { file: string }[]]>
  }
  destroy(): Promise<void>
}

const migration = (table: string) => `
  exports.up = (knex) => knex.schema.createTable('${table}', (table) => table.increments())
  exports.down = (knex) => knex.schema.dropTable('${table}')`

describe('knexMigrations', () => {
  const tool = withTool('migrate-knex', 'knex@3.3.0 pg@8.23.1')

  async function setUp(names: readonly string[]) {
    const place = await tool.setUp((path) => knexMigrations(path))
    const { workshop, url } = place
    for (const name of names) await workshop.write(`${name}.cjs`, migration(`t_${name}`))
    const { default: createKnex } = (await tool.load('knex/knex.js')) as unknown as {
      default: (options: object) => Knex
    }
    const use = async <T>(action: (knex: Knex) => Promise<T>): Promise<T> => {
      const knex = createKnex({
        client: 'pg',
        connection: url,
        migrations: { directory: workshop.path },
        log: { warn: () => undefined, error: () => undefined, debug: () => undefined },
      })
      return action(knex).finally(() => knex.destroy())
    }
    const agree = async () => {
      const answer = await place.list()
      const inState = (...states: string[]) =>
        answer.migrations.filter(({ state }) => states.includes(state)).map(({ name }) => name)
      const [completed, pending] = await use((knex) => knex.migrate.list())
      expect(inState('applied')).toEqual(completed.map(({ name }) => name).sort())
      expect(inState('pending', 'out_of_order')).toEqual(pending.map(({ file }) => file))
      return answer
    }
    return { ...place, use, agree, latest: () => use((knex) => knex.migrate.latest()) }
  }

  it('Knex migrations match migrate.list() before a run, after it, after a new file and after a rollback', async () => {
    const { workshop, agree, latest, use } = await setUp(['1_a', '2_b'])
    expect((await agree()).sources[0]).toMatchObject({ status: 'uninitialised' })
    await latest()
    await workshop.write('3_c.cjs', migration('t_c'))
    const answer = await agree()
    expect(statesOf(answer)).toEqual({
      '1_a.cjs': 'applied',
      '2_b.cjs': 'applied',
      '3_c.cjs': 'pending',
    })
    expect(Date.parse(answer.migrations[0]?.applied_at ?? '')).toBeGreaterThan(1_700_000_000_000)
    await use((knex) => knex.migrate.rollback())
    expect(Object.values(statesOf(await agree()))).toEqual(['pending', 'pending', 'pending'])
  })

  it('a late Knex migration is out of order until Knex runs it in the next batch', async () => {
    const { workshop, agree, latest } = await setUp(['1_a', '3_c'])
    await latest()
    await workshop.write('2_b.cjs', migration('t_b'))
    const answer = await agree()
    expect(statesOf(answer)).toMatchObject({ '2_b.cjs': 'out_of_order' })
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('Knex runs it in the next')])
    await latest()
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied', 'applied'])
  })

  it('an edited Knex migration stays applied, because Knex does not detect edits', async () => {
    const { workshop, agree, latest } = await setUp(['1_a'])
    await latest()
    await workshop.write('1_a.cjs', migration('other'))
    expect(statesOf(await agree())).toEqual({ '1_a.cjs': 'applied' })
  })

  it('a Knex migration without its file is missing, and Knex refuses to run', async () => {
    const { workshop, list, latest } = await setUp(['1_a', '2_b'])
    await latest()
    await workshop.remove('2_b.cjs')
    await expect(latest()).rejects.toThrow(/directory is corrupt/)
    expect((await list()).orphans).toMatchObject([{ name: '2_b.cjs', state: 'missing' }])
  })

  it('knexMigrations() reports a changed file extension as the reason why Knex refuses to run', async () => {
    const { workshop, latest, list } = await setUp(['1_a'])
    await latest()
    await workshop.remove('1_a.cjs')
    await workshop.write('1_a.js', migration('t_1_a'))
    await expect(latest()).rejects.toThrow(/directory is corrupt/)
    const answer = await list()
    expect(answer.migrations).toMatchObject([
      { name: '1_a.js', state: 'applied', message: expect.stringContaining('ran as 1_a.cjs') },
    ])
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('extensions changed')])
    expect(answer.orphans).toEqual([])
  })

  it('a Knex migration stays pending after a failure, and a lock that remains is reported as a problem', async () => {
    const { workshop, sql, list, agree, latest } = await setUp([])
    await workshop.write(
      '1_a.cjs',
      `exports.up = async () => { throw new Error('no') }; exports.down = exports.up`,
    )
    await expect(latest()).rejects.toThrow('no')
    expect(statesOf(await agree())).toEqual({ '1_a.cjs': 'pending' })
    await sql`update knex_migrations_lock set is_locked = 1`
    await expect(latest()).rejects.toThrow(/lock/i)
    expect((await list()).sources[0]?.problems).toEqual([expect.stringContaining('lock is held')])
  })
})
