import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { kyselyMigrations } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

/** The part of Kysely that the test uses. The project does not install Kysely. */
interface KyselyModule {
  Kysely: new (options: { dialect: object }) => { destroy(): Promise<void> }
  PostgresDialect: new (options: { pool: object }) => object
  Migrator: new (options: object) => KyselyMigrator
  FileMigrationProvider: new (options: object) => object
}
interface KyselyMigrator {
  getMigrations(): Promise<readonly { name: string; executedAt?: Date }[]>
  migrateToLatest(): Promise<{ error?: unknown }>
  migrateDown(): Promise<{ error?: unknown }>
}

const migration = (table: string) => `
  export const up = (db) => db.schema.createTable('${table}').addColumn('id', 'integer').execute()
  export const down = (db) => db.schema.dropTable('${table}').execute()`

describe('kyselyMigrations', () => {
  const tool = withTool('migrate-kysely', 'kysely@0.29.9 pg@8.23.1')

  /** Returns a database, a folder, and functions that run Kysely on both. */
  async function setUp(names: readonly string[]) {
    const place = await tool.setUp((path) => kyselyMigrations(path))
    const { workshop, url } = place
    for (const name of names) await workshop.write(`${name}.mjs`, migration(`t_${name}`))
    const { Kysely, PostgresDialect, Migrator, FileMigrationProvider } = {
      ...(await tool.load('kysely/dist/index.js')),
      ...(await tool.load('kysely/dist/migration/index.js')),
    } as unknown as KyselyModule
    const { default: pg } = (await tool.load('pg/lib/index.js')) as {
      default: { Pool: new (options: object) => object }
    }
    const withMigrator = async <T>(use: (migrator: KyselyMigrator) => Promise<T>): Promise<T> => {
      const pool = new pg.Pool({ connectionString: url, max: 1 })
      const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
      const provider = new FileMigrationProvider({
        fs: await import('node:fs/promises'),
        path: await import('node:path'),
        migrationFolder: workshop.path,
        import: (path: string) => import(pathToFileURL(path).href),
      })
      return use(new Migrator({ db, provider })).finally(() => db.destroy())
    }
    const migrate = () => withMigrator((migrator) => migrator.migrateToLatest())
    return { ...place, withMigrator, migrate }
  }

  const executed = (migrator: KyselyMigrator) =>
    migrator
      .getMigrations()
      .then((all) => all.filter(({ executedAt }) => executedAt).map(({ name }) => name))

  it('Kysely migrations are pending before the first run, without an error', async () => {
    const { list } = await setUp(['a', 'b'])
    const answer = await list()
    expect(statesOf(answer)).toEqual({ a: 'pending', b: 'pending' })
    expect(answer.sources).toMatchObject([{ status: 'uninitialised', tables: [] }])
  })

  it('Kysely migrations match getMigrations() after a run, a new file and a rollback', async () => {
    const { workshop, withMigrator, migrate, list } = await setUp(['a', 'b'])
    expect((await migrate()).error).toBeUndefined()
    await workshop.write('c.mjs', migration('t_c'))
    const compare = async () => {
      const answer = await list()
      const applied = answer.migrations.filter(({ state }) => state === 'applied')
      expect(applied.map(({ name }) => name)).toEqual(await withMigrator(executed))
      return answer
    }
    const first = await compare()
    expect(statesOf(first)).toEqual({ a: 'applied', b: 'applied', c: 'pending' })
    expect(first).toMatchObject({ last_applied: 'b', apps: [{ head_migrations: ['c'] }] })
    expect(Date.parse(first.migrations[0]?.applied_at ?? '')).toBeGreaterThan(0)
    await withMigrator((migrator) => migrator.migrateDown())
    expect(statesOf(await compare())).toEqual({ a: 'applied', b: 'pending', c: 'pending' })
  })

  it('an edited Kysely migration stays applied, because Kysely does not detect edits', async () => {
    const { workshop, withMigrator, migrate, list } = await setUp(['a'])
    await migrate()
    await workshop.write('a.mjs', migration('other'))
    expect(await withMigrator(executed)).toEqual(['a'])
    expect(statesOf(await list())).toEqual({ a: 'applied' })
  })

  it('a late Kysely migration is out of order and conflicts, because Kysely refuses it', async () => {
    const { workshop, migrate, list } = await setUp(['a', 'c'])
    await migrate()
    await workshop.write('b.mjs', migration('t_b'))
    expect(String((await migrate()).error)).toMatch(/corrupted migrations/)
    const answer = await list()
    expect(statesOf(answer)).toEqual({ a: 'applied', b: 'out_of_order', c: 'applied' })
    expect(answer.apps[0]?.conflicts).toEqual([
      expect.stringMatching(/b has not run, but later ones have.*corrupted migrations/),
    ])
  })

  it('a Kysely migration without its file is missing, and Kysely refuses to run', async () => {
    const { workshop, migrate, list } = await setUp(['a', 'b'])
    await migrate()
    await workshop.remove('b.mjs')
    expect(String((await migrate()).error)).toMatch(/migration b is missing/)
    expect((await list()).orphans).toMatchObject([
      { app_label: 'shop', name: 'b', state: 'missing' },
    ])
  })

  it('Kysely migrations stay pending after a failed run, which Kysely rolls back', async () => {
    const { workshop, withMigrator, migrate, list } = await setUp(['a'])
    await workshop.write('b.mjs', `export const up = () => { throw new Error('no') }`)
    expect(String((await migrate()).error)).toContain('no')
    expect(await withMigrator(executed)).toEqual([])
    expect(statesOf(await list())).toEqual({ a: 'pending', b: 'pending' })
  })
})
