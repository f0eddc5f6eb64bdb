import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import { toName } from '../../health/kit/identifiers.ts'
import { isSame } from './edit-catalog.ts'

/** The table that a change names; `schema` is `public` unless given. */
export interface TableRef {
  readonly schema?: string | undefined
  readonly table: string
}

/** Returns the table that a change may alter; or why it cannot be altered. */
export function findTable(catalog: Catalog, ref: TableRef): CatalogTable | string {
  const wanted = { schema: ref.schema ?? 'public', name: ref.table }
  const table = catalog.tables.find((one) => isSame(one, wanted))
  if (!table) return `${toName(wanted)} is no table of the database`
  const name = toName(table)
  if (table.kind !== 'table') return `${name} is a ${table.kind} table, which is not supported`
  if (table.partitionOf || table.inherits.length > 0) {
    return `${name} inherits its columns, so its parent has to be changed`
  }
  const heir = catalog.tables.find(
    ({ inherits, partitionOf }) =>
      inherits.some((parent) => isSame(parent, table)) ||
      (partitionOf !== null && isSame(partitionOf, table)),
  )
  if (heir) return `${toName(heir)} inherits from ${name}, which is not supported`
  if (table.extension !== null) return `${name} belongs to the extension ${table.extension}`
  if (catalog.partial?.some((one) => isSame(one, table))) {
    return `${name} is locked by a transaction, so it could not be read completely`
  }
  return table
}

/** Returns why a new table, index or sequence cannot have a name; null if it can. */
export function findRelationClash(catalog: Catalog, schema: string, name: string): string | null {
  const wanted = { schema, name }
  if (!catalog.schemas.some((one) => one.name === schema)) {
    return `The schema ${schema} does not exist, or was not read`
  }
  const relations = [
    ...catalog.tables,
    ...catalog.views,
    ...catalog.sequences,
    ...catalog.composites,
    ...[...catalog.tables, ...catalog.views].flatMap((owner) =>
      owner.indexes.map((index) => ({ schema: owner.schema, name: index.name })),
    ),
  ]
  return relations.some((one) => isSame(one, wanted)) ? `${toName(wanted)} exists` : null
}

/** Returns why a new table cannot have a name, which its row type has too; null if it can. */
export function findTableClash(catalog: Catalog, schema: string, name: string): string | null {
  const wanted = { schema, name }
  const isType = [...catalog.enums, ...catalog.domains].some((one) => isSame(one, wanted))
  return isType ? `${toName(wanted)} is a type` : findRelationClash(catalog, schema, name)
}

/** Returns why a new constraint of a table cannot have a name; null if it can. */
export function findConstraintClash(table: CatalogTable, name: string): string | null {
  if (/_not_null\d*$/.test(name)) return 'PostgreSQL 18 gives such names to NOT NULL constraints'
  const { primaryKey, keys, foreignKeys, checks } = table
  const taken = [...(primaryKey ? [primaryKey] : []), ...keys, ...foreignKeys, ...checks]
  return taken.some((one) => one.name === name) ? `${toName(table)} has a constraint ${name}` : null
}
