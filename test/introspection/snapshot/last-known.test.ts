import { expect, it } from 'vitest'
import { Studio, type StudioOptions } from '../../../src/index.ts'
import {
  databaseModels,
  kyselyMigrations,
  postgresDatabase,
  sqlMigrations,
} from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { memoryFiles, sampleProject } from '../../support/project.ts'

const tables = `
  create table users (id serial primary key, email text default lower('X'), password_hash text);
  create table posts (id serial primary key, title text default upper('x'), user_id int references users);
  create view authors as select u.id, u.email from users u;
  create table kysely_migration (name text primary key, timestamp text);
  create table aksara_migrations (id serial primary key, name text, applied_at timestamptz default now());
  insert into kysely_migration values ('0001_a', '2026-01-01T00:00:00.000Z');
  insert into aksara_migrations (name) values ('0001_initial');`

describePostgres('The last known state', ({ createDatabase }) => {
  async function createProject(options: StudioOptions = {}) {
    const { sql, url } = await createDatabase({ max: 4 })
    await sql.unsafe(tables)
    const files = memoryFiles({ '0001_initial.sql': '' })
    const project = sampleProject({
      apps: [
        { label: 'blog', models: databaseModels(), migrations: sqlMigrations(files) },
        {
          label: 'jobs',
          migrations: kyselyMigrations(memoryFiles({ '0001_a.ts': 'export const up = 1' })),
        },
      ],
      resources: [{ model: 'User', prefix: '/users' }],
      app: async () => Response.json([{ id: 1, email: 'a', password_hash: 'canary' }]),
    })
    const studio = new Studio([], {
      project,
      database: postgresDatabase(sql),
      allow: ['read_data'],
      snapshotMaxAgeMs: 0,
      onError: () => undefined,
      ...options,
    })
    const send = async (path: string, body?: object) => {
      const response = await studio.fetch(
        new Request(`http://studio.test${path}`, {
          ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
          headers: { 'content-type': 'application/json' },
        }),
      )
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    }
    return { sql, url, send }
  }

  const checksumOf = ({ body }: { body: Record<string, unknown> }) => body['schema_checksum']
  const modelNames = ({ body }: { body: Record<string, unknown> }) =>
    (body['models'] as { name: string }[]).map(({ name }) => name)

  it.concurrent(
    'models and checksums stay as they were while a table is locked, and the problem names the table',
    async () => {
      const { sql, send } = await createProject()
      const before = await send('/studio/context/summary')
      const lock = await sql.reserve()
      await lock`begin`
      await lock`alter table posts add column extra int`
      const during = await send('/studio/context/summary')
      const health = await send('/studio/health')
      await lock`rollback`
      lock.release()
      expect(modelNames(during)).toEqual(modelNames(before))
      const [first, second] = await Promise.all([
        send('/studio/handshake'),
        send('/studio/handshake'),
      ])
      expect(checksumOf(first)).toBe(checksumOf(second))
      expect(health.body['status']).toBe('degraded')
      expect(JSON.stringify(health.body)).toContain(
        'public.posts is locked; shown as before the lock',
      )
    },
  )

  it.concurrent(
    'a table that is locked during the first read lacks only its expressions, and schema health says nothing of it',
    async () => {
      const { sql, send } = await createProject()
      const lock = await sql.reserve()
      await lock`begin`
      await lock`lock table users`
      const during = await send('/studio/context/summary')
      const health = await send('/studio/health')
      const issues = await send('/ai/schema/issues')
      await lock`rollback`
      lock.release()
      expect(modelNames(during)).toEqual(expect.arrayContaining(['Post', 'User']))
      expect(JSON.stringify(health.body)).toContain('public.users is locked; shown as before')
      expect(JSON.stringify(issues.body)).toContain('"posts"')
      expect(JSON.stringify(issues.body)).not.toContain('"users"')
      expect(modelNames(await send('/studio/context/summary'))).toEqual(
        expect.arrayContaining(['Post', 'User']),
      )
    },
  )

  it.concurrent('a history table that cannot be read hides only its own migrations', async () => {
    const { sql, send } = await createProject()
    await sql`insert into kysely_migration values ('0002_b', '2024-99-99T00:00:00.000Z')`
    const { body } = await send('/studio/migrations/summary')
    const apps = body['apps'] as { app_label: string; applied: number }[]
    expect(apps.find(({ app_label }) => app_label === 'blog')).toMatchObject({ applied: 1 })
    const lock = await sql.reserve()
    await lock`begin`
    await lock`lock table kysely_migration`
    const during = await send('/studio/migrations/summary')
    await lock`rollback`
    lock.release()
    expect((during.body['apps'] as { app_label: string; applied: number }[])[0]).toMatchObject({
      applied: 1,
    })
  })

  it.concurrent(
    'rows and models are answered with 503 while it was never known which columns are sensitive',
    async () => {
      const { sql, send } = await createProject()
      const lock = await sql.reserve()
      await lock`begin`
      // Without this catalog no model can be read.
      await lock`lock table pg_catalog.pg_attrdef in access exclusive mode`
      const answers = await Promise.all([
        send('/ai/query/execute', { model: 'User' }),
        send('/ai/tools/user_list/call', { arguments: {} }),
        send('/ai/context/models/User'),
        send('/studio/models/inspect/User'),
      ])
      await lock`rollback`
      lock.release()
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
      expect(JSON.stringify(answers)).not.toContain('canary')
    },
  )

  it.concurrent(
    'tools hide sensitive members while the database is away, if they were known before',
    async () => {
      let isAway = false
      const { sql } = await createProject()
      const database = postgresDatabase(sql)
      const failing = <T>(run: () => Promise<T>): Promise<T> =>
        isAway ? Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' })) : run()
      const { send } = await createProject({
        database: {
          ...database,
          ping: (signal) => failing(() => database.ping(signal)),
          read: (selects, signal) => failing(() => database.read(selects, signal)),
        },
      })
      const before = await send('/ai/tools/user_list/call', { arguments: {} })
      isAway = true
      const during = await send('/ai/tools/user_list/call', { arguments: {} })
      expect([before.status, during.status]).toEqual([200, 200])
      expect(JSON.stringify([before, during])).not.toContain('canary')
    },
  )
})
