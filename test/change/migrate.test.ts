import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Migrator, sqlMigrator } from '../../src/postgres.ts'
import {
  addPhone,
  type CodegenOptions,
  createCodegenStudio,
  createShop,
} from '../support/codegen.ts'
import { withPostgres } from '../support/postgres.ts'
import { storeKinds } from '../support/stores.ts'
import { createFolder, type Shown, type TestFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const addIndex = { op: 'add_index', schema: 'shop', table: 'orders', columns: ['phone'] }

async function createMigratingStudio(
  options: CodegenOptions & {
    readonly migrator?: Migrator | null
    readonly migrateMs?: number
  } = {},
) {
  const { migrator = sqlMigrator(sql), migrateMs = 60_000, changes, ...rest } = options
  const studio = await createCodegenStudio(folder, sql, {
    allow: ['ai_codegen', 'apply_migrations'],
    ...rest,
    changes: { approve: 'never', ...(migrator ? { migrator } : {}), migrateMs, ...changes },
  })
  return {
    ...studio,
    migrate: ({ id, digest }: Shown, direction?: 'down', init = studio.confirmed) =>
      studio.post(
        `/ai/changes/${id}/migrate`,
        { expected_digest: digest, ...(direction ? { direction } : {}) },
        init,
      ),
    async applied(...changes: readonly object[]): Promise<Shown> {
      const shown = await studio.propose(...changes)
      expect(await studio.apply(shown)).toMatchObject({ status: 200 })
      return shown
    },
  }
}

const columns = async () =>
  (
    await sql`select attname from pg_attribute where attrelid = 'shop.orders'::regclass and attnum > 0 and not attisdropped order by attnum`
  ).map(({ attname }) => attname as string)

const history = async () =>
  (await sql`select name from aksara_migrations order by id`).map(({ name }) => name as string)

const conflict = (reason: string) => ({
  status: 409,
  body: { error: { code: 'conflict', details: { reason } } },
})

describe.each(storeKinds)('POST /ai/changes/:id/migrate with stores in $name', (store) => {
  it('runs what was applied, finds the database as predicted, and takes all of it back', async () => {
    const studio = await createMigratingStudio({ store })
    const shown = await studio.applied(addPhone, addIndex)
    const migrated = await studio.migrate(shown)
    expect(migrated).toMatchObject({
      status: 200,
      body: {
        status: 'applied',
        migration: { run: { status: 'migrated', drift: [], message: null } },
      },
    })
    expect(await columns()).toContain('phone')
    expect((await history()).slice(1)).toHaveLength(2)
    expect(await studio.rollBack(shown)).toMatchObject(conflict('migration_applied'))
    expect(await studio.migrate(shown)).toMatchObject(conflict('migrated'))
    expect(await studio.migrate(shown, 'down')).toMatchObject({
      status: 200,
      body: { migration: { run: { status: 'reverted', drift: [] } } },
    })
    expect(await columns()).not.toContain('phone')
    expect(await history()).toEqual(['0001_start'])
    expect(await studio.rollBack(shown)).toMatchObject({ status: 200 })
    const { body } = await studio.get(`/ai/changes/${shown.id}`)
    const { events } = body as { events: { type: string }[] }
    expect(events.map(({ type }) => type)).toEqual([
      'previewed',
      'apply_started',
      'applied',
      'migration_started',
      'migrated',
      'rollback_started',
      'rollback_undone',
      'migration_started',
      'migration_reverted',
      'rollback_started',
      'rolled_back',
    ])
  })

  it('runs once when two instances are asked at the same time', async () => {
    const one = await createMigratingStudio({ store })
    const other = await createMigratingStudio({ stores: one.stores })
    const shown = await one.applied(addPhone)
    const answers = await Promise.all([one.migrate(shown), other.migrate(shown)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(await history()).toHaveLength(2)
  })
})

describe('POST /ai/changes/:id/migrate', () => {
  it('needs its header, the digest that was shown, and files that are applied', async () => {
    const studio = await createMigratingStudio()
    const shown = await studio.propose(addPhone)
    expect(
      await studio.migrate(shown, undefined, { headers: { 'x-ai-apply': 'no' } }),
    ).toMatchObject({
      status: 403,
    })
    expect(await studio.migrate({ ...shown, digest: '0'.repeat(64) })).toMatchObject(
      conflict('digest_mismatch'),
    )
    expect(await studio.migrate(shown)).toMatchObject(conflict('pending'))
    const bad = { expected_digest: 'x', direction: 'sideways', more: 1 }
    const answer = await studio.post(`/ai/changes/${shown.id}/migrate`, bad, studio.confirmed)
    expect(answer).toMatchObject({ status: 400 })
    expect(JSON.stringify(answer.body)).toMatch(/expected_digest.*direction/s)
    expect(await history()).toEqual(['0001_start'])
  })

  it('does not exist without its capability or without a migrator, and is not advertised then', async () => {
    for (const options of [{ allow: ['ai_codegen'] as const }, { migrator: null }]) {
      const studio = await createMigratingStudio(options)
      const shown = await studio.applied(addPhone)
      expect(await studio.migrate(shown)).toMatchObject({ status: 404 })
      const { body } = await studio.get('/studio/handshake')
      expect(JSON.stringify(body)).not.toMatch(/migrate_change|apply_migrations/)
      await studio.rollBack(shown)
    }
    const { body } = await (await createMigratingStudio()).get('/studio/handshake')
    expect(JSON.stringify(body)).toMatch(/apply_migrations/)
  })

  it('refuses to run on a database that has changed since the preview, or whose files were edited', async () => {
    const studio = await createMigratingStudio()
    const shown = await studio.applied(addPhone)
    const path = 'db/shop/0002_add_phone_to_orders.sql'
    const text = await folder.read(path)
    await folder.write(path, `${text}-- more\n`)
    expect(await studio.migrate(shown)).toMatchObject(conflict('changed_since_preview'))
    await folder.write(path, text)
    await sql.unsafe('alter table shop.orders add check (amount >= 0)')
    expect(await studio.migrate(shown)).toMatchObject(conflict('changed_since_preview'))
    expect(await history()).toEqual(['0001_start'])
  })

  it('says why a migration failed, leaves nothing of it, and runs it when the reason is gone', async () => {
    const studio = await createMigratingStudio({
      migrator: sqlMigrator(sql, { lockTimeoutMs: 50 }),
    })
    const shown = await studio.applied(addPhone)
    await sql.begin(async (other) => {
      await other`lock table shop.orders in access share mode`
      expect(await studio.migrate(shown)).toMatchObject({
        status: 422,
        body: {
          error: {
            message: expect.stringContaining('a lock was not available'),
            details: {
              reason: 'migration_failed',
              change_set: { status: 'applied', migration: { run: { status: 'failed' } } },
            },
          },
        },
      })
    })
    expect(await columns()).not.toContain('phone')
    expect(await studio.migrate(shown)).toMatchObject({
      status: 200,
      body: { migration: { run: { status: 'migrated' } } },
    })
  })

  it('does the rest of a migration that stopped half way', async () => {
    const own = sqlMigrator(sql)
    const first: Migrator = {
      ...own,
      up: (job, signal) => own.up({ ...job, migrations: job.migrations.slice(0, 1) }, signal),
    }
    const broken = await createMigratingStudio({ migrator: first })
    const shown = await broken.applied(addPhone, addIndex)
    expect(await broken.migrate(shown)).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('1 of 2') } },
    })
    const studio = await createMigratingStudio({ stores: broken.stores })
    expect(await studio.migrate(shown)).toMatchObject({
      status: 200,
      body: { migration: { run: { status: 'migrated', drift: [] } } },
    })
  })

  it('says loudly when the database is not as predicted', async () => {
    const own = sqlMigrator(sql)
    const studio = await createMigratingStudio({
      migrator: {
        ...own,
        async up(job, signal) {
          await own.up(job, signal)
          await sql.unsafe('create index surprise on shop.orders (amount)')
        },
      },
    })
    const shown = await studio.applied(addPhone)
    expect(await studio.migrate(shown)).toMatchObject({
      status: 200,
      body: {
        migration: { run: { status: 'drifted', drift: [expect.stringContaining('differs')] } },
      },
    })
  })

  it('ends a migrator that never answers, and does not believe one that has done nothing', async () => {
    const idle: Migrator = { tools: ['sql'], up: async () => undefined }
    const studio = await createMigratingStudio({ migrator: idle })
    const shown = await studio.applied(addPhone)
    expect(await studio.migrate(shown)).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('0 of 1') } },
    })
    expect(await studio.migrate(shown, 'down')).toMatchObject(conflict('irreversible'))
    const stuck: Migrator = { tools: ['sql'], up: () => new Promise(() => undefined) }
    const waiting = await createMigratingStudio({
      migrator: stuck,
      migrateMs: 100,
      stores: studio.stores,
    })
    expect(await waiting.migrate(shown)).toMatchObject({
      status: 422,
      body: { error: { message: expect.stringContaining('100 ms') } },
    })
  })

  it('never tells what the migrator throws', async () => {
    const leaking: Migrator = {
      tools: ['sql'],
      up: () => Promise.reject(new Error('postgres://root:hunter2@db/shop failed')),
    }
    const studio = await createMigratingStudio({ migrator: leaking })
    const shown = await studio.applied(addPhone)
    const answer = await studio.migrate(shown)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).not.toContain('hunter2')
  })

  it('refuses migrations of a tool that the migrator does not run', async () => {
    const studio = await createMigratingStudio({
      migrator: { ...sqlMigrator(sql), tools: ['knex'] },
    })
    const shown = await studio.applied(addPhone)
    expect(await studio.migrate(shown)).toMatchObject(conflict('tool_unsupported'))
  })

  it('a process that was lost while its migration ran leaves it failed, and another does the rest', async () => {
    const own = sqlMigrator(sql)
    const lost: { -readonly [Key in keyof Migrator]: Migrator[Key] } = { ...own }
    let resume: () => void = () => undefined
    const halted = new Promise<void>((resolve) => (resume = resolve))
    const reached = new Promise<void>((reach) => {
      lost.up = async (job, signal) => {
        await own.up({ ...job, migrations: job.migrations.slice(0, 1) }, signal)
        reach()
        await halted
      }
    })
    const first = await createMigratingStudio({ migrator: lost })
    const shown = await first.applied(addPhone, addIndex)
    const answer = first.migrate(shown)
    await reached
    first.clock.advance(3_600_000) // the lease of the first process runs out
    const { stores, clock } = first
    const other = await createMigratingStudio({ stores, clock })
    const run = async () => {
      const { body } = await other.get(`/ai/changes/${shown.id}`)
      return body as { status: string; migration: { run: { status: string } } }
    }
    expect(await run()).toMatchObject({
      status: 'applied',
      migration: { run: { status: 'failed', message: expect.stringContaining('process ended') } },
    })
    expect(await other.migrate(shown)).toMatchObject({
      status: 200,
      body: { migration: { run: { status: 'migrated', drift: [] } } },
    })
    resume()
    expect(await answer).toMatchObject({ status: 503 })
    expect(await run()).toMatchObject({ migration: { run: { status: 'migrated' } } })
    expect(await history()).toHaveLength(3)
  })
})
