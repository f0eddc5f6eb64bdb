import { groupBy } from '../../../lib/groups.ts'
import { compareText } from '../../../lib/text.ts'
import type { ObjectName } from '../../catalog/object-name.ts'
import type { CatalogRows } from './rows.ts'

/** Groups rows by their first value and keeps their order. Reads by index because destructuring is many times slower. */
export function groupRows<R extends readonly [key: string, ...rest: unknown[]]>(
  rows: readonly R[],
): (key: string) => readonly R[] {
  const groups = groupBy(rows, (row) => row[0])
  return (key) => groups.get(key) ?? []
}

/** Returns a function that finds the comment of a column, or at position 0 of the whole table or view. */
export function commentFinder(
  rows: CatalogRows['comments'],
): (relation: string, position: number) => string | null {
  const texts = new Map(rows.map(([relation, position, text]) => [`${relation} ${position}`, text]))
  return (relation, position) => texts.get(`${relation} ${position}`) ?? null
}

/** Returns a function that finds the extension that owns an object, by its catalog and oid. */
export function extensionFinder(
  rows: CatalogRows['members'],
): (catalog: 'pg_class' | 'pg_type' | 'pg_proc', oid: string) => string | null {
  const names = new Map(rows.map(([catalog, oid, extension]) => [`${catalog} ${oid}`, extension]))
  return (catalog, oid) => names.get(`${catalog} ${oid}`) ?? null
}

/** Parses numbers that are separated by spaces; empty for null. */
export function toNumbers(text: string | null): readonly number[] {
  if (!text) return []
  return text.includes(' ') ? text.split(' ').map(Number) : [Number(text)]
}

/** Parses a JSON array of texts; empty for null. */
export function toTexts(json: string | null): readonly string[] {
  return json === null ? [] : (JSON.parse(json) as string[])
}

/** Combines a schema and a name; null when either is null. */
export function toObjectName(schema: string | null, name: string | null): ObjectName | null {
  return schema === null || name === null ? null : { schema, name }
}

/** Sorts by schema, then name, by code unit. */
export function byObjectName(a: ObjectName, b: ObjectName): number {
  return compareText(a.schema, b.schema) || byName(a, b)
}

/** Sorts by name, by code unit. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareText(a.name, b.name)
}
