import { describe, expect, it } from 'vitest'
import { migrationListSchema } from '../../../src/introspection/studio/studio-answers.ts'
import {
  kyselyMigrations,
  knexMigrations,
  memoryFiles,
  postgresDatabase,
  prismaMigrations,
  sqlMigrations,
  typeormMigrations,
} from '../../../src/postgres.ts'
import { listMigrations, listWith, statesOf } from '../../support/migrations.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

const files = (...names: string[]) =>
  memoryFiles(Object.fromEntries(names.map((name) => [name, name])))
const kyselyTable = `create table kysely_migration
  (name varchar(255) primary key, timestamp varchar(255) not null)`

describe('GET /studio/migrations', () => {
  it('GET /studio/migrations lists every migration as unknown without a database, which is no problem for health', async () => {
    const { get, send } = createTestStudio()
    const answer = migrationListSchema.parse(await get('/studio/migrations'))
    expect(new Set(answer.migrations.map(({ state }) => state))).toEqual(new Set(['unknown']))
    expect(answer.sources[0]).toMatchObject({
      tool: 'sql',
      status: 'unknown',
      problems: ['no database is configured'],
    })
    expect(await get('/studio/health')).toMatchObject({ database: { last_error: null } })
    const summary = (await get('/studio/migrations/summary')) as { migrations_checksum: string }
    expect(answer.migrations_checksum).toBe(summary.migrations_checksum)
    const etag = (await send('/studio/migrations')).headers.get('etag') ?? ''
    const again = await send('/studio/migrations', { 'if-none-match': etag })
    expect(again.status).toBe(304)
  })

  it('GET /studio/migrations lists every migration as unknown while the database is unavailable', async () => {
    const refused = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
    const database = fakeDatabase({ ping: refused, read: refused })
    const { get } = createTestStudio({ database })
    const answer = migrationListSchema.parse(await get('/studio/migrations'))
    expect(new Set(answer.migrations.map(({ state }) => state))).toEqual(new Set(['unknown']))
  })

  it('GET /studio/migrations reports the source as unknown, not its migrations as missing, if the files cannot be listed', async () => {
    const broken = { list: () => Promise.reject(new Error('no')), read: () => Promise.reject() }
    const rows = { journal_0: [['gone', 1]] }
    const table = ['public', 'kysely_migration', '{"name":"text","timestamp":"text"}', 1, 1, 0]
    const database = fakeDatabase({
      read: async (selects) => ('candidates' in selects ? { candidates: [table] } : rows) as never,
    })
    const apps = [{ label: 'shop', migrations: kyselyMigrations(broken) }]
    const { get } = createTestStudio({ project: sampleProject({ apps, resources: [] }), database })
    expect(await get('/studio/migrations')).toMatchObject({
      orphans: [],
      sources: [{ status: 'unknown' }],
    })
  })
})

describePostgres('the tables of migration tools', ({ createDatabase, openPool }) => {
  it('the tables of all migration tools are read in two round trips', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(kyselyTable)
    await sql`create table aksara_migrations (name text)`
    const reads: string[][] = []
    const real = postgresDatabase(sql)
    const database = {
      ...real,
      read: ((selects, signal) => {
        const names = Object.keys(selects).filter((name) => /^(candidates|journal_)/.test(name))
        if (names.length > 0) reads.push(names)
        return real.read(selects, signal)
      }) as typeof real.read,
    }
    const apps = [
      { label: 'a', migrations: kyselyMigrations(files('1.ts')) },
      { label: 'b', migrations: knexMigrations(files('1.ts')) },
      { label: 'c', migrations: typeormMigrations(files('1.ts')) },
      { label: 'd', migrations: prismaMigrations(files('1/migration.sql')) },
      { label: 'e', migrations: sqlMigrations(files('1.sql')) },
      { label: 'f', migrations: sqlMigrations(files('1.sql')) },
    ]
    const { get } = createTestStudio({ project: sampleProject({ apps, resources: [] }), database })
    await get('/studio/migrations')
    expect(reads).toEqual([['candidates'], ['journal_0', 'journal_1']])
  })

  it('a table without the SELECT privilege makes only its own migrations unknown', async () => {
    const { sql, url } = await createDatabase()
    await sql.unsafe(`${kyselyTable};
      create table migrations (id serial, timestamp bigint, name varchar);
      insert into migrations (timestamp, name) values (1, 'A1700000000000');
      create role narrow login password 'n'; grant select on migrations to narrow`)
    const reader = openPool(url.replace('postgres:studio', 'narrow:n'))
    const source = typeormMigrations(memoryFiles({ 'a.ts': 'class A1700000000000 {}' }))
    const answer = await listWith({ a: kyselyMigrations(files('1.ts')), b: source }, reader)
    expect(statesOf(answer)).toEqual({ '1': 'unknown', A1700000000000: 'applied' })
    expect(answer.sources[0]).toMatchObject({
      status: 'unknown',
      problems: ['permission denied for the table public.kysely_migration'],
    })
  })

  it('a table with row security makes migrations unknown, not pending', async () => {
    const { sql, url } = await createDatabase()
    await sql.unsafe(`${kyselyTable}; insert into kysely_migration values ('1', '');
      alter table kysely_migration enable row level security`)
    const answer = await listMigrations({ a: kyselyMigrations(files('1.ts')) }, url)
    expect(statesOf(answer)).toEqual({ '1': 'unknown' })
    expect(answer.sources[0]?.problems).toEqual([expect.stringContaining('row security')])
  })

  it('a table outside the search path makes migrations unknown until its schema is configured', async () => {
    const { sql, url } = await createDatabase()
    await sql.unsafe(`create schema app; set search_path = app; ${kyselyTable};
      insert into kysely_migration values ('1', '')`)
    const unnamed = await listMigrations({ a: kyselyMigrations(files('1.ts')) }, url)
    expect(statesOf(unnamed)).toEqual({ '1': 'unknown' })
    expect(unnamed.sources[0]?.problems[0]).toContain('app.kysely_migration is outside')
    const named = kyselyMigrations(files('1.ts'), { schema: 'app' })
    expect(statesOf(await listMigrations({ a: named }, url))).toEqual({ '1': 'applied' })
  })

  it('a table of another tool with the same name makes migrations unknown', async () => {
    const { sql, url } = await createDatabase()
    await sql`create table migrations (id serial, migration varchar, batch int)` // Laravel's
    const source = typeormMigrations(memoryFiles({ 'a.ts': 'class A1700000000000 {}' }))
    const answer = await listMigrations({ a: source }, url)
    expect(statesOf(answer)).toEqual({ A1700000000000: 'unknown' })
    expect(answer.sources[0]?.problems[0]).toContain('has no column "timestamp"')
  })

  it('the table of plain SQL shows edited migrations by their checksum, and skipped ones as out of order', async () => {
    const { sql, url } = await createDatabase()
    await sql.unsafe(`create table aksara_migrations (id serial, name text, checksum varchar(64));
      insert into aksara_migrations (name, checksum) values ('1', '0123456789abcdef'), ('3', null)`)
    const answer = await listMigrations({ a: sqlMigrations(files('1.sql', '2.sql', '3.sql')) }, url)
    expect(statesOf(answer)).toEqual({ '1': 'modified', '2': 'out_of_order', '3': 'applied' })
  })
})
