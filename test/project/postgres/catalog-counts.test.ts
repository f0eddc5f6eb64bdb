import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { createBigSchema } from '../../../bench/support/big-schema.ts'
import type { Catalog } from '../../../src/index.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { type ForeignSchema, foreignSchemas } from '../../support/foreign-schemas.ts'
import { countByGraphile, countByKysely, countBySql } from '../../support/introspectors.ts'
import { describePostgres } from '../../support/postgres.ts'

/** The schema of `pgbench -i --foreign-keys --partitions=4`, with two more levels of partitions. */
const partitioned: ForeignSchema = {
  schema: 'public',
  async create(sql) {
    await sql.unsafe(`
      create table branches (bid int primary key, balance int, filler char(88));
      create table tellers (tid int primary key, bid int references branches, filler char(84));
      create table accounts (aid int primary key, bid int references branches, balance int,
        check (balance > -1000000)) partition by range (aid);
      create table history (tid int references tellers, aid int references accounts,
        mtime timestamp not null, note text) partition by list (tid);
      create table history_rest partition of history default partition by hash (aid);
      create unique index on accounts (aid, bid) where balance > 0;
      ${[0, 1, 2, 3].map((n) => `create table accounts_${n} partition of accounts for values from (${n}000) to (${n + 1}000);`).join('')}
      ${[0, 1].map((n) => `create table history_${n} partition of history_rest for values with (modulus 2, remainder ${n});`).join('')}
    `)
  },
}

/** `npm run test:catalog` uses 10,000 tables. */
const tables = Number(process.env['CATALOG_TABLES'] ?? 1_000)

const generated: ForeignSchema = {
  schema: 's0',
  create: (sql: Sql) => createBigSchema(sql, { tables, schemas: 1 }),
}

const databases = { ...foreignSchemas, partitioned, generated }

function countCatalog({ tables, views, enums, domains, ...rest }: Catalog) {
  const sum = (count: (table: Catalog['tables'][number]) => number) =>
    tables.reduce((total, table) => total + count(table), 0)
  return {
    tables: tables.length,
    views: views.length,
    columns: sum(({ columns }) => columns.length),
    primaryKeys: sum(({ primaryKey }) => (primaryKey ? 1 : 0)),
    foreignKeys: sum(({ foreignKeys }) => foreignKeys.length),
    uniqueKeys: sum(({ keys }) => keys.filter(({ kind }) => kind === 'unique').length),
    checks: sum(({ checks }) => checks.length),
    indexes: sum(({ indexes }) => indexes.length),
    triggers: sum(({ triggers }) => triggers.length),
    policies: sum(({ policies }) => policies.length),
    sequences: rest.sequences.length,
    functions: rest.functions.length,
    enums: enums.length,
    domains: domains.length,
    composites: rest.composites.length,
  }
}

describePostgres('the counts of a catalog', ({ createDatabase }) => {
  it.each(Object.entries(databases))(
    'the counts of the catalog match pg_catalog, pg-introspection and Kysely: %s',
    async (_name, { schema, create }) => {
      const { sql, url } = await createDatabase()
      await create(sql, url)
      const catalog = await readCatalog(postgresDatabase(sql), { schemas: [schema] })
      const chosen = {
        ...catalog,
        enums: catalog.enums.filter((type) => type.schema === schema),
      }
      const counts = countCatalog(chosen)
      expect(counts.tables).toBeGreaterThan(3)
      expect(counts).toEqual(await countBySql(sql, schema))
      expect(counts).toMatchObject(await countByGraphile(sql, schema))
      const columns = catalog.tables.flatMap((table) => table.columns)
      expect({
        tables: catalog.tables.length,
        columns: columns.length,
        nullable: columns.filter(({ notNull }) => !notNull).length,
      }).toEqual(await countByKysely(url, schema))
    },
    600_000,
  )
})
