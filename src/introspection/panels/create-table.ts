import { quoteIdentifier } from '../../lib/sql.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { CatalogColumn } from '../../project/catalog/relations.ts'
import { findRelation, toDatabaseDetails } from '../context/database.ts'
import type { AppModel } from '../model/snapshot.ts'

/**
 * Writes the table of a model as a `CREATE TABLE`, without its sensitive columns and whatever mentions one. Empty for a view,
 * and for a model without a table.
 */
export function toCreateTable(catalog: Catalog, model: AppModel): string {
  const relation = findRelation(catalog, model)
  const details = toDatabaseDetails(catalog, model)
  if (!relation || !details || !('primaryKey' in relation)) return ''
  const shown = new Set(
    model.fields.filter(({ sensitive }) => !sensitive).map(({ column }) => column),
  )
  const hidden = relation.columns.map(({ name }) => name).filter((name) => !shown.has(name))
  const isClean = (expression: string) => !hidden.some((name) => expression.includes(name))
  const list = (columns: readonly string[]) => columns.map(quoteIdentifier).join(', ')
  const lines = [
    ...relation.columns
      .filter(({ name }) => shown.has(name))
      .map((column) => toColumn(column, isClean)),
    ...details.keys.map(
      ({ name, kind, columns }) =>
        `CONSTRAINT ${quoteIdentifier(name)} ${kind === 'primary' ? 'PRIMARY KEY' : 'UNIQUE'} (${list(columns)})`,
    ),
    ...details.checks.map(
      ({ name, definition }) => `CONSTRAINT ${quoteIdentifier(name)} ${definition}`,
    ),
  ]
  const table = `${quoteIdentifier(relation.schema)}.${quoteIdentifier(relation.name)}`
  return `CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n);`
}

function toColumn(column: CatalogColumn, isClean: (expression: string) => boolean): string {
  const { name, type, notNull, default: fallback, identity, generated } = column
  const isShown = generated !== null && isClean(generated.expression)
  return [
    quoteIdentifier(name),
    type,
    ...(notNull ? ['NOT NULL'] : []),
    ...(fallback !== null && isClean(fallback) ? [`DEFAULT ${fallback}`] : []),
    ...(identity ? [`GENERATED ${identity.toUpperCase()} AS IDENTITY`] : []),
    ...(isShown
      ? [`GENERATED ALWAYS AS (${generated.expression}) ${generated.kind.toUpperCase()}`]
      : []),
  ].join(' ')
}
