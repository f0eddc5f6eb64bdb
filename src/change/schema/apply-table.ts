import { toName } from '../../health/kit/identifiers.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type {
  Catalog,
  CatalogColumn,
  CatalogSequence,
  CatalogTable,
} from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import { buildColumn } from './build-column.ts'
import { buildIndex } from './build-index.ts'
import {
  listDependents,
  readersOf,
  referencesTo,
  rowTypeUsers,
  textsWithTable,
} from './dependents.ts'
import { byPlace, isSame, newOid, type ChangeOutcome, refuseChange } from './edit-catalog.ts'
import { findRelationClash, findTable, findTableClash } from './find-table.ts'
import type { ChangeOf } from './model-change.ts'
import { joinNames } from './new-name.ts'
import { isAmbiguous, withoutReferences } from './referenced-index.ts'

/** Adds a table with its columns and its primary key. */
export function applyCreateTable(
  catalog: Catalog,
  change: ChangeOf<'create_table'>,
): ChangeOutcome {
  const place = { schema: change.schema ?? 'public', name: change.table }
  const faults: SchemaFault[] = []
  const clash = findTableClash(catalog, place.schema, place.name)
  if (clash !== null) faults.push({ path: 'table', message: clash })
  const columns: CatalogColumn[] = []
  const sequences: CatalogSequence[] = []
  for (const [at, given] of change.columns.entries()) {
    const built = buildColumn(given, place, catalog)
    if (columns.some(({ name }) => name === given.name)) {
      faults.push({ path: `columns.${at}.name`, message: 'A column before it has this name' })
    } else if ('faults' in built) {
      faults.push(
        ...built.faults.map(({ path, message }) => ({ path: `columns.${at}.${path}`, message })),
      )
    } else {
      columns.push(built.column)
      if (built.sequence) sequences.push(built.sequence)
    }
  }
  const names = change.primary_key ?? []
  faults.push(...findKeyFaults(names, change, columns))
  const key = joinNames(place.name, 'pkey')
  if (names.length > 0 && (key === null || findRelationClash(catalog, place.schema, key))) {
    faults.push({ path: 'primary_key', message: 'The name of its index is too long or taken' })
  }
  if (faults.length > 0 || key === null) return { faults }
  if (sequences.some(({ name }) => name === place.name || name === key)) {
    return refuseChange('table', 'It would have the name of its own sequence')
  }
  const keyed = columns.map((one) => (names.includes(one.name) ? { ...one, notNull: true } : one))
  const table = withPrimaryKey(buildTable(place, keyed), names, key)
  return {
    catalog: {
      ...catalog,
      tables: [...catalog.tables, table].toSorted(byPlace),
      sequences: [...catalog.sequences, ...sequences].toSorted(byPlace),
    },
  }
}

function findKeyFaults(
  names: readonly string[],
  { columns: given }: ChangeOf<'create_table'>,
  columns: readonly CatalogColumn[],
): SchemaFault[] {
  return names.flatMap((name, at) => {
    const path = `primary_key.${at}`
    const column = columns.find((one) => one.name === name)
    if (names.indexOf(name) !== at) return [{ path, message: 'The key names the column twice' }]
    if (!given.some((one) => one.name === name)) {
      return [{ path, message: 'The table has no such column' }]
    }
    return column?.baseType === 'json' ? [{ path, message: 'json has no order' }] : []
  })
}

function buildTable({ schema, name }: ObjectName, columns: readonly CatalogColumn[]): CatalogTable {
  return {
    oid: newOid,
    schema,
    name,
    kind: 'table',
    owner: '',
    comment: null,
    extension: null,
    isUnlogged: false,
    columns,
    primaryKey: null,
    keys: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
    triggers: [],
    policies: [],
    rules: [],
    hasRowSecurity: false,
    forcesRowSecurity: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    estimatedRows: null,
    estimatedBytes: 0,
    options: [],
  }
}

function withPrimaryKey(table: CatalogTable, columns: readonly string[], name: string) {
  if (columns.length === 0) return table
  const index = { ...buildIndex(name, columns, true), isPrimary: true, constraint: name }
  const flags = { isDeferrable: false, isDeferred: false, definition: null }
  const primaryKey = { name, kind: 'primary' as const, columns, index: name, ...flags }
  return { ...table, primaryKey, indexes: [index] }
}

/** Removes a table on which nothing else depends. */
export function applyDropTable(catalog: Catalog, change: ChangeOf<'drop_table'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const foreign = table.columns.find((one) => one.enum && !isRead(catalog, one.enum))
  const found = [
    ...referencesTo(catalog, table),
    ...readersOf(catalog, table),
    ...rowTypeUsers(catalog, table),
    ...textsOutside(catalog, table),
    ...table.foreignKeys
      .filter((key) => isAmbiguous(catalog, key))
      .map((key) => `foreign key ${key.name}, for which several indexes of its target fit`),
    ...(foreign ? [`column ${foreign.name} of a type in a schema that was not read`] : []),
  ]
  if (found.length > 0) return refuseChange('table', `It is used by: ${listDependents(found)}`)
  const isOwned = ({ ownedBy }: CatalogSequence) =>
    ownedBy?.schema === table.schema && ownedBy.table === table.name
  const without = {
    ...catalog,
    tables: catalog.tables.filter((one) => !isSame(one, table)),
    sequences: catalog.sequences.filter((one) => !isOwned(one)),
  }
  return { catalog: withoutReferences(without, table.foreignKeys) }
}

/** Returns what outside of a table has an SQL text with its name, or with the name of one of its sequences. */
function textsOutside(catalog: Catalog, table: CatalogTable): string[] {
  const others = catalog.tables.filter((one) => !isSame(one, table))
  const owned = catalog.sequences.filter(
    ({ ownedBy }) => ownedBy?.schema === table.schema && ownedBy.table === table.name,
  )
  return [table, ...owned].flatMap(({ name }) =>
    textsWithTable({ ...catalog, tables: others }, { ...buildTable(table, []), name }),
  )
}

/** Returns true if a schema was read, so that the catalog keeps its types when no column uses them. */
export function isRead(catalog: Catalog, { schema }: ObjectName): boolean {
  return catalog.schemas.some(({ name }) => name === schema)
}

/** Renames a table that no SQL text names. Its constraints, indexes and sequences keep their names. */
export function applyRenameTable(
  catalog: Catalog,
  change: ChangeOf<'rename_table'>,
): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const clash = findTableClash(catalog, table.schema, change.to)
  if (clash !== null) return refuseChange('to', clash)
  const found = [
    ...textsWithTable(catalog, table),
    ...rowTypeUsers(catalog, table),
    ...(table.triggers.length > 0 ? [`trigger ${table.triggers[0]?.name}`] : []),
  ]
  if (found.length > 0) {
    return refuseChange('table', `${toName(table)} is named by: ${listDependents(found)}`)
  }
  return { catalog: renameEverywhere(catalog, table, { schema: table.schema, name: change.to }) }
}

function renameEverywhere(catalog: Catalog, before: ObjectName, after: ObjectName): Catalog {
  const rename = (one: ObjectName) => (isSame(one, before) ? after : one)
  const tables = catalog.tables.map((table) => ({
    ...table,
    ...(isSame(table, before) ? after : {}),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, target: rename(key.target) })),
    ...(table.disabledForeignKeys
      ? {
          disabledForeignKeys: table.disabledForeignKeys.map((one) => ({
            ...one,
            owner: rename(one.owner),
          })),
        }
      : {}),
  }))
  return {
    ...catalog,
    tables: tables.toSorted(byPlace),
    views: catalog.views.map((view) => ({
      ...view,
      reads: view.reads.map(rename).toSorted(byPlace),
    })),
    sequences: catalog.sequences.map((one) =>
      one.ownedBy?.schema === before.schema && one.ownedBy.table === before.name
        ? { ...one, ownedBy: { ...one.ownedBy, table: after.name } }
        : one,
    ),
  }
}
