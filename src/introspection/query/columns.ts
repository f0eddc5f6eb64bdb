import type { Catalog, CatalogColumn } from '../../project/catalog/catalog.ts'
import type { NumbersAsText } from '../../lib/exact-json.ts'
import type { Field } from '../../project/model.ts'
import type { AppModel } from '../model/snapshot.ts'

/** Base types whose values are exact numbers of any size. They are always text, also in arrays. */
const exactTypes = new Set(['int8', 'numeric', 'money'])

/** Base types whose values are doubles already, so that JSON numbers hold them. */
const doubleTypes = new Set(['float4', 'float8', 'int2', 'int4', 'oid'])

/**
 * Returns which numbers in the values of each field become text. The base type in the catalog decides, below domains and
 * arrays; a field that the catalog lacks is judged by its declared type.
 */
export function toNumberRules(
  { schema, table }: AppModel,
  fields: readonly Field[],
  catalog: Catalog | null,
): NumbersAsText[] {
  const relations = [...(catalog?.tables ?? []), ...(catalog?.views ?? [])]
  const relation = relations.find(
    (one) => one.name === table && one.schema === (schema ?? 'public'),
  )
  const columns = new Map(relation?.columns.map((column) => [column.name, column]))
  return fields.map((field) => toNumberRule(field, columns.get(field.column)))
}

function toNumberRule({ type }: Field, column: CatalogColumn | undefined): NumbersAsText {
  if (!column)
    return /^(bigint|numeric|decimal|money|bigserial|int64)/.test(type) ? 'all' : 'inexact'
  if (exactTypes.has(column.baseType)) return 'all'
  return doubleTypes.has(column.baseType) ? 'none' : 'inexact'
}
