import { groupBy } from '../../../lib/groups.ts'
import type { ObjectName } from '../../catalog/object-name.ts'
import type { CatalogRows } from './rows.ts'

/** Groups rows by their first value, in their order. By index: taking rows apart is many times slower. */
export function groupRows<R extends readonly [key: string, ...rest: unknown[]]>(
  rows: readonly R[],
): (key: string) => readonly R[] {
  const groups = groupBy(rows, (row) => row[0])
  return (key) => groups.get(key) ?? []
}

/** Finds the comment of a table or view, or of one of its columns; 0 stands for the whole. */
export function commentFinder(
  rows: CatalogRows['comments'],
): (relation: string, position: number) => string | null {
  const texts = new Map(rows.map(([relation, position, text]) => [`${relation} ${position}`, text]))
  return (relation, position) => texts.get(`${relation} ${position}`) ?? null
}

/** Finds the extension an object belongs to, by its catalog and oid. */
export function extensionFinder(
  rows: CatalogRows['members'],
): (catalog: 'pg_class' | 'pg_type' | 'pg_proc', oid: string) => string | null {
  const names = new Map(rows.map(([catalog, oid, extension]) => [`${catalog} ${oid}`, extension]))
  return (catalog, oid) => names.get(`${catalog} ${oid}`) ?? null
}

/** Splits a list of numbers. */
export function toNumbers(text: string | null): readonly number[] {
  if (!text) return []
  return text.includes(' ') ? text.split(' ').map(Number) : [Number(text)]
}

/** Reads a list of texts out of JSON; none for null. */
export function toTexts(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as string[])
}

/** Both parts of a name, or null when there is none. */
export function toObjectName(schema: string | null, name: string | null): ObjectName | null {
  return schema === null || name === null ? null : { schema, name }
}

/** Sorts by schema, then name, by code unit. */
export function byObjectName(a: ObjectName, b: ObjectName): number {
  if (a.schema !== b.schema) return a.schema < b.schema ? -1 : 1
  return byName(a, b)
}

/** Sorts by name, by code unit. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
