import { canonicalJson } from '../../lib/checksum.ts'
import type { Model } from '../../project/model.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import type { Snapshot } from '../model/snapshot.ts'

type ModelsByApp = readonly (readonly Model[])[]

/** What the model sources returned for a snapshot. While the catalog stays the same, they return the same lists. */
const modelsBySnapshot = new WeakMap<Snapshot, ModelsByApp>()

/** Records what a snapshot was derived from, so that the next one can be compared with it. */
export function rememberModels(snapshot: Snapshot, modelsByApp: ModelsByApp): Snapshot {
  modelsBySnapshot.set(snapshot, modelsByApp)
  return snapshot
}

/** True if the model sources returned the very lists that `previous` was derived from. Takes the same time for any schema. */
export function hasSameModels(previous: Snapshot, modelsByApp: ModelsByApp): boolean {
  const before = modelsBySnapshot.get(previous)
  return (
    before?.length === modelsByApp.length &&
    modelsByApp.every((models, index) => models === before[index])
  )
}

/** Compares the names of sensitive columns. */
export function hasSameColumns(previous: Snapshot, columns: ColumnsByTable | null): boolean {
  const before = previous.sensitiveColumns
  return before === columns || canonicalJson(before) === canonicalJson(columns)
}

/** Compares two snapshots of the same models: by identity where possible, because content takes long to compare. */
export function isUnchanged(previous: Snapshot, next: Snapshot): boolean {
  const parts = ['exposure', 'migrations', 'routes', 'tools', 'checksums', 'problems'] as const
  return (
    previous.catalog === next.catalog &&
    parts.every((part) => keepEqual<unknown>(previous[part], next[part]) === previous[part])
  )
}

/** Returns the known value if the new one has the same content, so that it can be recognised by identity. */
export function keepEqual<T>(known: T | undefined, next: T): T {
  if (known === undefined || known === next) return next
  return canonicalJson(known) === canonicalJson(next) ? known : next
}
