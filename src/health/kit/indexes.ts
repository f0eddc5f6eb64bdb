import type { CatalogIndex, CatalogIndexKey } from '../../project/catalog/constraints.ts'

/** Columns an index is keyed by, in order; null when a key is an expression. */
export function keyColumns({ keys }: CatalogIndex): readonly string[] | null {
  const columns = keys.flatMap(({ column }) => (column === null ? [] : [column]))
  return columns.length === keys.length ? columns : null
}

/** Spells out all that tells two keys apart. */
export function toKeySignature(key: CatalogIndexKey): string {
  const { column, expression, isDescending, nullsFirst, collation, operatorClass } = key
  return `${column ?? `(${expression})`}\n${isDescending} ${nullsFirst} ${collation} ${operatorClass}`
}

/** Tells whether a predicate only leaves out rows in which these columns are null. */
export function isNotNullPredicate(predicate: string, columns: readonly string[]): boolean {
  const allowed = new Set(columns.flatMap((name) => [name, `"${name.replaceAll('"', '""')}"`]))
  return predicate.split(' AND ').every((part) => {
    const [, name] = /^\(*(.+) IS NOT NULL\)*$/.exec(part) ?? []
    return name !== undefined && allowed.has(name)
  })
}

/** Tells whether two lists hold the same names, in any order. */
export function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item))
}

const lookUps: ReadonlySet<string> = new Set(['btree', 'hash', 'gist', 'spgist'])

/** Tells whether an index finds rows by these columns: they are its first keys, in any order, and it has all such rows. */
export function isCovering(index: CatalogIndex, columns: readonly string[]): boolean {
  const { method, keys, isValid, predicate } = index
  if (!isValid || !lookUps.has(method) || keys.length < columns.length) return false
  if (predicate !== null && !isNotNullPredicate(predicate, columns)) return false
  const first = keys.slice(0, columns.length).map(({ column }) => column)
  return columns.every((column) => first.includes(column))
}
