import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sql } from 'postgres'
import { installTool } from './tools.ts'

/** How many objects of each kind an introspector finds in one schema. */
export interface ObjectCounts {
  readonly [kind: string]: number
}

async function importTool(name: string): Promise<unknown> {
  const modules = await installTool(
    'introspectors',
    'pg-introspection@1.0.1 kysely@0.28.8 pg@8.16.3',
  )
  return import(pathToFileURL(createRequire(join(modules, '..', 'x.js')).resolve(name)).href)
}

interface Graphile {
  makeIntrospectionQuery(): string
  parseIntrospectionResults(json: string): {
    readonly namespaces: readonly { _id: string; nspname: string }[]
    readonly classes: readonly { _id: string; relnamespace: string; relkind: string }[]
    readonly attributes: readonly {
      attrelid: string
      attnum: number
      attisdropped?: boolean | null
    }[]
    readonly constraints: readonly { conrelid: string; contype: string; conparentid: string }[]
    readonly indexes: readonly { indrelid: string }[]
    readonly types: readonly { typnamespace: string; typtype: string }[]
  }
}

/** Counts objects with Graphile's pg-introspection. */
export async function countByGraphile(sql: Sql, schema: string): Promise<ObjectCounts> {
  const { makeIntrospectionQuery, parseIntrospectionResults } = (await importTool(
    'pg-introspection',
  )) as Graphile
  const [row] = await sql.unsafe(makeIntrospectionQuery()).values()
  const found = parseIntrospectionResults(row?.[0] as string)
  const namespace = found.namespaces.find(({ nspname }) => nspname === schema)?._id
  const classes = found.classes.filter(({ relnamespace }) => relnamespace === namespace)
  const ofKind = (...kinds: string[]) => classes.filter(({ relkind }) => kinds.includes(relkind))
  const tables = new Set(ofKind('r', 'p', 'f').map(({ _id }) => _id))
  const constraints = found.constraints.filter(({ conrelid }) => tables.has(conrelid))
  const ofType = (type: string) => constraints.filter(({ contype }) => contype === type)
  const types = found.types.filter(({ typnamespace }) => typnamespace === namespace)
  return {
    tables: tables.size,
    views: ofKind('v', 'm').length,
    columns: found.attributes.filter(
      ({ attrelid, attnum, attisdropped }) => tables.has(attrelid) && attnum > 0 && !attisdropped,
    ).length,
    primaryKeys: ofType('p').length,
    foreignKeys: ofType('f').filter(({ conparentid }) => !Number(conparentid)).length,
    uniqueKeys: ofType('u').length,
    checks: ofType('c').length,
    indexes: found.indexes.filter(({ indrelid }) => tables.has(indrelid)).length,
    enums: types.filter(({ typtype }) => typtype === 'e').length,
    domains: types.filter(({ typtype }) => typtype === 'd').length,
  }
}

interface Kysely {
  Kysely: new (options: { dialect: object }) => {
    readonly introspection: {
      getTables(options: object): Promise<
        readonly {
          schema?: string
          isView: boolean
          columns: readonly { isNullable: boolean; hasDefaultValue: boolean }[]
        }[]
      >
    }
    destroy(): Promise<void>
  }
  PostgresDialect: new (options: { pool: unknown }) => object
}

interface Pg {
  readonly default: { readonly Pool: new (options: { connectionString: string }) => unknown }
}

/** Counts objects with Kysely's introspection. */
export async function countByKysely(url: string, schema: string): Promise<ObjectCounts> {
  const { Kysely, PostgresDialect } = (await importTool('kysely')) as Kysely
  const { default: pg } = (await importTool('pg')) as Pg
  const db = new Kysely({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) }),
  })
  try {
    const found = await db.introspection.getTables({ withInternalKyselyTables: true })
    const tables = found.filter((table) => table.schema === schema && !table.isView)
    const columns = tables.flatMap((table) => table.columns)
    return {
      tables: tables.length,
      columns: columns.length,
      nullable: columns.filter(({ isNullable }) => isNullable).length,
    }
  } finally {
    await db.destroy()
  }
}

/** Counts objects with one statement on `pg_catalog` per kind. */
export async function countBySql(sql: Sql, schema: string): Promise<ObjectCounts> {
  const own = sql`${schema}::regnamespace`
  const tables = sql`select oid from pg_class where relnamespace = ${own} and relkind in ('r', 'p', 'f')`
  const [counts] = await sql<[Record<string, number>]>`
    select
      (select count(*)::int from (${tables}) t) as tables,
      (select count(*)::int from pg_class where relnamespace = ${own} and relkind in ('v', 'm')) as views,
      (select count(*)::int from pg_attribute where attrelid in (${tables}) and attnum > 0
        and not attisdropped) as columns,
      (select count(*)::int from pg_constraint where conrelid in (${tables}) and contype = 'p') as "primaryKeys",
      (select count(*)::int from pg_constraint where conrelid in (${tables}) and contype = 'f'
        and conparentid = 0) as "foreignKeys",
      (select count(*)::int from pg_constraint where conrelid in (${tables}) and contype = 'u') as "uniqueKeys",
      (select count(*)::int from pg_constraint where conrelid in (${tables}) and contype = 'c') as checks,
      (select count(*)::int from pg_index where indrelid in (${tables})) as indexes,
      (select count(*)::int from pg_trigger where tgrelid in (${tables}) and not tgisinternal
        and tgparentid = 0) as triggers,
      (select count(*)::int from pg_policy where polrelid in (${tables})) as policies,
      (select count(*)::int from pg_sequence s join pg_class c on c.oid = s.seqrelid
        where c.relnamespace = ${own}) as sequences,
      (select count(*)::int from pg_proc where pronamespace = ${own}) as functions,
      (select count(*)::int from pg_type where typnamespace = ${own} and typtype = 'e') as enums,
      (select count(*)::int from pg_type where typnamespace = ${own} and typtype = 'd') as domains,
      (select count(*)::int from pg_class where relnamespace = ${own} and relkind = 'c') as composites`
  return counts
}
