import { quoteIdentifier } from '../../lib/sql.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'

/** Key words that must be quoted as the name of a column or table: PostgreSQL 18, appendix C, both kinds of reserved words. */
export const reservedWords: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
  column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
  from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
  localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
  returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
  unique user using variadic verbose when where window with`.split(/\s+/),
)

/** Returns true when a name needs no quotes in SQL. */
function isPlainName(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reservedWords.has(name)
}

/** Writes a name for SQL, quoted only if it must be. */
export function toIdentifier(name: string): string {
  return isPlainName(name) ? name : quoteIdentifier(name)
}

/** Writes a list of names for SQL, separated by commas. */
export function toIdentifiers(names: readonly string[]): string {
  return names.map(toIdentifier).join(', ')
}

/** Writes `schema.name` for SQL, quoted where needed. */
export function toQualified({ schema, name }: ObjectName): string {
  return `${toIdentifier(schema)}.${toIdentifier(name)}`
}

/** Writes `schema.name` without quotes, for messages and as the key of a map. */
export function toName({ schema, name }: ObjectName): string {
  return `${schema}.${name}`
}
