import type { SchemaFault } from '../../lib/standard-schema.ts'
import { toName } from '../../health/kit/identifiers.ts'
import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey } from '../../project/catalog/constraints.ts'
import { toKeyName } from './apply-key.ts'
import {
  isSame,
  type ChangeOutcome,
  refuseChange,
  replaceTable,
  withNamed,
} from './edit-catalog.ts'
import { findConstraintClash, findTable } from './find-table.ts'
import type { ChangeOf } from './model-change.ts'
import { findTargetIndexes } from './referenced-index.ts'

type Change = ChangeOf<'add_foreign_key'>

/** Adds a foreign key to columns that exactly one unique index covers. */
export function applyAddForeignKey(catalog: Catalog, change: Change): ChangeOutcome {
  const table = findTable(catalog, change)
  if (typeof table === 'string') return refuseChange('table', table)
  const target = findTable(catalog, change.target)
  if (typeof target === 'string') return refuseChange('target.table', target)
  const name = toKeyName(change, table, 'fkey')
  const faults = findFaults(table, target, change)
  if (name === null) faults.push({ path: 'name', message: 'The default name is too long' })
  const clash = name === null ? null : findConstraintClash(table, name)
  if (clash !== null) faults.push({ path: 'name', message: `${clash}: give another name` })
  const columns = change.target.columns
  const [index, other] = faults.length > 0 ? [] : findTargetIndexes(target, columns)
  if (faults.length === 0 && !index) {
    const message = `${toName(target)} has no unique index over exactly these columns`
    faults.push({ path: 'target.columns', message })
  }
  if (other) {
    faults.push({ path: 'target.columns', message: 'Several unique indexes cover these columns' })
  }
  if (faults.length > 0 || name === null || !index) return { faults }
  const key = buildForeignKey(name, change, target)
  const after = { ...table, foreignKeys: withNamed(table.foreignKeys, key) }
  const state = replaceTable(catalog, table, after)
  const referenced = state.tables.find((one) => isSame(one, target))
  if (!referenced) return refuseChange('target.table', 'It is gone')
  const indexes = referenced.indexes.map((one) =>
    one.name === index.name ? { ...one, isReferenced: true } : one,
  )
  return { catalog: replaceTable(state, target, { ...referenced, indexes }) }
}

function buildForeignKey(name: string, change: Change, target: CatalogTable): CatalogForeignKey {
  return {
    name,
    columns: change.columns,
    target: { schema: target.schema, name: target.name },
    targetColumns: change.target.columns,
    onDelete: change.on_delete ?? 'NO ACTION',
    onUpdate: change.on_update ?? 'NO ACTION',
    onDeleteColumns: [],
    match: 'simple',
    isDeferrable: false,
    isDeferred: false,
    isValidated: true,
    isEnforced: true,
  }
}

function findFaults(table: CatalogTable, target: CatalogTable, change: Change): SchemaFault[] {
  const { columns } = change
  const targets = change.target.columns
  const faults: SchemaFault[] = []
  if (columns.length !== targets.length) {
    faults.push({ path: 'target.columns', message: 'It needs as many columns as the key' })
  }
  if (new Set(columns).size < columns.length || new Set(targets).size < targets.length) {
    faults.push({ path: 'columns', message: 'A column is listed twice' })
  }
  for (const [at, name] of columns.entries()) {
    const from = table.columns.find((one) => one.name === name)
    const to = target.columns.find((one) => one.name === targets[at])
    if (!from)
      faults.push({ path: `columns.${at}`, message: `${table.name} has no column ${name}` })
    if (!to && targets[at] !== undefined) {
      const message = `${toName(target)} has no column ${targets[at]}`
      faults.push({ path: `target.columns.${at}`, message })
    }
    if (!from || !to) continue
    const isGenerated = from.generated !== null || to.generated?.kind === 'virtual'
    if (isGenerated) faults.push({ path: `columns.${at}`, message: 'It is a generated column' })
    if (from.isArray !== to.isArray || from.baseType !== to.baseType || from.domain || to.domain) {
      const message = `${from.type} does not fit ${toName(target)}.${to.name}, which is ${to.type}`
      faults.push({ path: `columns.${at}`, message })
    }
    if (from.isArray) {
      // PostgreSQL 14 to 18 fail to validate one over varchar[]: "cannot determine element type of anyarray"
      faults.push({ path: `columns.${at}`, message: 'A foreign key of an array is not supported' })
    }
    if (from.collation !== to.collation) {
      faults.push({ path: `columns.${at}`, message: 'The two columns have different collations' })
    }
  }
  return faults
}
