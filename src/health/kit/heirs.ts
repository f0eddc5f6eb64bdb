import { append } from '../../lib/groups.ts'
import type { CatalogTable } from '../../project/catalog/catalog.ts'
import { toName } from './identifiers.ts'

/** Returns the tables directly below each table, by its name: its partitions and those that inherit from it. */
export function findHeirs(tables: readonly CatalogTable[]): ReadonlyMap<string, CatalogTable[]> {
  const heirs = new Map<string, CatalogTable[]>()
  for (const table of tables) {
    const parents = table.partitionOf ? [table.partitionOf, ...table.inherits] : table.inherits
    for (const parent of parents) append(heirs, toName(parent), table)
  }
  return heirs
}
