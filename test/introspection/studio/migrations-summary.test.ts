import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrationsSummarySchema } from '../../../src/introspection/studio/studio-answers.ts'
import { postgresDatabase, sqlMigrations } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createTestStudio, memoryFiles, sampleProject } from '../../support/project.ts'

/** Reads the summary of apps, each given as its migration files. */
async function summarize(
  apps: Readonly<Record<string, Parameters<typeof memoryFiles>[0]>>,
  options = {},
) {
  const project = sampleProject({
    resources: [],
    apps: Object.entries(apps).map(([label, files]) => ({
      label,
      migrations: sqlMigrations(memoryFiles(files)),
    })),
  })
  const { get } = createTestStudio({ project, ...options })
  return migrationsSummarySchema.parse(await get('/studio/migrations/summary'))
}

const branch = { '0001.sql': '', '0002_a.sql': '', '0002_b.sql': '-- depends: blog.0001' }

describe('GET /studio/migrations/summary', () => {
  it('the migrations summary is empty for a folder that does not exist', async () => {
    const project = sampleProject({
      apps: [{ label: 'blog', migrations: sqlMigrations('/nowhere/at/all') }],
      resources: [],
    })
    expect(await createTestStudio({ project }).get('/studio/migrations/summary')).toEqual({
      total_migrations: 0,
      applied_migrations: 0,
      pending_migrations: 0,
      apps: [],
      conflicts: [],
      last_applied: null,
      migrations_checksum: '0000000000000000',
    })
  })

  it('the migrations summary sorts apps by label and sums their migrations', async () => {
    const summary = await summarize({ shop: { '1.sql': '' }, auth: { '1.sql': '', '2.sql': '' } })
    expect(summary.apps.map(({ app_label, total }) => [app_label, total])).toEqual([
      ['auth', 2],
      ['shop', 1],
    ])
    expect(summary.total_migrations).toBe(3)
  })

  it('the migrations summary chains files by name: a linear history has one head', async () => {
    const summary = await summarize({ blog: { '0002.sql': '', '0001.sql': '', '0003.sql': '' } })
    expect(summary.apps[0]).toMatchObject({ head_migrations: ['0003'], has_conflicts: false })
    expect(summary.conflicts).toEqual([])
  })

  it('the migrations summary reports two heads as a conflict of their app only', async () => {
    const summary = await summarize({ blog: branch, auth: { '0001.sql': '' } })
    expect(summary.conflicts).toEqual([
      {
        app_label: 'blog',
        heads: ['0002_a', '0002_b'],
        message: `App 'blog' has 2 conflicting head migrations that need to be merged.`,
      },
    ])
    expect(summary.apps.map((app) => app.has_conflicts)).toEqual([false, true])
  })

  it('the migrations summary reports no conflict after a migration that merges both heads', async () => {
    const merge = { '0009_merge.sql': '-- depends: blog.0002_a, blog.0002_b' }
    const summary = await summarize({ blog: { ...branch, ...merge } })
    expect(summary.apps[0]?.head_migrations).toEqual(['0009_merge'])
    expect(summary.conflicts).toEqual([])
  })

  it('the migrations summary answers even if migrations depend on each other in a cycle', async () => {
    const summary = await summarize({ blog: { '1.sql': '-- depends: 2', '2.sql': '' } })
    expect(summary.apps).toEqual([
      {
        app_label: 'blog',
        total: 2,
        applied: 0,
        pending: 2,
        has_conflicts: false,
        head_migrations: [],
      },
    ])
  })

  it('the migrations summary lists an app whose migrations cannot be listed', async () => {
    const files = { list: () => Promise.reject(new Error('no')), read: () => Promise.reject() }
    const project = sampleProject({
      apps: [{ label: 'blog', migrations: sqlMigrations(files) }],
      resources: [],
    })
    const { get } = createTestStudio({ project })
    expect(await get('/studio/migrations/summary')).toMatchObject({
      total_migrations: 0,
      apps: [{ app_label: 'blog', total: 0, head_migrations: [] }],
    })
  })
})

describe('a folder of migrations', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'studio-migrations-'))
    for (const name of ['0002_b.sql', '0001_a.sql', '_skip.sql', 'notes.txt']) {
      await writeFile(join(folder, name), '')
    }
  })
  afterAll(() => rm(folder, { recursive: true }))

  const summaryOf = async (path: string) => {
    const project = sampleProject({
      apps: [{ label: 'blog', migrations: sqlMigrations(path) }],
      resources: [],
    })
    const { get } = createTestStudio({ project })
    return {
      summary: migrationsSummarySchema.parse(await get('/studio/migrations/summary')),
      health: (await get('/studio/health')) as { database: { last_error: string | null } },
    }
  }

  it('a migration folder contributes its .sql files that do not begin with an underscore', async () => {
    const { summary } = await summaryOf(folder)
    expect(summary.apps[0]).toMatchObject({ total: 2, head_migrations: ['0002_b'] })
  })

  it('a migration folder that is a file degrades health, which does not show its path', async () => {
    const { summary, health } = await summaryOf(join(folder, 'notes.txt'))
    expect(summary.apps[0]).toMatchObject({ app_label: 'blog', total: 0 })
    expect(health.database.last_error).toBe('migrations of blog: not a folder')
  })
})

describePostgres('applied migrations', ({ createDatabase }) => {
  const files = { '0001.sql': 'a', '0002.sql': 'b', '0003.sql': 'c' }

  it('no migration is applied while the table is missing, and the table is not created', async () => {
    const { sql } = await createDatabase()
    const summary = await summarize({ blog: files }, { database: postgresDatabase(sql) })
    expect(summary).toMatchObject({
      applied_migrations: 0,
      pending_migrations: 3,
      last_applied: null,
    })
    expect(await sql`select to_regclass('aksara_migrations') as found`).toEqual([{ found: null }])
  })

  it('applied migrations match by app and name, or by name only if their row has no label', async () => {
    const { sql } = await createDatabase()
    await sql`create table aksara_migrations (
      id serial, name text, app_label text, applied_at timestamptz default now())`
    await sql`insert into aksara_migrations (name, app_label)
      values ('0001', 'blog'), ('0002', 'shop'), ('0003', null)`
    const apps = { blog: files, shop: files }
    const summary = await summarize(apps, { database: postgresDatabase(sql) })
    expect(
      summary.apps.map(({ app_label, applied, pending }) => [app_label, applied, pending]),
    ).toEqual([
      ['blog', 2, 1],
      ['shop', 2, 1],
    ])
    expect(summary).toMatchObject({
      applied_migrations: 4,
      pending_migrations: 2,
      last_applied: '0003',
    })
  })

  it('rows without a file do not count as applied migrations', async () => {
    const { sql } = await createDatabase()
    await sql`create table aksara_migrations (id serial, name varchar(255) unique)`
    await sql`insert into aksara_migrations (name)
      select 'gone_' || n from generate_series(1, 9) n`
    await sql`insert into aksara_migrations (name) values ('0001')`
    const summary = await summarize({ blog: files }, { database: postgresDatabase(sql) })
    expect(summary).toMatchObject({
      total_migrations: 3,
      applied_migrations: 1,
      pending_migrations: 2,
      last_applied: '0001',
    })
  })

  it('a conflict ends once every head is applied', async () => {
    const { sql } = await createDatabase()
    await sql`create table aksara_migrations (id serial, name text)`
    const database = postgresDatabase(sql)
    const conflictsAfter = async (name: string) => {
      await sql`insert into aksara_migrations (name) values (${name})`
      return (await summarize({ blog: branch }, { database })).conflicts.length
    }
    expect(await conflictsAfter('0002_a')).toBe(1)
    expect(await conflictsAfter('0002_b')).toBe(0)
  })

  it('applied migrations are read from the table of the option `table`', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`create schema ops; create table ops."done" (name text)`)
    await sql`insert into ops.done values ('0001')`
    const source = sqlMigrations(memoryFiles(files), { table: 'ops.done' })
    const project = sampleProject({ apps: [{ label: 'blog', migrations: source }], resources: [] })
    const { get } = createTestStudio({ project, database: postgresDatabase(sql) })
    expect(await get('/studio/migrations/summary')).toMatchObject({ applied_migrations: 1 })
  })

  it('applied migrations are read with no other privilege than SELECT', async () => {
    const { sql, url } = await createDatabase()
    await sql.unsafe(`
      create table aksara_migrations (name text);
      insert into aksara_migrations values ('0001');
      create role viewer login password 'v'; grant select on aksara_migrations to viewer`)
    const { default: postgres } = await import('postgres')
    const viewer = postgres(url.replace('postgres:studio', 'viewer:v'))
    const summary = await summarize({ blog: files }, { database: postgresDatabase(viewer) })
    await viewer.end()
    expect(summary.applied_migrations).toBe(1)
  })
})
