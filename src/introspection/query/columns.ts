import type { CatalogColumn } from '../../project/catalog/catalog.ts'
import type { NumbersAsText } from '../../lib/exact-json.ts'
import type { Field } from '../../project/model.ts'
import type { Aggregate } from './plan.ts'

/** Base types whose values are exact numbers of any size. They are always text, also in arrays. */
const exactTypes = new Set(['int8', 'numeric', 'money'])

/** Base types whose values are doubles already, so that JSON numbers hold them. */
const doubleTypes = new Set(['float4', 'float8', 'int2', 'int4', 'oid'])

/**
 * Returns which numbers in the values of a field become text. The base type in the catalog decides, below domains and arrays; a
 * field that the catalog lacks is judged by its declared type.
 */
export function toNumberRule({ type }: Field, column: CatalogColumn | undefined): NumbersAsText {
  if (!column)
    return /^(bigint|numeric|decimal|money|bigserial|int64)/.test(type) ? 'all' : 'inexact'
  if (exactTypes.has(column.baseType)) return 'all'
  return doubleTypes.has(column.baseType) ? 'none' : 'inexact'
}

/**
 * Returns which numbers in an aggregate become text. PostgreSQL returns sums and averages of whole numbers as `bigint` or
 * `numeric`, those of doubles as doubles; a count is a number unless it exceeds 2^53.
 */
export function toAggregateRule(
  name: Aggregate['function'],
  field: Field | null,
  column: CatalogColumn | undefined,
): NumbersAsText {
  if (name === 'count' || !field) return 'inexact'
  if (name === 'min' || name === 'max') return toNumberRule(field, column)
  const isDouble = column
    ? column.baseType.startsWith('float')
    : /^(real|double|float)/.test(field.type)
  return isDouble ? 'none' : 'all'
}
