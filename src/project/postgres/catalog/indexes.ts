import type { CatalogIndex, CatalogIndexKey } from '../../catalog/constraints.ts'
import type { Columns } from './columns.ts'
import { byName, toNumbers, toObjectName, toTexts } from './lookup.ts'
import type { CatalogRows, IndexRow } from './rows.ts'

/** The oid of the default collation of a database. */
const defaultCollation = '100'

/** Returns a function that builds the indexes of a relation, sorted by name. */
export function indexReader(
  rows: CatalogRows,
): (indexes: readonly IndexRow[], columns: Columns) => readonly CatalogIndex[] {
  const [[, , blockSize] = [0, '', 0]] = rows.server
  const operatorClasses = new Map(rows.operatorClasses)
  const collations = new Map(rows.collations)
  const constraints = new Map(
    rows.constraints.flatMap((row) => ('pux'.includes(row[2]) ? [[row[9], row[1]] as const] : [])),
  )

  const toIndexKeys = (row: IndexRow, columns: Columns): CatalogIndexKey[] => {
    const expressions = toTexts(row[15])
    const [classes, collated, options] = [row[6].split(' '), row[7].split(' '), toNumbers(row[8])]
    let expression = 0
    return toNumbers(row[4])
      .slice(0, row[5])
      .map((position, at) => {
        const collation = collated[at] ?? '0'
        const usual = position === 0 ? defaultCollation : columns.collationAt(position)
        const isUsual = collation === '0' || collation === usual
        return {
          column: position === 0 ? null : columns.nameAt(position),
          expression: position === 0 ? (expressions[expression++] ?? null) : null,
          isDescending: ((options[at] ?? 0) & 1) !== 0,
          nullsFirst: ((options[at] ?? 0) & 2) !== 0,
          collation: isUsual ? null : (collations.get(collation) ?? collation),
          operatorClass: operatorClasses.get(classes[at] ?? '') ?? null,
        }
      })
  }

  // reads the row by index, like `toColumn`
  const toIndex = (row: IndexRow, columns: Columns): CatalogIndex => ({
    name: row[2],
    method: row[3],
    keys: toIndexKeys(row, columns),
    include: toNumbers(row[4])
      .slice(row[5])
      .flatMap((position) => columns.nameAt(position) ?? []),
    isUnique: row[9],
    isPrimary: row[10],
    nullsNotDistinct: row[11],
    isValid: row[12],
    isReady: row[13],
    predicate: row[16],
    constraint: constraints.get(row[1]) ?? null,
    partitionOf: toObjectName(row[18], row[19]),
    isReplicaIdentity: row[20],
    isReferenced: row[21],
    estimatedBytes: row[14] * blockSize,
    definition: row[17],
  })

  return (indexes, columns) => indexes.map((row) => toIndex(row, columns)).sort(byName)
}
