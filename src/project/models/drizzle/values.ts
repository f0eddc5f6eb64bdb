import { quotePlainLiteral } from '../../../lib/sql.ts'
import { arrayDimensions, type ColumnShape } from './column-shape.ts'
import { arrayOf, unionOf } from '../../type-text.ts'
import { type NameOf, toSql } from './sql-text.ts'

/** Converts a default to SQL: a value to a literal, an `sql` template to its text; null when there is no default. */
export function toDefault(column: ColumnShape, nameOf: NameOf): string | null {
  const value = column.default
  if (value === undefined) return null
  const template = toSql(value, nameOf)
  if (template !== null) return template
  if (Array.isArray(value) && arrayDimensions(column) > 0) {
    return quotePlainLiteral(toArrayText(value, innermost(column)))
  }
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  if ((isNumber || typeof value === 'boolean') && !isDocument(column)) return String(value)
  return quotePlainLiteral(toValueText(value, column))
}

function innermost(column: ColumnShape): ColumnShape {
  return column.baseColumn ? innermost(column.baseColumn) : column
}

function isDocument({ columnType }: ColumnShape): boolean {
  return columnType === 'PgJson' || columnType === 'PgJsonb'
}

function toValueText(value: unknown, column: ColumnShape): string {
  if (isDocument(column)) return JSON.stringify(value)
  if (value instanceof Date) {
    const text = value.toISOString()
    return column.getSQLType() === 'date' ? text.slice(0, 10) : text
  }
  if (value instanceof Uint8Array) {
    return `\\x${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
  }
  if (typeof value === 'object' && value !== null) return JSON.stringify(value)
  return String(value)
}

// An array literal in PostgreSQL's own form: an element is quoted only where it must be.
function toArrayText(items: readonly unknown[], element: ColumnShape): string {
  const texts = items.map((item) => {
    if (item === null || item === undefined) return 'NULL'
    if (Array.isArray(item) && !isDocument(element)) return toArrayText(item, element)
    const text = toValueText(item, element)
    const isPlain = /^[^\s",{}\\]+$/.test(text) && text.toLowerCase() !== 'null'
    return isPlain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return `{${texts.join(',')}}`
}

const types: readonly (readonly [RegExp, string])[] = [
  [/\bdate\b/, 'Date'],
  [/\b(json|custom)\b/, 'unknown'],
  [/\bbuffer\b/, 'Uint8Array'],
  [/^bigint/, 'bigint'],
  [/^number/, 'number'],
  [/^boolean/, 'boolean'],
  [/^string/, 'string'],
]

/** Returns the TypeScript type of a column's values. `dataType` is one word in 0.x and two words in 1.x. */
export function toTsType(column: ColumnShape): string {
  const { dataType, enumValues = [], columnType } = innermost(column)
  const isVector = columnType === 'PgVector' || columnType === 'PgHalfVector'
  const known = types.find(([pattern]) => pattern.test(dataType))?.[1] ?? 'unknown'
  const single = enumValues.length > 0 ? unionOf(enumValues) : isVector ? 'number[]' : known
  return arrayOf(single, arrayDimensions(column))
}
