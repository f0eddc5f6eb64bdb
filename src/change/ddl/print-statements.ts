import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { applyChanges, type ChangeStep } from '../schema/apply-changes.ts'
import { toKeyName } from '../schema/apply-key.ts'
import { findTable, type TableRef } from '../schema/find-table.ts'
import type { ModelChange } from '../schema/model-change.ts'
import {
  printAddColumn,
  printAlterColumn,
  printDropColumn,
  printRenameColumn,
} from './print-column.ts'
import {
  printAddCheck,
  printAddForeignKey,
  printAddIndex,
  printAddUnique,
  printDropConstraint,
  printDropIndex,
} from './print-key.ts'
import { printCreateTable, printDropTable, printRenameTable } from './print-table.ts'
import type { DraftStatement, DdlStatement } from './statement.ts'

/**
 * Prints the statements that make a database look as `applyChanges` predicts, in the order in which they run. The safe form of
 * each is chosen: see `transaction` of a statement.
 *
 * @throws TypeError for changes that `applyChanges` refuses.
 */
export function printStatements(catalog: Catalog, changes: readonly ModelChange[]): DdlStatement[] {
  const applied = applyChanges(catalog, changes)
  if (!applied.ok) throw new TypeError('Changes with faults have no statements')
  return applied.steps.flatMap((step, change) =>
    printStep(step).map((statement) => ({ ...statement, change })),
  )
}

function printStep(step: ChangeStep): DraftStatement[] {
  const { change, before, after } = step
  switch (change.op) {
    case 'create_table':
      return printCreateTable(tableOf(after, change), after)
    case 'drop_table':
      return printDropTable(tableOf(before, change))
    case 'rename_table':
      return printRenameTable(tableOf(before, change), change.to)
    case 'add_column': {
      const table = tableOf(after, change)
      return printAddColumn({ table, column: columnOf(table, change.column.name) }, after)
    }
    case 'alter_column': {
      const table = tableOf(before, change)
      const next = columnOf(tableOf(after, change), change.column)
      return printAlterColumn({ table, column: columnOf(table, change.column) }, next)
    }
    case 'drop_column': {
      const table = tableOf(before, change)
      return printDropColumn({ table, column: columnOf(table, change.column) })
    }
    case 'rename_column': {
      const table = tableOf(before, change)
      return printRenameColumn({ table, column: columnOf(table, change.column) }, change.to)
    }
    default:
      return printKeyStep({ ...step, change })
  }
}

type KeyChange = Exclude<ModelChange, { op: `${string}_table` } | { op: `${string}_column` }>

function printKeyStep(step: ChangeStep & { readonly change: KeyChange }): DraftStatement[] {
  const { change } = step
  const [before, after] = [tableOf(step.before, change), tableOf(step.after, change)]
  switch (change.op) {
    case 'add_index':
      return printAddIndex(after, named(after.indexes, toKeyName(change, after, 'idx')))
    case 'drop_index':
      return printDropIndex(before, named(before.indexes, change.name))
    case 'add_unique': {
      const name = toKeyName(change, after, 'key')
      return printAddUnique(after, named(after.keys, name), named(after.indexes, name))
    }
    case 'add_foreign_key':
      return printAddForeignKey(after, named(after.foreignKeys, toKeyName(change, after, 'fkey')))
    case 'add_check':
      return printAddCheck(after, named(after.checks, change.name))
    case 'drop_constraint':
      return printDropConstraint(before, change.name)
  }
}

function tableOf(catalog: Catalog, ref: TableRef): CatalogTable {
  const table = findTable(catalog, ref)
  if (typeof table === 'string') throw new TypeError(table)
  return table
}

function columnOf(table: CatalogTable, name: string): CatalogColumn {
  return named(table.columns, name)
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string | null): T {
  const found = list.find((one) => one.name === name)
  if (!found) throw new TypeError(`There is no ${name}`)
  return found
}
