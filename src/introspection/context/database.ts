import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { TableDetails } from './context-answers.ts'

/** A relation as clients see it, and its oid, which they do not see. */
export interface DatabaseDetails extends TableDetails {
  readonly oid: string
}

/**
 * Returns the keys, indexes, checks and enums of a model's table or view. Anything that involves a column clients may not see
 * is left out, including expressions that mention it. Null if there is no such relation, or if the catalog could not be read.
 */
export function toDatabaseDetails(
  catalog: Catalog | null,
  model: AppModel,
): DatabaseDetails | null {
  const relation = catalog && findRelation(catalog, model)
  if (!relation) return null
  const visible = new Set(
    model.fields.filter(({ sensitive }) => !sensitive).map(({ column }) => column),
  )
  const hidden = relation.columns.map(({ name }) => name).filter((name) => !visible.has(name))
  const areVisible = (columns: readonly (string | null)[]) =>
    columns.every((name) => name !== null && visible.has(name))
  const mentionsHidden = (expression: string) => hidden.some((name) => expression.includes(name))
  const table = 'primaryKey' in relation ? relation : null
  const keys = [table?.primaryKey ?? [], table?.keys ?? []].flat()
  return {
    oid: relation.oid,
    kind: relation.kind,
    schema: relation.schema,
    comment: relation.comment,
    estimated_rows: relation.estimatedRows,
    keys: keys.flatMap(({ name, kind, columns }) =>
      kind !== 'exclusion' && areVisible(columns) ? [{ name, kind, columns: [...columns] }] : [],
    ),
    indexes: relation.indexes
      .filter(({ keys, include }) => areVisible([...keys.map((key) => key.column), ...include]))
      .filter(({ predicate }) => predicate === null || !mentionsHidden(predicate))
      .map(({ name, method, keys, isUnique, predicate }) => ({
        name,
        method,
        columns: keys.flatMap(({ column }) => column ?? []), // all of them are visible columns
        unique: isUnique,
        predicate,
      })),
    checks: (table?.checks ?? [])
      .filter(({ definition }) => !mentionsHidden(definition))
      .map(({ name, definition }) => ({ name, definition })),
    enums: toEnums(catalog, relation, visible),
  }
}

const relationsOf = new WeakMap<Catalog, ReadonlyMap<string, CatalogTable | CatalogView>>()

/** Finds the table or view of a model. Cached per catalog. */
export function findRelation(
  catalog: Catalog,
  { schema, table }: Pick<AppModel, 'schema' | 'table'>,
): CatalogTable | CatalogView | undefined {
  const key = (inSchema: string, name: string) => JSON.stringify([inSchema, name])
  let relations = relationsOf.get(catalog)
  if (!relations) {
    const all = [...catalog.views, ...catalog.tables]
    relations = new Map(all.map((relation) => [key(relation.schema, relation.name), relation]))
    relationsOf.set(catalog, relations)
  }
  return relations.get(key(schema ?? 'public', table))
}

/** Returns the enum types of the visible columns, with their labels in order. */
function toEnums(
  { enums }: Catalog,
  { columns }: CatalogTable | CatalogView,
  visible: ReadonlySet<string>,
): TableDetails['enums'] {
  const used = columns.flatMap((column) =>
    column.enum && visible.has(column.name) ? [column.enum] : [],
  )
  return enums
    .filter(({ schema, name }) => used.some((type) => type.schema === schema && type.name === name))
    .map(({ schema, name, labels }) => ({ schema, name, labels: [...labels] }))
}
