import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { addColumn, alterColumn, dropColumn, renameColumn } from './apply-column.ts'
import { addForeignKey } from './apply-foreign-key.ts'
import { addCheck, addIndex, addUnique, dropConstraint, dropIndex } from './apply-key.ts'
import { createTable, dropTable, renameTable } from './apply-table.ts'
import type { Outcome } from './edit-catalog.ts'
import type { ModelChange } from './model-change.ts'

/** One change, with the catalog before and after it. */
export interface ChangeStep {
  readonly change: ModelChange
  readonly before: Catalog
  readonly after: Catalog
}

/** The catalog after all changes, with the steps to it; or everything that is wrong, with paths such as `changes.2.column`. */
export type AppliedChanges =
  | { readonly ok: true; readonly catalog: Catalog; readonly steps: readonly ChangeStep[] }
  | { readonly ok: false; readonly faults: readonly SchemaFault[] }

/**
 * Applies changes to a catalog, each to the result of those before it, and returns what PostgreSQL's catalog will say after
 * them. A change whose result cannot be predicted exactly is a fault, with its reason. After a change with faults the others
 * are still checked, as if that change were not in the list.
 */
export function applyChanges(catalog: Catalog, changes: readonly ModelChange[]): AppliedChanges {
  const faults: SchemaFault[] = []
  const steps: ChangeStep[] = []
  let state = catalog
  for (const [at, change] of changes.entries()) {
    const outcome = applyChange(state, change)
    if ('faults' in outcome) {
      faults.push(
        ...outcome.faults.map(({ path, message }) => ({ path: `changes.${at}.${path}`, message })),
      )
    } else {
      steps.push({ change, before: state, after: outcome.catalog })
      state = outcome.catalog
    }
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, catalog: state, steps }
}

function applyChange(catalog: Catalog, change: ModelChange): Outcome {
  switch (change.op) {
    case 'create_table':
      return createTable(catalog, change)
    case 'drop_table':
      return dropTable(catalog, change)
    case 'rename_table':
      return renameTable(catalog, change)
    case 'add_column':
      return addColumn(catalog, change)
    case 'alter_column':
      return alterColumn(catalog, change)
    case 'drop_column':
      return dropColumn(catalog, change)
    case 'rename_column':
      return renameColumn(catalog, change)
    case 'add_index':
      return addIndex(catalog, change)
    case 'drop_index':
      return dropIndex(catalog, change)
    case 'add_unique':
      return addUnique(catalog, change)
    case 'add_foreign_key':
      return addForeignKey(catalog, change)
    case 'add_check':
      return addCheck(catalog, change)
    case 'drop_constraint':
      return dropConstraint(catalog, change)
  }
}
