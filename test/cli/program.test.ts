import { describe, expect, it } from 'vitest'
import { library } from '../../src/library.ts'
import { runCli as run } from '../support/cli.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

describe('fetch-studio', () => {
  it.each(['--help', '-h'])('%s lists the commands', async (flag) => {
    const { code, printed, errors } = await run([flag])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(printed).toMatch(/^Usage: fetch-studio <command>/)
    expect(printed).toMatch(/^ {2}migrate +\w/m)
    expect(printed).toMatch(/^ {2}work +\w/m)
  })

  it('--version prints the version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, printed: library.version, errors: '' })
  })

  it.each(['migrate', 'work'])('%s --help prints the usage of the command', async (command) => {
    const { code, printed } = await run([command, '--help'])
    expect(code).toBe(0)
    expect(printed).toMatch(new RegExp(`^Usage: fetch-studio ${command} `))
  })

  it.each([
    [[], 'Missing command'],
    [['fly'], 'Unknown command: fly'],
    [['migrate'], 'DATABASE_URL'],
    [['migrate', '--url', ''], 'DATABASE_URL'],
    [['migrate', '--url', 'postgres://x', '--schema', ''], '--schema'],
    [['migrate', '--speed', 'high'], "Unknown option '--speed'"],
    [['migrate', 'now', '--url', 'postgres://x'], 'takes no argument, but there is also "now"'],
    [['work'], 'work needs <module>'],
    [['work', 'a.mjs', 'b.mjs'], 'takes only <module>, but there is also "b.mjs"'],
    [['handshake', 'a', 'b'], 'takes only [<target>], but there is also "b"'],
    [['migrate', '--url', 'nonsense'], '--url is not a PostgreSQL connection string'],
    [['check', 'mysql://ada:hunter2@db/x'], 'it starts with mysql:'],
    [['check', 'prisma://accelerate/?api_key=hunter2'], 'Prisma Accelerate'],
    [['check', 'postgres://ada:hunter2@db:port/x'], 'a port is a number'],
  ])('the arguments %j exit with 2 and print the usage', async (args, message) => {
    const { code, printed, errors } = await run(args)
    expect({ code, printed }).toEqual({ code: 2, printed: '' })
    expect(errors).toContain(message)
    expect(errors).toContain('Usage: fetch-studio')
    expect(errors).not.toContain('hunter2')
  })

  it.each([
    ['./nowhere.js', 'Could not load ./nowhere.js: there is no such file'],
    ['./test/cli/fixtures/empty.mjs', 'must export a Studio as its default'],
  ])('work %s exits with 1 and prints the reason', async (path, message) => {
    const { code, errors } = await run(['work', path])
    expect(code).toBe(1)
    expect(errors).toContain(message)
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

  it('migrate creates the tables in the database of DATABASE_URL and changes nothing when run again', async () => {
    const { first, again, names } = await tables([], (url) => ({ DATABASE_URL: url }))
    expect(first).toEqual({
      code: 0,
      printed: 'The tables in schema "studio" are up to date',
      errors: '',
    })
    expect(again).toEqual(first)
    expect(names).toEqual(['studio.approvals', 'studio.runs', 'studio.sessions'])
  })

  it('migrate prefers --url to DATABASE_URL and accepts any schema name', async () => {
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
    const { first, names } = await tables(['--url', '', '--schema', 'My Agents'], () => env)
    expect(first).toMatchObject({ code: 0, errors: '' })
    expect(names).toEqual(['My Agents.approvals', 'My Agents.runs', 'My Agents.sessions'])
  })

  it('migrate exits with 1 if no server listens and does not print the password', async () => {
    const { code, errors } = await run(['migrate'], {
      DATABASE_URL: 'postgres://ada:hunter2@127.0.0.1:1/none',
    })
    expect(code).toBe(1)
    expect(errors).toMatch(/database is not available.*ECONNREFUSED/)
    expect(errors).not.toContain('hunter2')
  })

  it('migrate exits with 2 for a malformed connection string and does not print it', async () => {
    const { code, errors } = await run(['migrate', '--url', 'hunter2 is the password'])
    expect(code).toBe(2)
    expect(errors).toMatch(/^fetch-studio: .+/)
    expect(errors).not.toContain('hunter2')
  })
})
