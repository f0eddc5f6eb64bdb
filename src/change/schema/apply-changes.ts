import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import {
  applyAddColumn,
  applyAlterColumn,
  applyDropColumn,
  applyRenameColumn,
} from './apply-column.ts'
import { applyAddForeignKey } from './apply-foreign-key.ts'
import {
  applyAddCheck,
  applyAddIndex,
  applyAddUnique,
  applyDropConstraint,
  applyDropIndex,
} from './apply-key.ts'
import { applyCreateTable, applyDropTable, applyRenameTable } from './apply-table.ts'
import type { ChangeOutcome } from './edit-catalog.ts'
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

function applyChange(catalog: Catalog, change: ModelChange): ChangeOutcome {
  switch (change.op) {
    case 'create_table':
      return applyCreateTable(catalog, change)
    case 'drop_table':
      return applyDropTable(catalog, change)
    case 'rename_table':
      return applyRenameTable(catalog, change)
    case 'add_column':
      return applyAddColumn(catalog, change)
    case 'alter_column':
      return applyAlterColumn(catalog, change)
    case 'drop_column':
      return applyDropColumn(catalog, change)
    case 'rename_column':
      return applyRenameColumn(catalog, change)
    case 'add_index':
      return applyAddIndex(catalog, change)
    case 'drop_index':
      return applyDropIndex(catalog, change)
    case 'add_unique':
      return applyAddUnique(catalog, change)
    case 'add_foreign_key':
      return applyAddForeignKey(catalog, change)
    case 'add_check':
      return applyAddCheck(catalog, change)
    case 'drop_constraint':
      return applyDropConstraint(catalog, change)
  }
}
