import { describe, expect, it } from 'vitest'
import { contextSummarySchema } from '../../../src/introspection/studio/studio-answers.ts'
import { databaseModels, postgresDatabase, sqlMigrations } from '../../../src/postgres.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio, memoryFiles, sampleProject } from '../../support/project.ts'

const summarize = async (options = {}) =>
  contextSummarySchema.parse(await createTestStudio(options).get('/studio/context/summary'))

describe('GET /studio/context/summary', () => {
  it('the context summary counts apps, models, viewsets, routes, tools and migrations', async () => {
    const { studio, get } = createTestStudio()
    expect(await get('/studio/context/summary')).toMatchObject({
      app_count: 2,
      model_count: 2,
      viewset_count: 1,
      route_count: studio.routes.length + 1,
      ai_tool_count: 9,
      migration_count: 3,
      pending_migrations: 3,
    })
  })

  it('the context summary lists models by name with their tables', async () => {
    const { models } = await summarize()
    expect(models).toEqual([
      { name: 'Author', table_name: 'authors', field_count: 2, has_relations: false },
      { name: 'Book', table_name: 'books', field_count: 3, has_relations: true },
    ])
  })

  it('the context summary counts all migrations as pending without a database', async () => {
    const { database_status, migration_status } = await summarize()
    expect(database_status.connected).toBe(false)
    expect(migration_status).toEqual({
      total: 3,
      applied: 0,
      pending: 3,
      has_conflicts: false,
      last_applied: null,
    })
  })

  it('the context summary reports conflicting migrations in has_conflicts', async () => {
    const files = { '1.sql': '', '2.sql': '-- depends: a.1', '3.sql': '-- depends: a.1' }
    const project = sampleProject({
      apps: [{ label: 'a', migrations: sqlMigrations(memoryFiles(files)) }],
      resources: [],
    })
    const { migration_status } = await summarize({ project })
    expect(migration_status.has_conflicts).toBe(true)
  })

  it('the context summary has the same checksums as the handshake and the migrations summary', async () => {
    const { get } = createTestStudio()
    const { checksums } = (await get('/studio/context/summary')) as { checksums: object }
    expect(await get('/studio/handshake')).toMatchObject({ checksums })
    const { migrations_checksum } = (await get('/studio/migrations/summary')) as object & {
      migrations_checksum: string
    }
    expect(checksums).toMatchObject({ migrations_checksum })
  })

  it('the context summary describes an empty project if none is given', async () => {
    const summary = await summarize({ project: undefined })
    expect(summary).toMatchObject({ app_count: 0, model_count: 0, migration_count: 0, models: [] })
  })
})

describe('GET /studio/context/summary over PostgreSQL', () => {
  const { createDatabase } = withPostgres()

  it('the context summary reports the tables and applied migrations of PostgreSQL', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`
      create table users (id int primary key, email text, name text);
      create table posts (id int primary key, author_id int references users);
      create table aksara_migrations (
        id serial primary key, name varchar(255) not null unique, app_label varchar(255),
        applied_at timestamptz default now()
      );
      insert into aksara_migrations (name, app_label) values ('0001_initial', 'blog');
    `)
    const files = memoryFiles({ '0001_initial.sql': 'one', '0002_tags.sql': 'two' })
    const blog = { label: 'blog', models: databaseModels(), migrations: sqlMigrations(files) }
    const project = sampleProject({ apps: [blog], resources: [] })
    const summary = await summarize({ project, database: postgresDatabase(sql) })
    expect(summary.models).toEqual([
      { name: 'Post', table_name: 'posts', field_count: 2, has_relations: true },
      { name: 'User', table_name: 'users', field_count: 3, has_relations: false },
    ])
    expect(summary.migration_status).toEqual({
      total: 2,
      applied: 1,
      pending: 1,
      has_conflicts: false,
      last_applied: '0001_initial',
    })
    expect(summary.database_status).toMatchObject({
      connected: true,
      pool_size: 10,
      last_error: null,
    })
    expect(summary.database_status.latency_ms).toBeGreaterThan(0)
  })
})
