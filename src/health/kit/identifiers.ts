import { quoteIdentifier } from '../../lib/sql.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'

/** Key words that cannot name a column or table unquoted: PostgreSQL 18, Appendix C, reserved ones of either kind. */
export const reservedWords: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
  column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze
  from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
  localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
  returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
  unique user using variadic verbose when where window with`.split(/\s+/),
)

/** Tells whether a name may stand in SQL as it is. */
export function isPlainName(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !reservedWords.has(name)
}

/** Spells a name for SQL, quoted where it has to be. */
export function toIdentifier(name: string): string {
  return isPlainName(name) ? name : quoteIdentifier(name)
}

/** Spells names for SQL, separated by commas. */
export function toIdentifiers(names: readonly string[]): string {
  return names.map(toIdentifier).join(', ')
}

/** Spells `schema.name` for SQL. */
export function toQualified({ schema, name }: ObjectName): string {
  return `${toIdentifier(schema)}.${toIdentifier(name)}`
}

/** Spells `schema.name` for people, and as a key of maps. */
export function toName({ schema, name }: ObjectName): string {
  return `${schema}.${name}`
}
