import { quoteIdentifier } from '../../lib/sql.ts'
import type { HistoryTable, TableColumns } from '../../project/source.ts'

// A name, or two with a dot between them. A name that has a dot or a quote itself stands in quotes, as in SQL.
const part = '([^".]+|"(?:[^"]|"")+")'
const tableName = new RegExp(`^(?:${part}\\.)?${part}$`, 'u')

/** Options of every source that reads a history table. */
export interface TableOptions {
  /** Name of the table, or `schema.table`; a name with a dot in it stands in double quotes. @default the tool's own */
  readonly table?: string
  /** Its schema. @default the tool's own, or the search path */
  readonly schema?: string
}

/**
 * Returns where to look for a table: in the place of the options, otherwise in the default place. Names are case-sensitive.
 *
 * @param defaults `schema` null is the search path.
 * @throws TypeError for a table that is not a name, with or without a schema.
 */
export function toPlaces(
  options: TableOptions,
  defaults: { readonly schema: string | null; readonly table: string },
): HistoryTable['places'] {
  const given = options.table ?? defaults.table
  const [, schema, table] = tableName.exec(given) ?? []
  if (table === undefined) throw new TypeError(`The table name "${given}" is malformed`)
  const own = schema === undefined ? undefined : unquote(schema)
  return [{ schema: own ?? options.schema ?? defaults.schema, table: unquote(table) }]
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

/** Returns an SQL expression for a time column in milliseconds since 1970; null if the column is missing or not a time. */
export function timeOf(column: string, columns: TableColumns): string {
  const type = columns.get(column) ?? ''
  if (!/^(timestamp|date)/.test(type)) return 'null::float8'
  return `(extract(epoch from ${quoteIdentifier(column)}::timestamptz) * 1000)::float8`
}
