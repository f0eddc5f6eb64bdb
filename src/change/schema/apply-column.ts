import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { isRead } from './apply-table.ts'
import { buildColumn } from './build-column.ts'
import { toDefaultSql } from './default-value.ts'
import {
  linksOf,
  listDependents,
  readersOf,
  rowTypeUsers,
  textsWithColumn,
  textsWithTable,
} from './dependents.ts'
import {
  byPlace,
  isSame,
  type ChangeOutcome,
  refuseChange,
  replaceTable,
  withTable,
} from './edit-catalog.ts'
import { findTable, type TableRef } from './find-table.ts'
import type { ChangeOf } from './model-change.ts'
import { findTypeFault } from './type-step.ts'

type Target = { readonly table: CatalogTable; readonly column: CatalogColumn }

/** Returns a column of a table that may be altered; or what is wrong. */
function findColumn(catalog: Catalog, ref: TableRef & { readonly column: string }) {
  const table = findTable(catalog, ref)
  if (typeof table === 'string') return refuseChange('table', table)
  const column = table.columns.find(({ name }) => name === ref.column)
  return column
    ? { table, column }
    : refuseChange('column', `${table.name} has no column ${ref.column}`)
}

function isTarget(found: Target | ChangeOutcome): found is Target {
  return 'column' in found
}

function withColumn({ table, column }: Target, after: CatalogColumn): CatalogTable {
  return { ...table, columns: table.columns.map((one) => (one === column ? after : one)) }
}

/** Adds a column at the end of a table. */
export function applyAddColumn(catalog: Catalog, change: ChangeOf<'add_column'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  if (table.columns.some(({ name }) => name === change.column.name)) {
    return refuseChange('column.name', `${table.name} has a column ${change.column.name}`)
  }
  const built = buildColumn(change.column, table, catalog)
  if ('faults' in built) {
    return {
      faults: built.faults.map(({ path, message }) => ({ path: `column.${path}`, message })),
    }
  }
  const users = rowTypeUsers(catalog, table)
  if (users.length > 0) {
    return refuseChange('table', `Its row type is used by: ${listDependents(users)}`)
  }
  const after = replaceTable(catalog, table, {
    ...table,
    columns: [...table.columns, built.column],
  })
  const { sequence } = built
  if (!sequence) return { catalog: after }
  return { catalog: { ...after, sequences: [...after.sequences, sequence].toSorted(byPlace) } }
}

/** Changes the type, the default and NOT NULL of a column, in this order. */
export function applyAlterColumn(
  catalog: Catalog,
  change: ChangeOf<'alter_column'>,
): ChangeOutcome {
  const target = findColumn(catalog, change)
  if (!isTarget(target)) return target
  const { column } = target
  if (column.domain) return refuseChange('column', 'Its type is a domain, which is not supported')
  if (column.generated) return refuseChange('column', 'It is a generated column')
  const faults: SchemaFault[] = []
  let after = column
  if (change.type !== undefined) {
    const next = toRetyped(catalog, target, change.type)
    if (typeof next === 'string') faults.push({ path: 'type', message: next })
    else after = next
  }
  if (change.default !== undefined && faults.length === 0) {
    const next = toDefaulted(catalog, after, change.default)
    if (typeof next === 'string') faults.push({ path: 'default', message: next })
    else after = next
  }
  if (change.nullable !== undefined) {
    const reason = whyNotNullable(target, change.nullable)
    if (reason !== null) faults.push({ path: 'nullable', message: reason })
    else after = { ...after, notNull: !change.nullable }
  }
  return faults.length > 0
    ? { faults }
    : withTable(catalog, target.table, withColumn(target, after))
}

function toRetyped(catalog: Catalog, target: Target, text: string): CatalogColumn | string {
  const { table, column } = target
  const found = findTypeFault(catalog, target, text)
  if (typeof found === 'string') return found
  const used = [
    ...textsWithColumn(catalog, table, column.name),
    ...readersOf(catalog, table),
    ...rowTypeUsers(catalog, table),
    ...linksOf(catalog, table, column.name).filter((one) => one.startsWith('foreign key')),
  ]
  if (used.length > 0) return `The type is needed by: ${listDependents(used)}`
  return { ...column, ...found }
}

function toDefaulted(
  catalog: Catalog,
  column: CatalogColumn,
  given: NonNullable<ChangeOf<'alter_column'>['default']> | null,
): CatalogColumn | string {
  if (column.identity) return 'An identity has no default'
  if (given === null) {
    return column.default === null ? 'It has no default' : { ...column, default: null }
  }
  const made = toDefaultSql(given, column, catalog)
  return 'fault' in made ? made.fault : { ...column, default: made.sql }
}

function whyNotNullable({ table, column }: Target, nullable: boolean): string | null {
  if (column.notNull === !nullable) return `It is ${nullable ? 'nullable' : 'NOT NULL'} already`
  if (!nullable) return null
  if (table.primaryKey?.columns.includes(column.name)) return 'It is part of the primary key'
  if (column.identity) return 'An identity is never null'
  const identifies = table.indexes.some(
    ({ isReplicaIdentity, keys }) =>
      isReplicaIdentity && keys.some((one) => one.column === column.name),
  )
  return identifies ? 'It is part of the replica identity' : null
}

/** Removes a column that nothing uses, with the sequence that it owns. */
export function applyDropColumn(catalog: Catalog, change: ChangeOf<'drop_column'>): ChangeOutcome {
  const target = findColumn(catalog, change)
  if (!isTarget(target)) return target
  const { table, column } = target
  if (table.columns.length === 1)
    return refuseChange('column', 'It is the only column of the table')
  const owned = catalog.sequences.filter(
    ({ ownedBy }) =>
      ownedBy?.schema === table.schema &&
      ownedBy.table === table.name &&
      ownedBy.column === column.name,
  )
  const rest = { ...table, columns: table.columns.filter((one) => one !== column) }
  const without = replaceTable(catalog, table, rest)
  const used = [
    ...linksOf(catalog, table, column.name),
    ...textsWithColumn(catalog, table, column.name),
    ...readersOf(catalog, table),
    ...rowTypeUsers(catalog, table),
    ...owned.flatMap((one) => textsWithTable(without, { ...rest, ...bare, name: one.name })),
    ...(column.enum && !isRead(catalog, column.enum)
      ? ['a type of a schema that was not read']
      : []),
  ]
  if (used.length > 0) return refuseChange('column', `It is used by: ${listDependents(used)}`)
  return {
    catalog: { ...without, sequences: catalog.sequences.filter((one) => !owned.includes(one)) },
  }
}

const bare = { checks: [], indexes: [], keys: [], rules: [], columns: [] }

/** Renames a column that no SQL text names. */
export function applyRenameColumn(
  catalog: Catalog,
  change: ChangeOf<'rename_column'>,
): ChangeOutcome {
  const target = findColumn(catalog, change)
  if (!isTarget(target)) return target
  const { table, column } = target
  if (table.columns.some(({ name }) => name === change.to)) {
    return refuseChange('to', `${table.name} has a column ${change.to}`)
  }
  const used = textsWithColumn(catalog, table, column.name)
  if (used.length > 0) return refuseChange('column', `It is named by: ${listDependents(used)}`)
  const rename = (name: string) => (name === column.name ? change.to : name)
  const tables = catalog.tables.map((one) => {
    const owned = isSame(one, table) ? renameIn(one, rename) : one
    const foreignKeys = owned.foreignKeys.map((key) =>
      isSame(key.target, table) ? { ...key, targetColumns: key.targetColumns.map(rename) } : key,
    )
    return { ...owned, foreignKeys }
  })
  const sequences = catalog.sequences.map((one) =>
    one.ownedBy?.schema === table.schema && one.ownedBy.table === table.name
      ? { ...one, ownedBy: { ...one.ownedBy, column: rename(one.ownedBy.column) } }
      : one,
  )
  return { catalog: { ...catalog, tables, sequences } }
}

function renameIn(table: CatalogTable, rename: (name: string) => string): CatalogTable {
  const inKey = <T extends { readonly columns: readonly string[] }>(key: T): T => ({
    ...key,
    columns: key.columns.map(rename),
  })
  return {
    ...table,
    columns: table.columns.map((one) => ({ ...one, name: rename(one.name) })),
    primaryKey: table.primaryKey && inKey(table.primaryKey),
    keys: table.keys.map(inKey),
    foreignKeys: table.foreignKeys.map((key) => ({
      ...inKey(key),
      onDeleteColumns: key.onDeleteColumns.map(rename),
    })),
    indexes: table.indexes.map((index) => ({
      ...index,
      keys: index.keys.map((key) => ({ ...key, column: key.column && rename(key.column) })),
      include: index.include.map(rename),
    })),
  }
}
