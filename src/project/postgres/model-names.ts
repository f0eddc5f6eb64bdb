import type { ObjectName } from '../catalog/object-name.ts'
import { toModelName } from '../models/names.ts'

/**
 * Returns a function that names the model of a table: by `names`, or else by `toModelName`. Tables whose models would share
 * a name keep their table names; a table name that occurs in two schemas gets the schema name as a prefix.
 *
 * The function also names tables that are not listed, because a foreign key may reference a table of another schema.
 *
 * @see docs/decisions/012-names-of-models.md
 */
export function nameTables(
  tables: readonly ObjectName[],
  names: Readonly<Record<string, string>>,
): (table: ObjectName) => string {
  const configured = new Map(Object.entries(names))
  const configuredName = ({ schema, name }: ObjectName) =>
    configured.get(`${schema}.${name}`) ?? configured.get(name)
  const inSeveral = repeated(tables.map(({ name }) => name))
  const tableName = ({ schema, name }: ObjectName) =>
    inSeveral.has(name) ? `${schema}_${name}` : name
  const guess = (table: ObjectName) => toModelName(tableName(table)) || tableName(table)
  const taken = repeated(tables.map((table) => configuredName(table) ?? guess(table)))
  return (table) =>
    configuredName(table) ?? (taken.has(guess(table)) ? tableName(table) : guess(table))
}

/** Returns the values that occur more than once. */
function repeated(values: readonly string[]): ReadonlySet<string> {
  const [once, twice] = [new Set<string>(), new Set<string>()]
  for (const value of values) (once.has(value) ? twice : once).add(value)
  return twice
}
