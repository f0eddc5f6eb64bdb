import type { CatalogColumn, CatalogSequence, CatalogTable } from '../../project/catalog/catalog.ts'
import type { Inspected } from './inspected.ts'

/** Largest value of the integer types. */
export const integerMaximum: Readonly<Record<string, bigint>> = {
  int2: 32_767n,
  int4: 2_147_483_647n,
  int8: 9_223_372_036_854_775_807n,
}

/** A column with the sequence that feeds it. */
export interface FedColumn {
  readonly table: CatalogTable
  readonly column: CatalogColumn
  readonly sequence: CatalogSequence
  /** Largest value of the column's type; null when it is no integer. */
  readonly maximum: bigint | null
}

/** Lists the columns that a sequence of their own feeds. */
export function* fedColumns({ catalog, tableOf }: Inspected): Iterable<FedColumn> {
  for (const sequence of catalog.sequences) {
    const { ownedBy } = sequence
    const table = ownedBy && tableOf({ schema: ownedBy.schema, name: ownedBy.table })
    const column = table?.columns.find(({ name }) => name === ownedBy?.column)
    if (!table || !column || table.extension !== null) continue
    yield { table, column, sequence, maximum: integerMaximum[column.baseType] ?? null }
  }
}

/** How much of a range is used up, from 0 to 1, rounded down to a hundredth. */
export function toShare(value: bigint, maximum: bigint): number {
  return Number((value * 100n) / maximum) / 100
}

/** From which share on an end is near, and from which it is at hand. */
export const nearShare = 0.5
/** From which share on something has to be done now. */
export const urgentShare = 0.85
