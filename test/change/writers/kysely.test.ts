import { pathToFileURL } from 'node:url'
import { kyselyMigrations } from '../../../src/postgres.ts'
import { describeWriter } from './describe-writer.ts'

/** The part of Kysely that the test uses. The project does not install Kysely. */
interface KyselyModule {
  Kysely: new (options: { dialect: object }) => { destroy(): Promise<void> }
  PostgresDialect: new (options: { pool: object }) => object
  Migrator: new (options: object) => KyselyMigrator
  FileMigrationProvider: new (options: object) => object
}
interface KyselyMigrator {
  migrateToLatest(): Promise<{ error?: unknown }>
  migrateDown(): Promise<{ error?: unknown }>
}

const migration = (table: string) => `
  export const up = (db) => db.schema.createTable('${table}').addColumn('id', 'integer').execute()
  export const down = (db) => db.schema.dropTable('${table}').execute()`

describeWriter({
  title: 'Kysely',
  packages: ['migrate-kysely', 'kysely@0.29.9 pg@8.23.1'],
  folder: 'migrations',
  rollsBack: true,
  toSource: (folder) => kyselyMigrations(folder),
  async prepare({ workshop, url }, tool) {
    await workshop.write('migrations/1700000000000_a.mjs', migration('a'))
    await workshop.write('migrations/1700000000001_b.mjs', migration('b'))
    const { Kysely, PostgresDialect, Migrator, FileMigrationProvider } = {
      ...(await tool.load('kysely/dist/index.js')),
      ...(await tool.load('kysely/dist/migration/index.js')),
    } as unknown as KyselyModule
    const { default: pg } = (await tool.load('pg/lib/index.js')) as {
      default: { Pool: new (options: object) => object }
    }
    const use = async (action: (migrator: KyselyMigrator) => Promise<{ error?: unknown }>) => {
      const db = new Kysely({
        dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
      })
      const provider = new FileMigrationProvider({
        fs: await import('node:fs/promises'),
        path: await import('node:path'),
        migrationFolder: `${workshop.path}/migrations`,
        import: (path: string) => import(pathToFileURL(path).href),
      })
      const migrator = new Migrator({ db, provider })
      const { error } = await action(migrator).finally(() => db.destroy())
      if (error) throw error
    }
    return {
      up: () => use((migrator) => migrator.migrateToLatest()),
      async down(count) {
        for (let one = 0; one < count; one++) await use((migrator) => migrator.migrateDown())
      },
    }
  },
})
