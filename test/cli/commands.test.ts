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
  it('prints what a database is', async () => {
    const { code, printed, complained } = await run(['handshake', url])
    expect({ code, complained }).toEqual({ code: 0, complained: '' })
    expect(JSON.parse(printed)).toMatchObject({
      protocol_version: '1.0',
      database: { connected: true },
      capabilities: expect.arrayContaining(['read_schema']),
    })
  })

  it('asks a Studio that is served, with the token of the environment', async () => {
    const studio = new Studio([], { auth: { token: 'secret-token' } })
    const { url: served, close } = await serve(studio, { port: 0, log: false })
    const refused = await run(['handshake', served])
    const allowed = await run(['handshake', served], { STUDIO_TOKEN: 'secret-token' })
    await close()
    expect(refused).toMatchObject({ code: 1, complained: expect.stringContaining('401') })
    expect(JSON.parse(allowed.printed)).toMatchObject({ protocol_version: '1.0' })
  })

  it('needs somebody to ask', async () => {
    expect(await run(['handshake'])).toMatchObject({ code: 2 })
    expect(await run(['handshake', 'a', 'b'])).toMatchObject({ code: 2 })
  })
})

describe('fetch-studio types', () => {
  it('prints a module of zod schemas that take what the tables hold', async () => {
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
  it('draws tables and what leads from one to another', async () => {
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
  it('fails from the severity on that it is told, and says what is wrong and how to mend it', async () => {
    const strict = await run(['check', url, '--fail-on', 'warning'])
    expect(strict.code).toBe(1)
    expect(strict.printed).toMatch(/notes.*\(no-primary-key\)/)
    expect(strict.printed).toContain('CREATE INDEX')
    expect((await run(['check', url])).code).toBe(0)
  })

  it('prints a report as JSON', async () => {
    const { code, printed } = await run(['check', url, '--json', '--fail-on', 'info'])
    expect(code).toBe(1)
    const report = JSON.parse(printed) as { issues: { rule: string }[] }
    expect(report).toMatchObject({ ok: false, complete: true, fail_on: 'info' })
    expect(report.issues.map(({ rule }) => rule)).toContain('no-primary-key')
  })

  it('passes over what a baseline knows, and fails at what is new', async () => {
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
      code: 1,
      complained: expect.stringContaining('could not be read'),
    })
  })

  it('says with a code of its own that it could not find out', async () => {
    const { code, printed, complained } = await run([
      'check',
      'postgres://ada:hunter2@127.0.0.1:1/none',
    ])
    expect(code).toBe(3)
    expect(printed + complained).not.toContain('hunter2')
  })

  it('is refused with a severity that there is not', async () => {
    expect(await run(['check', url, '--fail-on', 'fatal'])).toMatchObject({ code: 2 })
  })
})
