import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey, CatalogIndex } from '../../project/catalog/constraints.ts'
import { isSame, replaceTable } from './edit-catalog.ts'

/** Returns the unique indexes that a foreign key to these columns could use, whatever the order of the columns. */
export function findTargetIndexes(
  { indexes, keys, primaryKey }: CatalogTable,
  columns: readonly string[],
): CatalogIndex[] {
  const deferrable = [...keys, ...(primaryKey ? [primaryKey] : [])]
    .filter((key) => key.isDeferrable)
    .map(({ index }) => index)
  return indexes.filter(
    (index) =>
      index.isUnique &&
      index.isValid &&
      index.definition === null &&
      !deferrable.includes(index.name) &&
      isOver(index, columns),
  )
}

function isOver({ keys }: CatalogIndex, columns: readonly string[]): boolean {
  return (
    keys.length === columns.length &&
    keys.every(({ column }) => column !== null && columns.includes(column))
  )
}

/** Returns true if more than one index of the target is referenced over the columns of a foreign key. */
export function isAmbiguous(catalog: Catalog, key: CatalogForeignKey): boolean {
  const target = catalog.tables.find((one) => isSame(one, key.target))
  const used = target?.indexes.filter((one) => one.isReferenced && isOver(one, key.targetColumns))
  return (used?.length ?? 0) > 1
}

/** Forgets that indexes are referenced by foreign keys that the catalog no longer has. */
export function withoutReferences(catalog: Catalog, gone: readonly CatalogForeignKey[]): Catalog {
  return gone.reduce((state, { target }) => {
    const owner = state.tables.find((one) => isSame(one, target))
    if (!owner) return state
    const used = state.tables.flatMap(({ foreignKeys }) =>
      foreignKeys.filter((one) => isSame(one.target, owner)).map((one) => one.targetColumns),
    )
    const indexes = owner.indexes.map((index) =>
      index.isReferenced && !used.some((columns) => isOver(index, columns))
        ? { ...index, isReferenced: false }
        : index,
    )
    return replaceTable(state, owner, { ...owner, indexes })
  }, catalog)
}
