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

describe('migrations of the Supabase CLI', () => {
  const tool = withTool('migrate-supabase', 'supabase@3.1.0')

  /** A database with `a` and `b` applied by the CLI. */
  async function setUp() {
    const place = await tool.setUp((path) => supabaseMigrations(`${path}/${folder}`))
    const { workshop, url } = place
    const write = (name: string, sql: string) => workshop.write(`${folder}/${name}.sql`, sql)
    const supabase = (...args: string[]) => {
      const env = { HOME: workshop.path, DO_NOT_TRACK: '1', SUPABASE_TELEMETRY_DISABLED: '1' }
      const flags = ['--db-url', `${url}?sslmode=disable`, '--yes']
      return tool.run('supabase/dist/supabase.js', [...args, ...flags], { cwd: workshop.path, env })
    }
    /** Our states, which agree with `supabase migration list` about what is local, remote or both. */
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

  it('agree with its list before and after a push, and after a revert', async () => {
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

  it('conflict where it refuses: a branch that sorts before what ran', async () => {
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

  it('are missing where it refuses, and modified where it does not look', async () => {
    const { workshop, write, supabase, agree } = await setUp()
    await supabase('db', 'push')
    await workshop.remove(`${folder}/${b}.sql`)
    await write(a, text.replaceAll('\n', '\r\n\r\n'))
    expect(statesOf(await agree())).toEqual({ [a]: 'applied', [b]: 'missing' })
    expect((await supabase('db', 'push')).output).toContain('not found in local migrations')
    await write(a, text.replace('(1)', '(2)'))
    expect(statesOf(await agree())).toEqual({ [a]: 'modified', [b]: 'missing' })
  })

  it('stay pending after a failure, which it rolls back', async () => {
    const { write, supabase, agree } = await setUp()
    await write('20240104000000_bad', 'create table bad (id int); select 1 / 0;')
    expect((await supabase('db', 'push')).code).toBe(1)
    const answer = await agree()
    expect(Object.values(statesOf(answer))).toEqual(['applied', 'applied', 'pending'])
  })
})
