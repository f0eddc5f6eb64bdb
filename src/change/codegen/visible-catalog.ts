import { toName } from '../../health/kit/identifiers.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import { findHiddenObjects } from '../../introspection/schema/mask.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import { applyChanges, type AppliedChanges } from '../schema/apply-changes.ts'
import type { ModelChange } from '../schema/model-change.ts'

/** The catalog of the database, and the part of it that clients know. */
export interface VisibleCatalog {
  readonly whole: Catalog
  readonly visible: Catalog
  /** The names of what is left out, as `schema.name`. */
  readonly hidden: ReadonlySet<string>
  /** The tables in which the migration tools record what ran, as `schema.name`. */
  readonly journals: ReadonlySet<string>
}

/** Leaves out what the project does not expose. */
export function toVisibleCatalog(
  { declaredModels, migrations }: Pick<Snapshot, 'declaredModels' | 'migrations'>,
  whole: Catalog,
): VisibleCatalog {
  const hidden = findHiddenObjects(declaredModels, whole)
  const isVisible = (object: ObjectName) => !hidden.has(toName(object))
  return {
    whole,
    visible: {
      ...whole,
      tables: whole.tables.filter(isVisible),
      views: whole.views.filter(isVisible),
      sequences: whole.sequences.filter(isVisible),
    },
    hidden,
    journals: new Set(migrations.sources.flatMap(({ tables }) => tables)),
  }
}

/**
 * Applies changes as `applyChanges` does. A hidden table is unknown in words that are those for a table that does not exist; and
 * where a hidden object stands in the way of a change, the fault does not name it.
 */
export function applyVisible(
  { whole, visible, journals }: VisibleCatalog,
  changes: readonly ModelChange[],
): AppliedChanges {
  const faults = changes.flatMap((change, at): SchemaFault[] => {
    const name = toName({ schema: change.schema ?? 'public', name: change.table })
    return change.op !== 'create_table' && journals.has(name)
      ? [{ path: `changes.${at}.table`, message: `${name} belongs to the migration tool` }]
      : []
  })
  const seen = applyChanges(visible, changes)
  if (!seen.ok) return { ok: false, faults: [...faults, ...seen.faults] }
  if (faults.length > 0) return { ok: false, faults }
  const applied = applyChanges(whole, changes)
  if (applied.ok) return applied
  const message = 'Something that this project does not show stands in the way'
  return { ok: false, faults: applied.faults.map(({ path }) => ({ path, message })) }
}
