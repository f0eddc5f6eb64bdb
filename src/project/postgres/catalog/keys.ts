import type {
  CatalogCheck,
  CatalogForeignKey,
  CatalogKey,
  ReferenceAction,
} from '../../catalog/constraints.ts'
import type { ObjectName } from '../../catalog/object-name.ts'
import type { Columns } from './columns.ts'
import { byName, toNumbers } from './lookup.ts'
import { type Cell, recordReader } from './records.ts'
import type { CatalogRows } from './rows.ts'

/** The constraints of one table, sorted by name. */
export interface Keys {
  readonly primaryKey: CatalogKey | null
  readonly keys: readonly CatalogKey[]
  readonly foreignKeys: readonly CatalogForeignKey[]
  readonly checks: readonly CatalogCheck[]
}

/** A constraint, as a record of its table describes it. Lists of positions are numbers with spaces between them. */
export interface ConstraintRecord {
  readonly name: string
  readonly type: string
  readonly columns: string | null
  readonly isDeferrable: boolean
  readonly isDeferred: boolean
  readonly isValidated: boolean
  readonly isEnforced: boolean
  readonly isInherited: boolean
  /** The oid of its index; for a foreign key, of the index that it references. */
  readonly index: string
  readonly target: ObjectName
  readonly targetOid: string
  readonly targetColumns: string | null
  /** The names of `targetColumns` as JSON, if the target is outside the chosen schemas. */
  readonly targetNames: string | null
  readonly onUpdate: string
  readonly onDelete: string
  readonly setColumns: string | null
  readonly match: string
  readonly definition: string | null
}

/** Returns a function that reads the constraints of a table. */
export function constraintRecords(rows: CatalogRows): (table: string) => ConstraintRecord[] {
  return recordReader(rows.constraints, toConstraintRecord)
}

function toConstraintRecord(cells: readonly Cell[]): ConstraintRecord {
  return {
    name: cells[0] ?? '',
    type: cells[1] ?? '',
    columns: cells[2] ?? null,
    isDeferrable: cells[3] === 't',
    isDeferred: cells[4] === 't',
    isValidated: cells[5] === 't',
    isEnforced: cells[6] === 't',
    isInherited: cells[7] === 't',
    index: cells[8] ?? '',
    target: { schema: cells[9] ?? '', name: cells[10] ?? '' },
    targetColumns: cells[11] ?? null,
    onUpdate: cells[12] ?? '',
    onDelete: cells[13] ?? '',
    setColumns: cells[14] ?? null,
    match: cells[15] ?? '',
    definition: cells[16] ?? null,
    targetOid: cells[17] ?? '',
    targetNames: cells[18] ?? null,
  }
}

/** Builds the constraints of a table from their records, sorted by name. */
export function toKeys(
  records: readonly ConstraintRecord[],
  columns: Columns,
  lookup: {
    /** Returns the name of an index by its oid. */
    indexName(oid: string): string
    /** Returns the names of the columns that a foreign key references. */
    targetColumns(constraint: ConstraintRecord): readonly string[]
  },
): Keys {
  const keys: CatalogKey[] = []
  const foreignKeys: CatalogForeignKey[] = []
  const checks: CatalogCheck[] = []
  for (const record of records) {
    const { name, type, definition, isValidated, isEnforced, isInherited } = record
    if (type === 'c') {
      checks.push({ name, definition: definition ?? '', isValidated, isEnforced, isInherited })
    } else if (type === 'f') {
      foreignKeys.push(toForeignKey(record, columns, lookup.targetColumns(record)))
    } else if (type in keyKinds) {
      keys.push(toKey(record, columns, lookup.indexName(record.index)))
    }
  }
  return {
    primaryKey: keys.find(({ kind }) => kind === 'primary') ?? null,
    keys: keys.filter(({ kind }) => kind !== 'primary').sort(byName),
    foreignKeys: foreignKeys.sort(byName),
    checks: checks.sort(byName),
  }
}

/** The kinds of keys by `pg_constraint.contype`. */
const keyKinds: Readonly<Record<string, CatalogKey['kind']>> = {
  p: 'primary',
  u: 'unique',
  x: 'exclusion',
}

/** The actions of foreign keys by `confdeltype` and `confupdtype`. */
const actions: Readonly<Record<string, ReferenceAction>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
}

/** The match types of foreign keys by `confmatchtype`. */
const matches: Readonly<Record<string, CatalogForeignKey['match']>> = {
  s: 'simple',
  f: 'full',
  p: 'partial',
}

function toKey(record: ConstraintRecord, columns: Columns, index: string): CatalogKey {
  return {
    name: record.name,
    kind: keyKinds[record.type] ?? 'unique',
    columns: namesAt(record.columns, columns),
    index,
    isDeferrable: record.isDeferrable,
    isDeferred: record.isDeferred,
    definition: record.definition,
  }
}

function toForeignKey(
  record: ConstraintRecord,
  columns: Columns,
  targetColumns: readonly string[],
): CatalogForeignKey {
  return {
    name: record.name,
    columns: namesAt(record.columns, columns),
    target: record.target,
    targetColumns,
    onDelete: actions[record.onDelete] ?? 'NO ACTION',
    onUpdate: actions[record.onUpdate] ?? 'NO ACTION',
    onDeleteColumns: namesAt(record.setColumns, columns),
    match: matches[record.match] ?? 'simple',
    isDeferrable: record.isDeferrable,
    isDeferred: record.isDeferred,
    isValidated: record.isValidated,
    isEnforced: record.isEnforced,
  }
}

function namesAt(positions: string | null, columns: Columns): string[] {
  return toNumbers(positions).flatMap((position) => columns.nameAt(position) ?? [])
}
