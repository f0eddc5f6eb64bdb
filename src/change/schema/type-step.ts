import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { type ColumnType, parseColumnType } from './column-type.ts'

/** Base type → the base types to which every value converts without loss, and without a setting that decides how. */
const wider: Readonly<Record<string, readonly string[]>> = {
  int2: ['int4', 'int8', 'numeric'],
  int4: ['int8', 'numeric'],
  int8: ['numeric'],
  varchar: ['varchar', 'text'],
  numeric: ['numeric'],
  json: ['jsonb'],
}

/** Returns the new type of a column; or why PostgreSQL cannot change to it with certainty and without loss. */
export function findTypeFault(
  catalog: Catalog,
  { table, column }: { readonly table: CatalogTable; readonly column: CatalogColumn },
  text: string,
): ColumnType | string {
  const next = parseColumnType(text, catalog)
  if ('fault' in next) return next.fault
  if (next.type === column.type) return `It is ${column.type} already`
  if (column.isArray || next.isArray) return 'The type of an array cannot be changed here'
  if (column.identity) return 'The sequence of an identity has a type too: this is not supported'
  if (column.collation !== null) return 'The column has a collation, which would be lost'
  if (!wider[column.baseType]?.includes(next.baseType) || !holdsAll(column, next)) {
    return `${column.type} does not convert to ${next.type} without loss: add a column, fill it, and drop the old one`
  }
  if (column.baseType === 'json' && column.default !== null) {
    return 'Drop the default first'
  }
  const fragile = table.indexes.find(
    ({ keys, isValid }) =>
      keys.some((key) => key.column === column.name && key.operatorClass !== null) ||
      (!isValid && keys.some((key) => key.column === column.name)),
  )
  return fragile ? `The index ${fragile.name} is invalid or has an operator class` : next
}

function holdsAll(column: CatalogColumn, next: ColumnType): boolean {
  if (next.baseType === 'varchar') {
    return (
      next.maxLength === null || (column.maxLength !== null && column.maxLength < next.maxLength)
    )
  }
  if (next.baseType !== 'numeric') return true
  const wanted = toDigits(next.type)
  if (wanted === null) return true
  const given = column.baseType === 'numeric' ? toDigits(column.type) : null
  return given !== null && given.scale === wanted.scale && given.digits <= wanted.digits
}

function toDigits(type: string): { readonly digits: number; readonly scale: number } | null {
  const found = /\((\d+),(-?\d+)\)/.exec(type)
  return found ? { digits: Number(found[1]), scale: Number(found[2]) } : null
}

/** Returns true if PostgreSQL writes every row anew to change from one type to the other. */
export function rewritesType(before: CatalogColumn, after: CatalogColumn): boolean {
  return before.baseType !== after.baseType && after.baseType !== 'text'
}
