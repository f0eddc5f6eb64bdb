import type { SchemaFault } from '../../lib/standard-schema.ts'
import { compareText } from '../../lib/text.ts'
import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'

/** The catalog after one change; or everything that is wrong with the change, with paths into it. */
export type ChangeOutcome =
  { readonly catalog: Catalog } | { readonly faults: readonly SchemaFault[] }

/** The oid of a table that the changes create. */
export const newOid = '0'

/** Returns the outcome of a change with one fault. */
export function refuseChange(path: string, message: string): ChangeOutcome {
  return { faults: [{ path, message }] }
}

/** Returns the outcome of a change that replaces one table by another state of itself. */
export function withTable(
  catalog: Catalog,
  before: ObjectName,
  after: CatalogTable,
): ChangeOutcome {
  return { catalog: replaceTable(catalog, before, after) }
}

/** Puts a table in the place of the one with the name `before`. */
export function replaceTable(catalog: Catalog, before: ObjectName, after: CatalogTable): Catalog {
  const tables = catalog.tables.map((one) => (isSame(one, before) ? after : one))
  return { ...catalog, tables: tables.toSorted(byPlace) }
}

/** Compares objects by schema and name. */
export function isSame(a: ObjectName, b: ObjectName): boolean {
  return a.schema === b.schema && a.name === b.name
}

/** Orders objects as the catalog does: by schema, then name, by code unit. */
export function byPlace(a: ObjectName, b: ObjectName): number {
  return compareText(a.schema, b.schema) || compareText(a.name, b.name)
}

/** Returns a list with one more object, sorted by name. */
export function withNamed<T extends { readonly name: string }>(list: readonly T[], one: T): T[] {
  return [...list, one].toSorted((a, b) => compareText(a.name, b.name))
}

/** Returns a list without the object of that name. */
export function withoutNamed<T extends { readonly name: string }>(
  list: readonly T[],
  name: string,
): T[] {
  return list.filter((one) => one.name !== name)
}
