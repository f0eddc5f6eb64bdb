import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey, CatalogKey } from '../../project/catalog/constraints.ts'
import { buildIndex, findIndexFaults } from './build-index.ts'
import { toCheckDefinition } from './check-definition.ts'
import {
  type ChangeOutcome,
  refuseChange,
  replaceTable,
  withNamed,
  withoutNamed,
  withTable,
} from './edit-catalog.ts'
import { findConstraintClash, findRelationClash, findTable } from './find-table.ts'
import type { ChangeOf } from './model-change.ts'
import { joinNames } from './new-name.ts'
import { isAmbiguous, withoutReferences } from './referenced-index.ts'

/** The name of a new index or constraint: the given one, or the default of PostgreSQL. */
export function toKeyName(
  change: { readonly name?: string | undefined; readonly columns: readonly string[] },
  table: { readonly name: string },
  suffix: 'idx' | 'key' | 'fkey',
): string | null {
  return change.name ?? joinNames(table.name, ...change.columns, suffix)
}

/** Completes the name of an index or a constraint, or returns what is wrong with it. */
function findNameFaults(
  catalog: Catalog,
  table: CatalogTable,
  { name, isIndex, isConstraint }: { name: string | null; isIndex: boolean; isConstraint: boolean },
): SchemaFault[] {
  if (name === null) return [{ path: 'name', message: 'The default name is too long: give one' }]
  const clash =
    (isIndex ? findRelationClash(catalog, table.schema, name) : null) ??
    (isConstraint ? findConstraintClash(table, name) : null)
  return clash === null ? [] : [{ path: 'name', message: `${clash}: give another name` }]
}

/** Adds a B-tree index over columns. */
export function applyAddIndex(catalog: Catalog, change: ChangeOf<'add_index'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const name = toKeyName(change, table, 'idx')
  const faults = [
    ...findIndexFaults(table, change.columns),
    ...findNameFaults(catalog, table, { name, isIndex: true, isConstraint: false }),
  ]
  if (faults.length > 0 || name === null) return { faults }
  const index = buildIndex(name, change.columns, change.unique ?? false)
  return withTable(catalog, table, { ...table, indexes: withNamed(table.indexes, index) })
}

/** Removes an index that enforces nothing. */
export function applyDropIndex(catalog: Catalog, change: ChangeOf<'drop_index'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const index = table.indexes.find(({ name }) => name === change.name)
  if (!index) return refuseChange('name', `${table.name} has no index ${change.name}`)
  if (index.constraint !== null) {
    return refuseChange('name', `It enforces the constraint ${index.constraint}: drop that`)
  }
  if (index.isReferenced) return refuseChange('name', 'A foreign key needs it')
  if (index.isReplicaIdentity)
    return refuseChange('name', 'It is the replica identity of the table')
  return withTable(catalog, table, { ...table, indexes: withoutNamed(table.indexes, index.name) })
}

/** Adds a unique constraint with its index. */
export function applyAddUnique(catalog: Catalog, change: ChangeOf<'add_unique'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const name = toKeyName(change, table, 'key')
  const faults = [
    ...findIndexFaults(table, change.columns),
    ...findNameFaults(catalog, table, { name, isIndex: true, isConstraint: true }),
  ]
  if (faults.length > 0 || name === null) return { faults }
  const key: CatalogKey = {
    name,
    kind: 'unique',
    columns: change.columns,
    index: name,
    isDeferrable: false,
    isDeferred: false,
    definition: null,
  }
  const index = { ...buildIndex(name, change.columns, true), constraint: name }
  return withTable(catalog, table, {
    ...table,
    keys: withNamed(table.keys, key),
    indexes: withNamed(table.indexes, index),
  })
}

/** Adds a check of one column. */
export function applyAddCheck(catalog: Catalog, change: ChangeOf<'add_check'>): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const column = table.columns.find(({ name }) => name === change.check.column)
  const made = column
    ? toCheckDefinition(change.check, column)
    : { fault: `${table.name} has no column ${change.check.column}` }
  const faults = [
    ...('fault' in made ? [{ path: 'check', message: made.fault }] : []),
    ...findNameFaults(catalog, table, { name: change.name, isIndex: false, isConstraint: true }),
  ]
  if (faults.length > 0 || 'fault' in made) return { faults }
  const check = {
    name: change.name,
    definition: made.sql,
    isValidated: true,
    isEnforced: true,
    isInherited: false,
  }
  return withTable(catalog, table, { ...table, checks: withNamed(table.checks, check) })
}

/** Removes a unique constraint, a foreign key or a check. */
export function applyDropConstraint(
  catalog: Catalog,
  change: ChangeOf<'drop_constraint'>,
): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const { name } = change
  if (table.primaryKey?.name === name)
    return refuseChange('name', 'A primary key cannot be dropped here')
  const key = table.keys.find((one) => one.name === name)
  if (key) return dropKey(catalog, table, key)
  const foreignKey = table.foreignKeys.find((one) => one.name === name)
  if (foreignKey) {
    if (isAmbiguous(catalog, foreignKey)) {
      return refuseChange(
        'name',
        'Several indexes of the target fit, so which one it uses is not known',
      )
    }
    if (catalog.tables.some((one) => one.disabledForeignKeys?.some((off) => off.name === name))) {
      return refuseChange('name', 'Its triggers are disabled')
    }
    return dropForeignKey(catalog, table, foreignKey)
  }
  const check = table.checks.find((one) => one.name === name)
  if (!check) return refuseChange('name', `${table.name} has no constraint ${name}`)
  return withTable(catalog, table, { ...table, checks: withoutNamed(table.checks, name) })
}

function dropKey(catalog: Catalog, table: CatalogTable, key: CatalogKey): ChangeOutcome {
  if (key.kind === 'exclusion') {
    return refuseChange('name', 'An exclusion constraint cannot be dropped here')
  }
  const index = table.indexes.find(({ name }) => name === key.index)
  if (index?.isReferenced) return refuseChange('name', 'A foreign key needs it')
  if (index?.isReplicaIdentity)
    return refuseChange('name', 'It is the replica identity of the table')
  return withTable(catalog, table, {
    ...table,
    keys: withoutNamed(table.keys, key.name),
    indexes: withoutNamed(table.indexes, key.index),
  })
}

function dropForeignKey(
  catalog: Catalog,
  table: CatalogTable,
  key: CatalogForeignKey,
): ChangeOutcome {
  const kept = { ...table, foreignKeys: withoutNamed(table.foreignKeys, key.name) }
  return { catalog: withoutReferences(replaceTable(catalog, table, kept), [key]) }
}
