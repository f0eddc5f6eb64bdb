import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ProjectDefinition } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'
import { checksumsSchema } from '../../../src/introspection/introspection-answers.ts'
import { databaseModels, postgresDatabase, sqlMigrations } from '../../../src/postgres.ts'
import { supportedMajors, withPostgres } from '../../support/postgres.ts'
import { createTestStudio, memoryFiles, sampleProject } from '../../support/project.ts'

const User = z.object({ id: z.uuid(), createdAt: z.date().default(() => new Date()) })

function definition(overrides: Partial<ProjectDefinition> = {}, fields = User, sql = 'one') {
  const migrations = sqlMigrations(memoryFiles({ '1.sql': sql }))
  return sampleProject({
    apps: [{ label: 'a', models: zodModels({ User: fields }), migrations }],
    resources: [],
    ...overrides,
  })
}

async function checksums(project = definition(), options = {}) {
  const { get } = createTestStudio({ project, ...options })
  const { checksums } = (await get('/studio/handshake')) as { checksums: unknown }
  return checksumsSchema.parse(checksums)
}

/** Returns the names of the checksums that differ from those of `definition()`. */
async function findChanged(project: ReturnType<typeof definition>, options = {}) {
  const [before, after] = await Promise.all([checksums(), checksums(project, options)])
  const names = Object.keys(before) as (keyof typeof before)[]
  return names.filter((name) => before[name] !== after[name])
}

describe('the checksums', () => {
  it('equal projects have equal checksums, even if a default is the current time or random', async () => {
    expect(await checksums()).toEqual(await checksums())
  })

  it.each([
    ['schema', 'a field is added', definition({}, User.extend({ name: z.string() }) as never)],
    [
      'schema',
      'a field becomes nullable',
      definition({}, User.extend({ id: z.uuid().nullable() }) as never),
    ],
    ['migrations', 'a migration is edited', definition({}, User, 'two')],
    ['settings', 'a setting changes', definition({ settings: { log_level: 'DEBUG' } })],
    ['settings', 'the version changes', definition({ version: '9.9.9' })],
    ['routes', 'a route is added', definition({ routes: [{ method: 'POST', path: '/x' }] })],
  ])('only the %s checksum changes when %s', async (part, _when, project) => {
    expect(await findChanged(project)).toEqual([`${part}_checksum`])
  })

  it('only the settings checksum changes with an option of the studio', async () => {
    expect(await findChanged(definition(), { debug: true, environment: 'test' })).toEqual([
      'settings_checksum',
    ])
  })

  it('the checksums do not depend on the order of fields and routes', async () => {
    const { id, createdAt } = User.shape
    const routes = [
      { method: 'GET', path: '/a' },
      { method: 'GET', path: '/b' },
    ]
    expect(await checksums(definition({ routes }))).toEqual(
      await checksums(definition({ routes: routes.toReversed() }, z.object({ createdAt, id }))),
    )
  })

  it('the checksum of no models, or no migrations, is sixteen zeros', async () => {
    const nothing = await checksums(sampleProject({ apps: [], resources: [] }))
    expect(nothing.schema_checksum).toBe('0000000000000000')
    expect(nothing.migrations_checksum).toBe('0000000000000000')
    expect(nothing.routes_checksum).toMatch(/[1-9a-f]/)
  })
})

describe('the checksums of two processes', () => {
  const root = resolve(import.meta.dirname, '../../..')
  mkdirSync(join(root, '.tools'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tools/checksums-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('two processes in different time zones compute equal checksums', async () => {
    const outfile = join(folder, 'ask.mjs')
    const contents = `
      import { createTestStudio } from './project.ts'
      const { checksums } = await createTestStudio().get('/studio/handshake')
      console.log(JSON.stringify(checksums))`
    await build({
      stdin: { contents, resolveDir: join(root, 'test/support'), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
    })
    const environment = { ...process.env, NODE_ENV: 'same' }
    const run = async (TZ: string) =>
      (await promisify(execFile)(process.execPath, [outfile], { env: { ...environment, TZ } }))
        .stdout
    const [first, second] = await Promise.all([run('UTC'), run('Asia/Kolkata')])
    expect(checksumsSchema.parse(JSON.parse(first))).toEqual(JSON.parse(second))
  })
})

describe('the schema checksum of one schema on every PostgreSQL', () => {
  const servers = supportedMajors.map((major) => withPostgres(major))

  it('the schema checksum is the same on every supported PostgreSQL and for any search path', async () => {
    const found = await Promise.all(
      servers.map(async ({ createDatabase }, index) => {
        const { sql } = await createDatabase({
          connection: { search_path: index ? 'other' : 'public' },
        })
        await sql.unsafe(`
          create type public.mood as enum ('ok', 'sad');
          create table public.users (id serial primary key, mood public.mood default 'ok');
          create table public.posts (id int primary key, user_id int not null references public.users)`)
        const apps = [{ label: 'blog', models: databaseModels() }]
        const project = definition({ apps })
        return (await checksums(project, { database: postgresDatabase(sql) })).schema_checksum
      }),
    )
    expect(found[0]).toMatch(/[1-9a-f]/)
    expect(new Set(found).size).toBe(1)
  })
})
