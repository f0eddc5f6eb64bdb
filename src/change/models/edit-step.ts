import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { ChangeStep } from '../schema/apply-changes.ts'

const refusals = new WeakSet<Error>()

/** Returns an error that says why a change cannot be written; the edits so far are thrown away. */
export function noEdit(reason: string): Error {
  const error = new Error(reason)
  refusals.add(error)
  return error
}

/** Returns the reason of `noEdit`; null for any other error. */
export function reasonOf(error: unknown): string | null {
  return error instanceof Error && refusals.has(error) ? error.message : null
}

/** A table by its names. */
export type TablePlace = ObjectName

/** What knows the change that is being written. */
interface WithStep {
  readonly step: ChangeStep
}

/** Finds a table of a catalog. */
export function tableOf(catalog: Catalog, { schema, name }: TablePlace): CatalogTable | undefined {
  return catalog.tables.find((one) => one.schema === schema && one.name === name)
}

/** Returns the place of the table that a change names. */
export function placeOfChange({ change }: ChangeStep): TablePlace {
  return { schema: change.schema ?? 'public', name: change.table }
}

/** Finds the table that a change names, before it. */
export function requireTable({ step }: WithStep): CatalogTable {
  const table = tableOf(step.before, placeOfChange(step))
  if (!table) throw noEdit('the table is unknown')
  return table
}

/** Finds a column of the table that a change names, after it. */
export function columnAfter({ step }: WithStep, name: string): CatalogColumn {
  const table = tableOf(step.after, placeOfChange(step))
  const column = table?.columns.find((one) => one.name === name)
  if (!column) throw noEdit(`the column ${name} is unknown`)
  return column
}

/** Writes a name of several words as `severalWords`. */
export function toCamel(text: string): string {
  const joined = text
    .replace(/^_+/, '')
    .replaceAll(/_+([A-Za-z0-9])/g, (_all, next: string) => next.toUpperCase())
  return joined.charAt(0).toLowerCase() + joined.slice(1)
}
