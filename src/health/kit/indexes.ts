import { quoteIdentifier } from '../../lib/sql.ts'
import type { CatalogIndex, CatalogIndexKey } from '../../project/catalog/constraints.ts'

/** Lists the key columns of an index in order. Returns null when a key is an expression. */
export function keyColumns({ keys }: CatalogIndex): readonly string[] | null {
  const columns = keys.flatMap(({ column }) => (column === null ? [] : [column]))
  return columns.length === keys.length ? columns : null
}

/** Writes everything that distinguishes one index key from another. */
export function toKeySignature(key: CatalogIndexKey): string {
  const { column, expression, isDescending, nullsFirst, collation, operatorClass } = key
  return `${column ?? `(${expression})`}\n${isDescending} ${nullsFirst} ${collation} ${operatorClass}`
}

/** Returns true when every row of a predicate has a value in this column. */
export function impliesNotNull(predicate: string, column: string): boolean {
  const names = [column, quoteIdentifier(column)]
  return predicate
    .split(' AND ')
    .some((part) => names.includes(/^\(*(.+?) IS NOT NULL\)*$/.exec(part)?.[1] ?? ''))
}

/** Returns true when a predicate excludes only rows in which one of these columns is null. */
export function isNotNullPredicate(predicate: string, columns: readonly string[]): boolean {
  const allowed = new Set(columns.flatMap((name) => [name, quoteIdentifier(name)]))
  return predicate.split(' AND ').every((part) => {
    const [, name] = /^\(*(.+) IS NOT NULL\)*$/.exec(part) ?? []
    return name !== undefined && allowed.has(name)
  })
}

/** Returns true when replication or a foreign key needs this very index, so that it cannot be dropped. */
export function isNeeded({ isReplicaIdentity, isReferenced }: CatalogIndex): boolean {
  return isReplicaIdentity || isReferenced
}

/** Returns true when two lists hold the same names in any order. */
export function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item))
}

const equalityMethods: ReadonlySet<string> = new Set(['btree', 'hash', 'gist', 'spgist'])

/** Returns true when an index finds every row by these columns, which means that they are its first keys in any order. */
export function isCovering(index: CatalogIndex, columns: readonly string[]): boolean {
  const { method, keys, isValid, predicate } = index
  if (!isValid || !equalityMethods.has(method) || keys.length < columns.length) return false
  if (predicate !== null && !isNotNullPredicate(predicate, columns)) return false
  const first = keys.slice(0, columns.length).map(({ column }) => column)
  return columns.every((column) => first.includes(column))
}
