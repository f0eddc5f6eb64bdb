import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { graphileMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

describe('graphileMigrations', () => {
  const tool = withTool('migrate-graphile', 'graphile-migrate@1.4.1')

  async function setUp() {
    const place = await tool.setUp((path) => graphileMigrations(`${path}/migrations`))
    const { workshop, sql, url } = place
    const shadow = `${url}_shadow`
    const root = url.replace(/[^/]*$/, 'postgres')
    await sql.unsafe(`create database ${new URL(shadow).pathname.slice(1)}`)
    await workshop.write('.gmrc', JSON.stringify({ pgSettings: { search_path: 'public' } }))
    await workshop.write('migrations/current.sql', '')
    const env = { DATABASE_URL: url, SHADOW_DATABASE_URL: shadow, ROOT_DATABASE_URL: root }
    const migrate = (command: string, ...args: string[]) =>
      tool.run('graphile-migrate/dist/cli.js', [command, ...args], { cwd: workshop.path, env })
    /** Commits a migration with the tool, which also runs it. */
    const commit = async (text: string, ...args: string[]) => {
      await workshop.write('migrations/current.sql', text)
      const result = await migrate('commit', ...args)
      expect(result).toMatchObject({ code: 0 })
    }
    /** Returns our answer after checking the pending and the current migration against `status`. */
    const agree = async () => {
      const answer = await place.list()
      const { output } = await migrate('status')
      const theirs = [...output.matchAll(/^ {2}(\d+)\.sql$/gm)].map(([, name]) => name)
      const waiting = answer.migrations.filter(({ state }) => state === 'pending')
      expect(waiting.map(({ name }) => name.replace(/-.*/, ''))).toEqual(theirs)
      const isDirty =
        answer.sources[0]?.problems.some((text) => text.includes('not empty')) ?? false
      expect(isDirty).toBe(output.includes('current migration is not empty'))
      return answer
    }
    const read = (name: string) => readFile(join(workshop.path, 'migrations', name), 'utf8')
    return { ...place, migrate, commit, agree, read }
  }

  it('graphile-migrate migrations match its status when they are committed, current, applied and uncommitted', async () => {
    const { workshop, sql, migrate, commit, agree } = await setUp()
    expect(await agree()).toMatchObject({ migrations: [], sources: [{ status: 'uninitialised' }] })
    await workshop.write('migrations/current.sql', '-- nothing yet\n')
    await agree()
    await commit('create table a (id int);')
    await commit('create table b (id int);', '-m', 'add b')
    const answer = await agree()
    expect(statesOf(answer)).toEqual({ '000001': 'applied', '000002-add-b': 'applied' })
    expect(answer.last_applied).toBe('000002-add-b')
    await workshop.write('migrations/current.sql', 'create table c (id int);')
    await agree()
    await workshop.write('migrations/current.sql', '')
    await sql`delete from graphile_migrate.migrations where filename = '000002.sql'`
    await sql`drop table b`
    expect(statesOf(await agree())).toMatchObject({ '000002-add-b': 'pending' })
    expect(await migrate('migrate')).toMatchObject({ code: 0 })
    expect(statesOf(await agree())).toMatchObject({ '000002-add-b': 'applied' })
    await migrate('uncommit')
    expect(Object.keys(statesOf(await agree()))).toEqual(['000001'])
  })

  it('a graphile-migrate migration is modified when its text no longer matches its hash', async () => {
    const { workshop, sql, migrate, commit, agree, read } = await setUp()
    await commit('create table a (id int);')
    await workshop.write(
      'migrations/committed/000001.sql',
      `${await read('committed/000001.sql')}-- x`,
    )
    expect(statesOf(await agree())).toEqual({ '000001': 'modified' })
    await sql`delete from graphile_migrate.migrations`
    const answer = await agree()
    expect(answer.migrations).toMatchObject([
      { state: 'pending', message: expect.stringContaining('refuses') },
    ])
    expect(answer.apps[0]?.has_conflicts).toBe(true)
    expect((await migrate('migrate')).output).toMatch(/does not match.*tampered/)
  })

  it('a graphile-migrate migration conflicts when another branch ran under its number', async () => {
    const { workshop, commit, agree, read } = await setUp()
    await commit('create table a (id int);')
    const theirs = (await read('committed/000001.sql')).replace('table a', 'table z')
    const digest = await crypto.subtle.digest(
      'SHA-1',
      new TextEncoder().encode('create table z (id int);\n'),
    )
    const hash = Buffer.from(digest).toString('hex')
    await workshop.write(
      'migrations/committed/000001.sql',
      theirs.replace(/sha1:[0-9a-f]+/, `sha1:${hash}`),
    )
    const answer = await agree()
    expect(answer.migrations).toMatchObject([
      { state: 'modified', message: expect.stringContaining('Another text ran') },
    ])
    expect(answer.apps[0]?.conflicts).toEqual([expect.stringContaining('the histories parted')])
  })

  it('graphile-migrate migrations conflict when the chain of hashes is broken, as the tool refuses it', async () => {
    const { workshop, migrate, commit, list, read } = await setUp()
    await commit('create table a (id int);')
    await commit('create table b (id int);')
    const text = await read('committed/000002.sql')
    await workshop.write(
      'migrations/committed/000002.sql',
      text.replace(/Previous: .*/, 'Previous: -'),
    )
    expect((await migrate('migrate')).output).toMatch(/doesn't match .* expected previous hash/)
    expect((await list()).apps[0]?.conflicts).toEqual([
      expect.stringContaining('refuses every command'),
    ])
  })

  it('a graphile-migrate migration without its file is missing, although the tool ignores that', async () => {
    const { workshop, migrate, commit, agree } = await setUp()
    await commit('create table a (id int);')
    await commit('create table b (id int);')
    await workshop.remove('migrations/committed/000002.sql')
    expect((await agree()).orphans).toMatchObject([{ name: '000002', state: 'missing' }])
    expect(await migrate('migrate')).toMatchObject({ code: 0 })
  })

  it('a graphile-migrate migration stays pending after a failure, which the tool rolls back', async () => {
    const { sql, migrate, commit, agree } = await setUp()
    await commit('create table a (id int);')
    await sql`delete from graphile_migrate.migrations` // the table exists, so a second run fails
    expect((await migrate('migrate')).code).not.toBe(0)
    expect(statesOf(await agree())).toEqual({ '000001': 'pending' })
  })
})
