import type { ObjectName } from '../catalog/object-name.ts'
import { toModelName } from '../models/names.ts'

/**
 * Names the models of tables: by `names`, else by the rule. Tables that would share a name keep their own, and where two
 * schemas have tables of one name, the schema's name goes before it.
 *
 * Answers the rule's name for tables that are not listed too: a foreign key may lead out of the schemas.
 */
export function nameTables(
  tables: readonly ObjectName[],
  names: Readonly<Record<string, string>>,
): (table: ObjectName) => string {
  const own = (key: string) => (Object.hasOwn(names, key) ? names[key] : undefined)
  const given = ({ schema, name }: ObjectName) => own(`${schema}.${name}`) ?? own(name)
  const inSeveral = repeated(tables.map(({ name }) => name))
  const ownName = ({ schema, name }: ObjectName) =>
    inSeveral.has(name) ? `${schema}_${name}` : name
  const guess = (table: ObjectName) => toModelName(ownName(table)) || ownName(table)
  const taken = repeated(tables.map((table) => given(table) ?? guess(table)))
  return (table) => given(table) ?? (taken.has(guess(table)) ? ownName(table) : guess(table))
}

/** What occurs more than once. */
function repeated(values: readonly string[]): ReadonlySet<string> {
  const [once, twice] = [new Set<string>(), new Set<string>()]
  for (const value of values) (once.has(value) ? twice : once).add(value)
  return twice
}
