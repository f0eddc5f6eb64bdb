import type {
  CatalogCheck,
  CatalogForeignKey,
  CatalogKey,
  ReferenceAction,
} from '../../catalog/constraints.ts'
import type { Columns } from './columns.ts'
import { byName, toNumbers } from './lookup.ts'
import type { ConstraintRow } from './rows.ts'

/** The constraints of one table, sorted by name. */
export interface Keys {
  readonly primaryKey: CatalogKey | null
  readonly keys: readonly CatalogKey[]
  readonly foreignKeys: readonly CatalogForeignKey[]
  readonly checks: readonly CatalogCheck[]
}

/** Builds the constraints of a table from their rows, sorted by name. */
export function toKeys(
  rows: readonly ConstraintRow[],
  columns: Columns,
  lookup: {
    /** Returns the name of an index by its oid. */
    indexName(oid: string): string
    /** Returns the names of the columns that a foreign key references. */
    targetColumns(row: ConstraintRow): readonly string[]
  },
): Keys {
  const keys: CatalogKey[] = []
  const foreignKeys: CatalogForeignKey[] = []
  const checks: CatalogCheck[] = []
  for (const row of rows) {
    const type = row[2]
    if (type === 'c') {
      checks.push({
        name: row[1],
        definition: row[17] ?? '',
        isValidated: row[6],
        isEnforced: row[7],
        isInherited: row[8],
      })
    } else if (type === 'f') {
      foreignKeys.push(toForeignKey(row, columns, lookup.targetColumns(row)))
    } else if (type in keyKinds) {
      keys.push(toKey(row, columns, lookup.indexName(row[9])))
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

function toKey(row: ConstraintRow, columns: Columns, index: string): CatalogKey {
  const [, name, type, key, isDeferrable, isDeferred] = row
  return {
    name,
    kind: keyKinds[type] ?? 'unique',
    columns: namesAt(key, columns),
    index,
    isDeferrable,
    isDeferred,
    definition: row[17],
  }
}

// reads the row by index, like `toColumn`
function toForeignKey(
  row: ConstraintRow,
  columns: Columns,
  targetColumns: readonly string[],
): CatalogForeignKey {
  return {
    name: row[1],
    columns: namesAt(row[3], columns),
    target: { schema: row[10] ?? '', name: row[11] ?? '' },
    targetColumns,
    onDelete: actions[row[14]] ?? 'NO ACTION',
    onUpdate: actions[row[13]] ?? 'NO ACTION',
    onDeleteColumns: namesAt(row[15], columns),
    match: matches[row[16]] ?? 'simple',
    isDeferrable: row[4],
    isDeferred: row[5],
    isValidated: row[6],
    isEnforced: row[7],
  }
}

function namesAt(positions: string | null, columns: Columns): string[] {
  return toNumbers(positions).flatMap((position) => columns.nameAt(position) ?? [])
}
