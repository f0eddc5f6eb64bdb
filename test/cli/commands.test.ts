import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../../src/adapters/node.ts'
import { Studio } from '../../src/index.ts'
import type { ZodType } from 'zod'
import { runCli as run } from '../support/cli.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

let folder = ''
let url = ''
let end = async () => undefined as void

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fetch-studio-cli-'))
  const { sql, url: shared } = await createSharedDatabase()
  url = shared
  end = async () => sql.end()
  await sql.unsafe(`
    create type status as enum ('open', 'it''s done');
    create table authors (id int generated always as identity primary key, name varchar(80) not null, email text unique);
    comment on table authors is 'Who writes. */ alert(1)';
    create table books (id int generated always as identity primary key, author_id int not null references authors,
      status status not null, tags text[] not null default '{}', data jsonb, price numeric, "odd name" bytea);
    create table notes (body text)`)
})
afterAll(async () => {
  await end()
  await rm(folder, { recursive: true, force: true })
})

describe('fetch-studio handshake', () => {
  it('handshake prints the handshake of a database', async () => {
    const { code, printed, errors } = await run(['handshake', url])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(JSON.parse(printed)).toMatchObject({
      protocol_version: '1.0',
      database: { connected: true },
      capabilities: expect.arrayContaining(['read_schema']),
    })
  })

  it('handshake sends STUDIO_TOKEN to a running Studio', async () => {
    const studio = new Studio([], { auth: { token: 'secret-token' } })
    const { url: served, close } = await serve(studio, { port: 0, log: false })
    const refused = await run(['handshake', served])
    const allowed = await run(['handshake', served], { STUDIO_TOKEN: 'secret-token' })
    await close()
    expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('401') })
    expect(JSON.parse(allowed.printed)).toMatchObject({ protocol_version: '1.0' })
  })

  it('handshake exits with 2 without a target or with two', async () => {
    expect(await run(['handshake'])).toMatchObject({ code: 2 })
    expect(await run(['handshake', 'a', 'b'])).toMatchObject({ code: 2 })
  })
})

describe('fetch-studio types', () => {
  it('types prints a module of zod schemas that accept the rows of the tables', async () => {
    const { code, printed } = await run(['types', url])
    expect(code).toBe(0)
    expect(printed).toContain('export type Author = z.infer<typeof authorSchema>')
    expect(printed).toContain('  name: z.string().max(80),')
    expect(printed).toContain('  email: z.string().nullable(),')
    expect(printed).toContain("  status: z.enum(['open', 'it\\'s done']),")
    expect(printed).toContain('  tags: z.array(z.string()),')
    expect(printed).toContain('  data: z.unknown().nullable(),')
    expect(printed).toContain('  "odd name": z.instanceof(Uint8Array).nullable(),')
    expect(printed).toContain('/** Who writes. *\\/ alert(1) */')
    const script = printed
      .replace("import { z } from 'zod'", 'const { z } = zod')
      .replace(/export type .*/g, '')
    const zod = await import('zod')
    const schemas = new Function(
      'zod',
      `${script.replaceAll('export const', 'const')}; return { bookSchema }`,
    )
    const { bookSchema } = schemas(zod) as { bookSchema: ZodType }
    const book = { id: 1, author_id: 1, status: "it's done", tags: ['a'], data: null, price: '1' }
    expect(bookSchema.safeParse({ ...book, 'odd name': null }).success).toBe(true)
    expect(bookSchema.safeParse({ ...book, 'odd name': null, status: 'shut' }).success).toBe(false)
  })
})

describe('fetch-studio erd', () => {
  it('erd draws tables and their relations', async () => {
    const { code, printed } = await run(['erd', url])
    expect(code).toBe(0)
    expect(printed.split('\n')).toEqual(
      expect.arrayContaining([
        'erDiagram',
        '  Author {',
        '    integer id PK',
        '    character_varying(80) name',
        '    text email UK "nullable"',
        '  Book }o--|| Author : author',
        '    bytea odd_name "nullable"',
      ]),
    )
  })
})

describe('fetch-studio check', () => {
  it('check fails from the severity of --fail-on and prints issues with their fixes', async () => {
    const strict = await run(['check', url, '--fail-on', 'warning'])
    expect(strict.code).toBe(1)
    expect(strict.printed).toMatch(/notes.*\(no-primary-key\)/)
    expect(strict.printed).toContain('CREATE INDEX')
    expect((await run(['check', url])).code).toBe(0)
  })

  it('check --json prints the report as JSON', async () => {
    const { code, printed } = await run(['check', url, '--json', '--fail-on', 'info'])
    expect(code).toBe(1)
    const report = JSON.parse(printed) as { issues: { rule: string }[] }
    expect(report).toMatchObject({ ok: false, complete: true, fail_on: 'info' })
    expect(report.issues.map(({ rule }) => rule)).toContain('no-primary-key')
  })

  it('check --baseline ignores known issues and exits with 2 if the file is missing', async () => {
    const baseline = join(folder, 'baseline.json')
    expect(await run(['check', url, '--write-baseline', baseline])).toMatchObject({ code: 0 })
    expect(JSON.parse(await readFile(baseline, 'utf8'))).toMatchObject({ version: 1 })
    const args = ['check', url, '--fail-on', 'info', '--baseline', baseline]
    const { code, printed } = await run(args)
    expect({ code, printed }).toMatchObject({
      code: 0,
      printed: expect.stringContaining('0 issues'),
    })
    const missing = await run(['check', url, '--baseline', join(folder, 'none.json')])
    expect(missing).toMatchObject({
      code: 2,
      errors: expect.stringContaining('Could not read the baseline'),
    })
  })

  it('check exits with 3 if it could not check everything', async () => {
    const { code, printed, errors } = await run([
      'check',
      'postgres://ada:hunter2@127.0.0.1:1/none',
    ])
    expect(code).toBe(3)
    expect(printed + errors).not.toContain('hunter2')
  })

  it.each([
    ['a Studio that is away', 'http://127.0.0.1:1', /Could not reach http:\/\/127\.0\.0\.1:1/],
    [
      'a module that does not exist',
      './no-such-studio.mjs',
      /Could not load \.\/no-such-studio\.mjs/,
    ],
    ['a page that is no Studio', 'http://user:hunter2@127.0.0.1:1/x', /http:\/\/127\.0\.0\.1:1\/x/],
    ['a module that fails', './test/cli/fixtures/empty.mjs', /must export a Studio/],
  ])('check exits with 3 for %s and names it', async (_what, target, message) => {
    const { code, errors } = await run(['check', target])
    expect({ code, errors }).toEqual({ code: 3, errors: expect.stringMatching(message) })
    expect(errors).not.toContain('hunter2')
  })

  it('check exits with 2 for an unknown severity', async () => {
    expect(await run(['check', url, '--fail-on', 'fatal'])).toMatchObject({ code: 2 })
  })
})
