import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { Studio, defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { foreignSchemas } from '../support/foreign-schemas.ts'
import { describePostgres, type PostgresFixture } from '../support/postgres.ts'

/** Counts independently of the library, with information_schema and short catalog queries. */
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

describePostgres(
  'databaseModels on schemas of other products',
  ({ createDatabase }: PostgresFixture) => {
    it.each(['graphile-worker', 'Backstage catalog'])(
      'databaseModels() finds every table, column and key of %s',
      async (name) => {
        const source = foreignSchemas[name]
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
        const response = await studio.fetch(
          new Request('http://studio.test/studio/context/summary'),
        )
        const summary = (await response.json()) as { models: { table_name: string }[] }
        expect(summary.models.map((model) => model.table_name).sort()).toEqual(
          models.map(({ table }) => table).sort(),
        )
      },
      120_000,
    )
  },
)
