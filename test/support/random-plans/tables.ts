import type { Sql } from 'postgres'

/** How the values of a column are compared. */
export type Kind = 'int' | 'exact' | 'float' | 'text' | 'bool' | 'time' | 'enum' | 'array' | 'other'

export interface Column {
  readonly name: string
  readonly type: string
  readonly kind: Kind
  readonly labels: readonly string[]
  /** The texts that a check of the column lists. */
  readonly allowed: readonly string[]
  readonly isNullable: boolean
  readonly hasDefault: boolean
  readonly isGenerated: boolean
}

/** The values of one row as PostgreSQL writes them. */
export type Values = Readonly<Record<string, string | null>>

/** The columns of a relation: those of the table, and those of the target that equal them. */
export interface Link {
  readonly target: string
  readonly own: readonly string[]
  readonly other: readonly string[]
  /** The junction between both: its columns that equal those of the table, and those that equal those of the target. */
  readonly through?: {
    readonly table: string
    readonly own: readonly string[]
    readonly other: readonly string[]
  }
}

/** A table with its rows in memory. Nothing of it comes from the library. */
export interface MemoryTable {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKey: readonly string[]
  readonly foreignKeys: readonly (Link & { readonly name: string })[]
  readonly unique: readonly (readonly string[])[]
  rows: readonly Values[]
}

const kinds: Readonly<Record<string, Kind>> = {
  int2: 'int', int4: 'int', int8: 'exact', numeric: 'exact', float4: 'float', float8: 'float',
  text: 'text', varchar: 'text', uuid: 'text', bool: 'bool', date: 'time', timestamp: 'time', timestamptz: 'time',
} // prettier-ignore

/** Reads the tables of a schema with short catalog queries. */
export async function readTables(sql: Sql, schema: string): Promise<Map<string, MemoryTable>> {
  const columns = await sql<
    {
      table: string
      name: string
      type: string
      nullable: boolean
      fallback: boolean
      made: boolean
      labels: string[]
    }[]
  >`
    select c.relname as table, a.attname as name, t.typname as type, not a.attnotnull as nullable, a.atthasdef as fallback,
      a.attidentity <> '' or a.attgenerated <> '' as made,
      coalesce((select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid), '[]') as labels
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
    where c.relnamespace = ${schema}::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`
  const keys = await sql<
    {
      table: string
      name: string
      type: string
      own: string[]
      target: string | null
      other: string[] | null
    }[]
  >`
    select c.relname as table, k.conname as name, k.contype as type, f.relname as target,
      array(select a.attname::text from unnest(k.conkey) with ordinality u(n, i)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.n order by u.i) as own,
      array(select a.attname::text from unnest(k.confkey) with ordinality u(n, i)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.n order by u.i) as other
    from pg_constraint k join pg_class c on c.oid = k.conrelid left join pg_class f on f.oid = k.confrelid
    where k.connamespace = ${schema}::regnamespace and k.contype in ('p', 'f') order by k.conname`
  const unique = await sql<{ table: string; columns: string[] }[]>`
    select c.relname as table, array(select a.attname::text from unnest(i.indkey::int[]) u(n)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.n) as columns
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = ${schema}::regnamespace and i.indisunique and i.indpred is null and i.indexprs is null`
  const checks = await sql<{ table: string; column: string; definition: string }[]>`
    select c.relname as table, a.attname as column, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.connamespace = ${schema}::regnamespace and k.contype = 'c' and cardinality(k.conkey) = 1`
  const tables = new Map<string, MemoryTable>()
  for (const name of new Set(columns.map(({ table }) => table))) {
    const own = keys.filter(({ table }) => table === name)
    tables.set(name, {
      name,
      columns: columns
        .filter(({ table }) => table === name)
        .map((column) => ({
          name: column.name,
          type: column.type,
          kind:
            kinds[column.type] ??
            (column.labels.length > 0 ? 'enum' : column.type === '_text' ? 'array' : 'other'),
          labels: column.labels,
          allowed: checks
            .filter((check) => check.table === name && check.column === column.name)
            .flatMap(({ definition }) => [...definition.matchAll(/'([^']+)'/g)])
            .map(([, text = '']) => text),
          isNullable: column.nullable,
          hasDefault: column.fallback,
          isGenerated: column.made,
        })),
      primaryKey: own.find(({ type }) => type === 'p')?.own ?? [],
      foreignKeys: own.flatMap(({ type, target, other, ...key }) =>
        type === 'f' && target && other ? [{ name: key.name, own: key.own, target, other }] : [],
      ),
      unique: unique.filter(({ table }) => table === name).map((index) => index.columns),
      rows: [],
    })
  }
  return tables
}
