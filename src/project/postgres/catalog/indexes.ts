import type { CatalogIndex, CatalogIndexKey } from '../../catalog/constraints.ts'
import type { ObjectName } from '../../catalog/object-name.ts'
import type { Columns } from './columns.ts'
import { byName, toNumbers, toObjectName, toTexts } from './lookup.ts'
import type { ConstraintRecord } from './keys.ts'
import { type Cell, recordReader } from './records.ts'
import type { CatalogRows } from './rows.ts'

/** The oid of the default collation of a database. */
const defaultCollation = '100'

/** An index, as a record of its relation describes it. Lists of numbers have spaces between them, `expressions` is JSON. */
export interface IndexRecord {
  readonly oid: string
  readonly name: string
  readonly method: string
  readonly columns: string
  readonly keyCount: number
  readonly operatorClasses: string
  readonly collations: string
  readonly options: string
  readonly isUnique: boolean
  readonly isPrimary: boolean
  readonly nullsNotDistinct: boolean
  readonly isValid: boolean
  readonly isReady: boolean
  readonly pages: number
  readonly expressions: string | null
  readonly predicate: string | null
  readonly definition: string | null
  readonly partitionOf: ObjectName | null
  readonly isReplicaIdentity: boolean
  readonly isReferenced: boolean
}

/** Returns a function that reads the indexes of a table or materialized view. */
export function indexRecords(rows: CatalogRows): (relation: string) => IndexRecord[] {
  return recordReader(rows.indexes, toIndexRecord)
}

function toIndexRecord(cells: readonly Cell[]): IndexRecord {
  return {
    oid: cells[0] ?? '',
    name: cells[1] ?? '',
    method: cells[2] ?? '',
    columns: cells[3] ?? '',
    keyCount: Number(cells[4]),
    operatorClasses: cells[5] ?? '',
    collations: cells[6] ?? '',
    options: cells[7] ?? '',
    isUnique: cells[8] === 't',
    isPrimary: cells[9] === 't',
    nullsNotDistinct: cells[10] === 't',
    isValid: cells[11] === 't',
    isReady: cells[12] === 't',
    pages: Number(cells[13]),
    expressions: cells[14] ?? null,
    predicate: cells[15] ?? null,
    definition: cells[16] ?? null,
    partitionOf: toObjectName(cells[17] ?? null, cells[18] ?? null),
    isReplicaIdentity: cells[19] === 't',
    isReferenced: cells[20] === 't',
  }
}

/** The records of one relation. */
export interface KeyRecords {
  readonly indexes: readonly IndexRecord[]
  readonly constraints: readonly ConstraintRecord[]
}

/** Returns a function that builds the indexes of a relation, sorted by name. */
export function indexReader(
  rows: CatalogRows,
): (records: KeyRecords, columns: Columns) => readonly CatalogIndex[] {
  const [[, , blockSize] = [0, '', 0]] = rows.server
  const operatorClasses = new Map(rows.operatorClasses)
  const collations = new Map(rows.collations)

  const toIndexKeys = (record: IndexRecord, columns: Columns): CatalogIndexKey[] => {
    const expressions = toTexts(record.expressions)
    const classes = record.operatorClasses.split(' ')
    const collated = record.collations.split(' ')
    const options = toNumbers(record.options)
    let expression = 0
    return toNumbers(record.columns)
      .slice(0, record.keyCount)
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

  const toIndex = (record: IndexRecord, columns: Columns, constraint: string | null) => ({
    name: record.name,
    method: record.method,
    keys: toIndexKeys(record, columns),
    include: toNumbers(record.columns)
      .slice(record.keyCount)
      .flatMap((position) => columns.nameAt(position) ?? []),
    isUnique: record.isUnique,
    isPrimary: record.isPrimary,
    nullsNotDistinct: record.nullsNotDistinct,
    isValid: record.isValid,
    isReady: record.isReady,
    predicate: record.predicate,
    constraint,
    partitionOf: record.partitionOf,
    isReplicaIdentity: record.isReplicaIdentity,
    isReferenced: record.isReferenced,
    estimatedBytes: record.pages * blockSize,
    definition: record.definition,
  })

  return ({ indexes, constraints }, columns) => {
    const owners = constraints.filter(({ type }) => 'pux'.includes(type))
    const ownerOf = (oid: string) => owners.find(({ index }) => index === oid)?.name ?? null
    return indexes.map((index) => toIndex(index, columns, ownerOf(index.oid))).sort(byName)
  }
}
