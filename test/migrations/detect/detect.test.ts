import { describe, expect, it } from 'vitest'
import { defineProject } from '../../../src/index.ts'
import { detectMigrations, memoryFiles, postgresDatabase } from '../../../src/postgres.ts'
import { withPostgres } from '../../support/postgres.ts'
import { listWith } from '../../support/migrations.ts'

/** A repository with the migrations of ten tools, and files that resemble migrations. */
const monorepo = {
  'package.json': '{}',
  'src/index.ts': `import { Kysely } from 'kysely'`,
  'api/prisma/schema.prisma': '',
  'api/prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
  'api/prisma/migrations/20240101000000_a/migration.sql': 'select 1',
  'old/drizzle/meta/_journal.json': `{"version":"7","dialect":"postgresql","entries":[{"idx":0,"when":1,"tag":"0000_a"}]}`,
  'old/drizzle/0000_a.sql': 'select 1',
  'new/drizzle/20240101000000_a/migration.sql': 'select 1',
  'new/drizzle/20240101000000_a/snapshot.json': `{"version":"8","dialect":"postgres","id":"x","prevIds":[]}`,
  'graphile/migrations/committed/000001.sql': '--! Previous: -\n--! Hash: sha1:0\n\nselect 1',
  'db/migrations/20240101_a.sql': '-- migrate:up\nselect 1;\n-- migrate:down\n',
  'orm/migrations/1700000000000-A.ts':
    'export class A1700000000000 implements MigrationInterface {}',
  'kysely/migrations/a.ts': `import type { Kysely } from 'kysely'`,
  'pg/migrations/1_a.js': 'exports.up = (pgm) => {}',
  'knex/migrations/20240101000000_a.js': 'exports.up = (knex) => {}',
  'plain/migrations/0001_a.sql': '-- depends:\nselect 1',
  'mysql/prisma/migrations/migration_lock.toml': 'provider = "mysql"',
}

describe('detectMigrations', () => {
  const { createDatabase } = withPostgres(18)

  it('detectMigrations() recognises each tool by its files, without a database', async () => {
    const found = await detectMigrations(memoryFiles(monorepo))
    expect(found.map(({ label, folder }) => [label, folder])).toEqual([
      ['prisma', 'api/prisma/migrations'],
      ['dbmate', 'db/migrations'],
      ['graphile-migrate', 'graphile/migrations'],
      ['knex', 'knex/migrations'],
      ['kysely', 'kysely/migrations'],
      ['drizzle-new-drizzle', 'new/drizzle'],
      ['drizzle-old-drizzle', 'old/drizzle'],
      ['typeorm', 'orm/migrations'],
      ['node-pg-migrate', 'pg/migrations'],
      ['sql', 'plain/migrations'],
    ])
  })

  it('detectMigrations() returns apps that defineProject() accepts, with one migration each', async () => {
    const apps = await detectMigrations(memoryFiles(monorepo))
    expect(() => defineProject({ name: 'all', apps })).not.toThrow()
    const sources = Object.fromEntries(apps.map(({ label, migrations }) => [label, migrations]))
    const answer = await listWith(sources, null)
    expect(answer.apps.map(({ total }) => total)).toEqual(apps.map(() => 1))
    expect(answer.migrations.map(({ state }) => state)).toEqual(apps.map(() => 'unknown'))
  })

  it('detectMigrations() finds a journal table in a schema of its own, and the source reads that table', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`create schema app;
      create table app.kysely_migration (name varchar(255) primary key, timestamp varchar(255) not null);
      insert into app.kysely_migration values ('a', '2026-01-01T00:00:00.000Z')`)
    const files = memoryFiles({ 'migrations/a.ts': `import { Kysely } from 'kysely'` })
    const [found] = await detectMigrations(files, postgresDatabase(sql))
    expect(found).toMatchObject({ tool: 'kysely', tables: ['app.kysely_migration'] })
    const answer = await listWith(found ? { kysely: found.migrations } : {}, sql)
    expect(answer.migrations).toMatchObject([
      { name: 'a', state: 'applied', applied_at: '2026-01-01T00:00:00.000Z' },
    ])
  })

  it('detectMigrations() reports a table without a folder as a source that is unknown, with no orphans', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`create table migrations (id serial, timestamp bigint, name varchar);
      insert into migrations (timestamp, name) values (1, 'A1700000000000')`)
    const [found] = await detectMigrations(memoryFiles({}), postgresDatabase(sql))
    expect(found).toMatchObject({ tool: 'typeorm', folder: null, tables: ['public.migrations'] })
    const answer = await listWith(found ? { typeorm: found.migrations } : {}, sql)
    expect(answer).toMatchObject({ migrations: [], orphans: [] })
    expect(answer.sources).toMatchObject([{ status: 'unknown' }])
  })

  it('detectMigrations() does not take the schema_migrations table of Rails for dbmate', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`create table schema_migrations (version varchar primary key);
      create table ar_internal_metadata (key varchar, value varchar)`)
    expect(await detectMigrations(memoryFiles({}), postgresDatabase(sql))).toEqual([])
  })
})
