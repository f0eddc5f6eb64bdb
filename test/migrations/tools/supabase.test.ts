import { describe, expect, it, vi } from 'vitest'
import { supabaseMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

const folder = 'supabase/migrations'
const [a, b, late] = ['20240101000000_a', '20240103000000_b', '20240102000000_late']
const text = `-- what the CLI keeps with the statement after it
create table a (id int); -- after it
/* and */ insert into a values (1);
create function one() returns int language sql as $$ select 1; $$;

-- at the end
`

vi.setConfig({ testTimeout: 60_000 }) // each test starts the tool several times

describe('supabaseMigrations', () => {
  const tool = withTool('migrate-supabase', 'supabase@3.1.0')

  /** Returns a database, and a folder with the migrations `a` and `b`. */
  async function setUp() {
    const place = await tool.setUp((path) => supabaseMigrations(`${path}/${folder}`))
    const { workshop, url } = place
    const write = (name: string, sql: string) => workshop.write(`${folder}/${name}.sql`, sql)
    const supabase = (...args: string[]) => {
      const env = { HOME: workshop.path, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' }
      const flags = ['--db-url', `${url}?sslmode=disable`, '--yes']
      return tool.run('supabase/dist/supabase.js', [...args, ...flags], { cwd: workshop.path, env })
    }
    /** Returns our answer after checking that `supabase migration list` shows the same local and remote versions. */
    const agree = async () => {
      const answer = await place.list()
      const { output } = await supabase('migration', 'list')
      const lines = [...output.matchAll(/^ +[`']?(\d*) *[`']? *\| *[`']?(\d*) *[`']? *\|/gm)]
      const theirs = lines.map(([, local, remote]) => [local, remote])
      const ours = Object.entries(statesOf(answer)).map(([name, state]) => {
        const version = name.slice(0, 14)
        const hasRun = ['applied', 'modified', 'missing'].includes(state)
        return [state === 'missing' ? '' : version, hasRun ? version : '']
      })
      expect(theirs.length).toBeGreaterThan(0)
      expect(ours.sort()).toEqual(theirs.sort())
      return answer
    }
    await write(a, text)
    await write(b, 'create table b (id int)')
    return { ...place, write, supabase, agree }
  }

  it('Supabase migrations match `supabase migration list` before and after a push, and after a revert', async () => {
    const { supabase, agree, list } = await setUp()
    expect((await list()).sources[0]).toMatchObject({ status: 'uninitialised' })
    expect(statesOf(await agree())).toEqual({ [a]: 'pending', [b]: 'pending' })
    expect((await supabase('db', 'push')).code).toBe(0)
    const answer = await agree()
    expect(statesOf(answer)).toEqual({ [a]: 'applied', [b]: 'applied' })
    expect(answer).toMatchObject({ last_applied: b, sources: [{ status: 'ready' }] })
    await supabase('migration', 'repair', '--status', 'reverted', b.slice(0, 14))
    expect(statesOf(await agree())).toEqual({ [a]: 'applied', [b]: 'pending' })
  })

  it('a late Supabase migration is out of order and conflicts, because the CLI refuses it', async () => {
    const { write, supabase, agree } = await setUp()
    await supabase('db', 'push')
    await write(late, 'create table late (id int)')
    const answer = await agree()
    expect(statesOf(answer)).toEqual({ [a]: 'applied', [late]: 'out_of_order', [b]: 'applied' })
    expect(answer.apps[0]?.conflicts[0]).toContain('--include-all')
    const { code, output } = await supabase('db', 'push')
    expect([code, output]).toEqual([1, expect.stringContaining('--include-all')])
    expect((await supabase('db', 'push', '--include-all')).code).toBe(0)
    expect(Object.values(statesOf(await agree()))).toEqual(['applied', 'applied', 'applied'])
  })

  it('a Supabase migration is missing without its file, and modified after an edit that the CLI ignores', async () => {
    const { workshop, write, supabase, agree } = await setUp()
    await supabase('db', 'push')
    await workshop.remove(`${folder}/${b}.sql`)
    await write(a, text.replaceAll('\n', '\r\n\r\n'))
    expect(statesOf(await agree())).toEqual({ [a]: 'applied', [b]: 'missing' })
    expect((await supabase('db', 'push')).output).toContain('not found in local migrations')
    await write(a, text.replace('(1)', '(2)'))
    expect(statesOf(await agree())).toEqual({ [a]: 'modified', [b]: 'missing' })
  })

  it('a Supabase migration stays pending after a failure, which the CLI rolls back', async () => {
    const { write, supabase, agree } = await setUp()
    await write('20240104000000_bad', 'create table bad (id int); select 1 / 0;')
    expect((await supabase('db', 'push')).code).toBe(1)
    const answer = await agree()
    expect(Object.values(statesOf(answer))).toEqual(['applied', 'applied', 'pending'])
  })
})
