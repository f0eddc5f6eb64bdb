import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { Studio, defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { describePostgres, type PostgresFixture } from '../support/postgres.ts'
import { installTool, unpackPackage } from '../support/tools.ts'

/** Databases other people designed, made by their own migrations, out of packages that are downloaded for the test. */
const foreign: Record<string, { schema: string; create(sql: Sql, url: string): Promise<void> }> = {
  'graphile-worker': {
    schema: 'graphile_worker',
    async create(sql) {
      const folder = join(await unpackPackage('graphile-worker', 'graphile-worker@0.18.0'), 'sql')
      await sql.unsafe('create schema graphile_worker')
      for (const file of (await readdir(folder)).sort()) {
        const text = await readFile(join(folder, file), 'utf8')
        await sql.unsafe(text.replaceAll(/:GRAPHILE_WORKER_SCHEMA\b/g, 'graphile_worker'))
      }
    },
  },
  'Backstage catalog': {
    schema: 'public',
    async create(_sql, url) {
      const spec = '@backstage/plugin-catalog-backend@4.0.0'
      const directory = join(await unpackPackage('backstage-catalog', spec), 'migrations')
      const modules = await installTool('knex', 'knex@3.1.0 pg@8.16.3')
      const knex = createRequire(join(modules, 'x.js'))('knex') as Knex
      const client = knex({ client: 'pg', connection: url })
      try {
        await client.migrate.latest({ directory })
      } finally {
        await client.destroy()
      }
    },
  },
}

type Knex = (options: { client: string; connection: string }) => {
  migrate: { latest(options: { directory: string }): Promise<unknown> }
  destroy(): Promise<void>
}

/** Counted by other means than those of the library: information_schema and to-the-point catalog queries. */
async function countBySql(sql: Sql, schema: string) {
  const [counts] = await sql`
    select
      (select count(*)::int from information_schema.tables
        where table_schema = ${schema} and table_type = 'BASE TABLE') as tables,
      (select count(*)::int from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = ${schema} and table_type = 'BASE TABLE') as columns,
      (select count(*)::int from pg_constraint
        where contype = 'p' and connamespace = ${schema}::regnamespace) as primary_keys,
      (select count(*)::int from pg_constraint
        where contype = 'f' and connamespace = ${schema}::regnamespace) as foreign_keys,
      (select count(*)::int from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = ${schema} and table_type = 'BASE TABLE' and is_nullable = 'YES'
      ) as nullable`
  return counts
}

describePostgres('a database that is not ours', ({ createDatabase }: PostgresFixture) => {
  it.each(Object.keys(foreign))(
    '%s: every table, column and key is found',
    async (name) => {
      const source = foreign[name]
      if (!source) throw new Error(name)
      const { schema } = source
      const { sql, url } = await createDatabase()
      await source.create(sql, url)

      const database = postgresDatabase(sql)
      const models = await databaseModels({ schema }).read(database)
      const fields = models.flatMap((model) => model.fields)
      expect({
        tables: models.length,
        columns: fields.length,
        primary_keys: models.filter((model) => model.fields.some((field) => field.primaryKey))
          .length,
        foreign_keys: models
          .flatMap((model) => model.relations)
          .filter(({ type }) => type === 'foreign_key').length,
        nullable: fields.filter((field) => field.nullable).length,
      }).toEqual(await countBySql(sql, schema))
      expect(models.length).toBeGreaterThan(3)
      expect(fields.every(({ type }) => type !== 'unknown')).toBe(true)

      const apps = [{ label: 'foreign', models: databaseModels({ schema }) }]
      const studio = new Studio([], { project: defineProject({ name, apps }), database })
      const response = await studio.fetch(new Request('http://studio.test/studio/context/summary'))
      const summary = (await response.json()) as { models: { table_name: string }[] }
      expect(summary.models.map((model) => model.table_name).sort()).toEqual(
        models.map(({ table }) => table).sort(),
      )
    },
    120_000,
  )
})
