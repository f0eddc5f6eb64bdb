import { describe, expect, it } from 'vitest'
import { library } from '../../src/library.ts'
import { runCli as run } from '../support/cli.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

describe('fetch-studio', () => {
  it.each(['--help', '-h'])('tells its commands with %s', async (flag) => {
    const { code, printed, complained } = await run([flag])
    expect({ code, complained }).toEqual({ code: 0, complained: '' })
    expect(printed).toMatch(/^Usage: fetch-studio <command>/)
    expect(printed).toMatch(/^ {2}migrate +\w/m)
    expect(printed).toMatch(/^ {2}work +\w/m)
  })

  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, printed: library.version, complained: '' })
  })

  it.each(['migrate', 'work'])('tells how to use %s', async (command) => {
    const { code, printed } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(printed).toMatch(new RegExp(`^Usage: fetch-studio ${command} `))
  })

  it.each([
    [[], 'A command is needed'],
    [['fly'], 'Unknown command: fly'],
    [['migrate'], 'DATABASE_URL'],
    [['migrate', '--url', ''], 'DATABASE_URL'],
    [['migrate', '--url', 'postgres://x', '--schema', ''], '--schema'],
    [['migrate', '--speed', 'high'], "Unknown option '--speed'"],
    [['migrate', 'now', '--url', 'postgres://x'], 'takes 0 operand'],
    [['work'], 'takes 1 operand'],
  ])('%j is refused with 2 and the usage', async (args, message) => {
    const { code, printed, complained } = await run(args)
    expect({ code, printed }).toEqual({ code: 2, printed: '' })
    expect(complained).toContain(message)
    expect(complained).toContain('Usage: fetch-studio')
  })

  it.each([
    ['./nowhere.js', './nowhere.js could not be loaded'],
    ['./test/cli/fixtures/empty.mjs', 'must export a Studio as its default'],
  ])('work %s ends with 1 and says why', async (path, message) => {
    const { code, complained } = await run(['work', path])
    expect(code).toBe(1)
    expect(complained).toContain(message)
  })
})

describe('fetch-studio migrate', () => {
  const tables = async (args: string[], env: (url: string) => Record<string, string>) => {
    const { sql, url } = await createSharedDatabase()
    const first = await run(['migrate', ...args.map((arg) => arg || url)], env(url))
    const again = await run(['migrate', ...args.map((arg) => arg || url)], env(url))
    const rows = await sql`select schemaname || '.' || tablename as name from pg_tables
      where tablename in ('runs', 'sessions', 'approvals') order by 1`
    await sql.end()
    return { first, again, names: rows.map(({ name }) => String(name)) }
  }

  it('creates the tables in the database of DATABASE_URL, and again does no harm', async () => {
    const { first, again, names } = await tables([], (url) => ({ DATABASE_URL: url }))
    expect(first).toEqual({
      code: 0,
      printed: 'The tables in schema "studio" are up to date',
      complained: '',
    })
    expect(again).toEqual(first)
    expect(names).toEqual(['studio.approvals', 'studio.runs', 'studio.sessions'])
  })

  it('takes --url before the environment, and a schema of any name', async () => {
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const { first, names } = await tables(['--url', '', '--schema', 'My Agents'], () => env)
    expect(first).toMatchObject({ code: 0, complained: '' })
    expect(names).toEqual(['My Agents.approvals', 'My Agents.runs', 'My Agents.sessions'])
  })

  it('ends with 1 where nothing listens, and keeps the password to itself', async () => {
    const { code, complained } = await run(['migrate'], {
      DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/none',
    })
    expect(code).toBe(1)
    expect(complained).toMatch(/database is not available.*ECONNREFUSED/)
    expect(complained).not.toContain('hunter2')
  })

  it('ends with 1 for what is no connection string, and does not repeat it', async () => {
    const { code, complained } = await run(['migrate', '--url', 'hunter2 is the password'])
    expect(code).toBe(1)
    expect(complained).toMatch(/^fetch-studio: .+/)
    expect(complained).not.toContain('hunter2')
  })
})
