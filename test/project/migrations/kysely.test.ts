import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kyselyMigrations } from '../../../src/postgres.ts'
import {
  createWorkshop,
  dumpDatabase,
  listMigrations,
  statesOf,
  type Workshop,
} from '../../support/migrations.ts'
import { withPostgres } from '../../support/postgres.ts'
import { installTool } from '../../support/tools.ts'

/** What is used of Kysely 0.29.9, which is not installed with the project. */
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

describe('migrations of Kysely', () => {
  const { createDatabase } = withPostgres(18)
  let modules = ''
  beforeAll(async () => {
    modules = await installTool('migrate-kysely', 'kysely@0.29.9 pg@8.23.1')
  }, 120_000)

  const workshops: Workshop[] = []
  afterAll(() => Promise.all(workshops.map((workshop) => workshop.close())))

  /** A database, a folder, and what Kysely itself says and does. */
  async function setUp(names: readonly string[]) {
    const { sql, url } = await createDatabase()
    const workshop = await createWorkshop(join(modules, '..'))
    workshops.push(workshop)
    for (const name of names) await workshop.write(`${name}.mjs`, migration(`t_${name}`))
    const load = async (path: string) =>
      (await import(pathToFileURL(join(modules, path)).href)) as object
    const { Kysely, PostgresDialect, Migrator, FileMigrationProvider } = {
      ...(await load('kysely/dist/index.js')),
      ...(await load('kysely/dist/migration/index.js')),
    } as KyselyModule
    const { default: pg } = (await load('pg/lib/index.js')) as {
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
    const source = kyselyMigrations(workshop.path)
    const list = () => listMigrations({ shop: source }, url)
    return { sql, workshop, withMigrator, list }
  }

  const executed = (migrator: KyselyMigrator) =>
    migrator
      .getMigrations()
      .then((all) => all.filter(({ executedAt }) => executedAt).map(({ name }) => name))

  it('are pending, not an error, while Kysely never ran, and nothing is created', async () => {
    const { sql, list } = await setUp(['a', 'b'])
    await list() // the role and its rights are there from now on
    const before = await dumpDatabase(sql)
    const answer = await list()
    expect(await dumpDatabase(sql)).toBe(before)
    expect(statesOf(answer)).toEqual({ a: 'pending', b: 'pending' })
    expect(answer.sources).toMatchObject([{ status: 'uninitialised', tables: [] }])
  })

  it('agree with getMigrations() after a run, a new file and a rollback', async () => {
    const { workshop, withMigrator, list } = await setUp(['a', 'b'])
    expect((await withMigrator((migrator) => migrator.migrateToLatest())).error).toBeUndefined()
    await workshop.write('c.mjs', migration('t_c'))
    const compare = async () => {
      const answer = await list()
      const own = answer.migrations.filter(({ state }) => state === 'applied')
      expect(own.map(({ name }) => name)).toEqual(await withMigrator(executed))
      return answer
    }
    const first = await compare()
    expect(statesOf(first)).toEqual({ a: 'applied', b: 'applied', c: 'pending' })
    expect(first).toMatchObject({ last_applied: 'b', apps: [{ head_migrations: ['c'] }] })
    expect(Date.parse(first.migrations[0]?.applied_at ?? '')).toBeGreaterThan(0)
    await withMigrator((migrator) => migrator.migrateDown())
    expect(statesOf(await compare())).toEqual({ a: 'applied', b: 'pending', c: 'pending' })
  })

  it('conflict where Kysely refuses: a branch that sorts before what ran', async () => {
    const { workshop, withMigrator, list } = await setUp(['a', 'c'])
    await withMigrator((migrator) => migrator.migrateToLatest())
    await workshop.write('b.mjs', migration('t_b'))
    const { error } = await withMigrator((migrator) => migrator.migrateToLatest())
    expect(String(error)).toMatch(/corrupted migrations/)
    const answer = await list()
    expect(statesOf(answer)).toEqual({ a: 'applied', b: 'out_of_order', c: 'applied' })
    expect(answer.apps[0]?.conflicts).toEqual([
      expect.stringMatching(/b has not run, but later ones have.*corrupted migrations/),
    ])
  })

  it('are missing where Kysely refuses: a file that is gone', async () => {
    const { workshop, withMigrator, list } = await setUp(['a', 'b'])
    await withMigrator((migrator) => migrator.migrateToLatest())
    await workshop.remove('b.mjs')
    const { error } = await withMigrator((migrator) => migrator.migrateToLatest())
    expect(String(error)).toMatch(/migration b is missing/)
    expect((await list()).orphans).toMatchObject([
      { app_label: 'shop', name: 'b', state: 'missing' },
    ])
  })

  it('stay pending after a failure, which Kysely rolls back', async () => {
    const { workshop, withMigrator, list } = await setUp(['a'])
    await workshop.write('b.mjs', `export const up = () => { throw new Error('no') }`)
    const { error } = await withMigrator((migrator) => migrator.migrateToLatest())
    expect(String(error)).toContain('no')
    expect(await withMigrator(executed)).toEqual([])
    expect(statesOf(await list())).toEqual({ a: 'pending', b: 'pending' })
  })
})
