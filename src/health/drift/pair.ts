import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { Field } from '../../project/model.ts'
import type { DeclaredModel } from './difference.ts'

/** A declared model and the table or view that stores it. */
export interface Pair {
  readonly model: DeclaredModel
  readonly relation: CatalogTable | CatalogView
  /** Everything around it: types, extensions and the version of the server. */
  readonly catalog: Catalog
  /** Returns the declared model of this name, to which a relation of the model leads. */
  readonly modelOf: (name: string) => DeclaredModel | undefined
}

/** A pair whose relation is a table, so that keys, indexes and constraints can be compared. */
export interface TablePair extends Pair {
  readonly relation: CatalogTable
}

/** Returns true when the model is stored in a table, not in a view. */
export function isTablePair(pair: Pair): pair is TablePair {
  return pair.relation.kind !== 'view' && pair.relation.kind !== 'materialized'
}

/** Returns the column that stores a field. The column of a foreign key `author` may be called `author_id`. */
export function toColumnName({ model, relation }: Pair, field: Field): string {
  const has = (name: string) => relation.columns.some((column) => column.name === name)
  const isKey = model.relations.some(({ fields }) => fields.includes(field.name))
  return !has(field.column) && isKey && has(`${field.column}_id`)
    ? `${field.column}_id`
    : field.column
}
