import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { AppModel } from '../model/snapshot.ts'

/**
 * What the database says of a model's table or view: keys, indexes, checks and enums. Whatever rests on a column that clients
 * may not know of is left out, and expressions with it. Null when there is no such table, or the catalog could not be read.
 */
export function toDatabaseFacts(catalog: Catalog | null, model: AppModel): object | null {
  const relation = catalog && findRelation(catalog, model)
  if (!relation) return null
  const shown = new Set(model.fields.flatMap((one) => (one.sensitive ? [] : [one.column])))
  const hidden = relation.columns.flatMap(({ name }) => (shown.has(name) ? [] : [name]))
  const isShown = (columns: readonly (string | null)[]) =>
    columns.every((name) => name !== null && shown.has(name))
  const isFree = (text: string) => !hidden.some((name) => text.includes(name))
  const table = 'primaryKey' in relation ? relation : null
  const keys = [table?.primaryKey ?? [], table?.keys ?? []].flat()
  return {
    kind: relation.kind,
    schema: relation.schema,
    comment: relation.comment,
    estimated_rows: relation.estimatedRows,
    keys: keys
      .filter(({ columns, kind }) => kind !== 'exclusion' && isShown(columns))
      .map(({ name, kind, columns }) => ({ name, kind, columns })),
    indexes: relation.indexes
      .filter(({ keys, include }) => isShown([...keys.map((key) => key.column), ...include]))
      .filter(({ predicate }) => predicate === null || isFree(predicate))
      .map(({ name, method, keys, isUnique, predicate }) => ({
        name,
        method,
        columns: keys.map(({ column }) => column),
        unique: isUnique,
        predicate,
      })),
    checks: (table?.checks ?? [])
      .filter(({ definition }) => isFree(definition))
      .map(({ name, definition }) => ({ name, definition })),
    enums: toEnums(catalog, relation, shown),
  }
}

function findRelation(
  { tables, views }: Catalog,
  { schema, table }: AppModel,
): CatalogTable | CatalogView | undefined {
  const isIt = (one: CatalogTable | CatalogView) =>
    one.name === table && one.schema === (schema ?? 'public')
  return tables.find(isIt) ?? views.find(isIt)
}

/** The enums behind the columns that are shown, labels in their order. */
function toEnums(
  { enums }: Catalog,
  { columns }: CatalogTable | CatalogView,
  shown: ReadonlySet<string>,
): object[] {
  const used = columns.flatMap((column) =>
    column.enum && shown.has(column.name) ? [column.enum] : [],
  )
  return enums
    .filter(({ schema, name }) => used.some((one) => one.schema === schema && one.name === name))
    .map(({ schema, name, labels }) => ({ schema, name, labels }))
}
