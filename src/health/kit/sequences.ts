import type { CatalogColumn, CatalogSequence, CatalogTable } from '../../project/catalog/catalog.ts'
import type { Inspected } from './inspected.ts'

/** The largest value of each integer type. */
const integerMaximum: Readonly<Record<string, bigint>> = {
  int2: 32_767n,
  int4: 2_147_483_647n,
  int8: 9_223_372_036_854_775_807n,
}

/** A column and the sequence that generates its values. */
export interface GeneratedColumn {
  readonly table: CatalogTable
  readonly column: CatalogColumn
  readonly sequence: CatalogSequence
  /** The largest value of the column's type; null when the type is not an integer. */
  readonly maximum: bigint | null
}

/** Lists the columns whose values come from a sequence that they own. */
export function* generatedColumns({ catalog, tableOf }: Inspected): Iterable<GeneratedColumn> {
  for (const sequence of catalog.sequences) {
    const { ownedBy } = sequence
    const table = ownedBy && tableOf({ schema: ownedBy.schema, name: ownedBy.table })
    const column = table?.columns.find(({ name }) => name === ownedBy?.column)
    if (!table || !column || table.extension !== null) continue
    yield { table, column, sequence, maximum: integerMaximum[column.baseType] ?? null }
  }
}

/** Returns the used part of a range, from 0 to 1, rounded down to a hundredth. */
export function toShare(value: bigint, maximum: bigint): number {
  return Number((value * 100n) / maximum) / 100
}

/** The used part of a range from which a rule warns. */
export const warningShare = 0.5
/** The used part of a range from which a rule reports a danger. */
export const dangerShare = 0.85
