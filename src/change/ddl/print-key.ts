import { toIdentifier, toIdentifiers, toQualified } from '../../health/kit/identifiers.ts'
import type { CatalogTable } from '../../project/catalog/catalog.ts'
import type {
  CatalogCheck,
  CatalogForeignKey,
  CatalogIndex,
  CatalogKey,
} from '../../project/catalog/constraints.ts'
import { newOid } from '../schema/edit-catalog.ts'
import { type DraftStatement, draft } from './statement.ts'

/** What to know about an index that is built while others write. */
export const invalidNote =
  'If it fails or is cancelled, an invalid index stays: drop that before the next try'

/** Prints a new index. On a table that exists it is built while others write. */
export function printAddIndex(table: CatalogTable, index: CatalogIndex): DraftStatement[] {
  const isNew = table.oid === newOid
  const sql = toIndexSql(table, index, isNew ? '' : ' CONCURRENTLY')
  const undo = `DROP INDEX${isNew ? '' : ' CONCURRENTLY'} ${toIndexName(table, index.name)};`
  if (isNew) return [draft(sql, 'SHARE', { reverse: [undo] })]
  const duplicates = index.isUnique ? 'Rows that are equal in these columns make it fail. ' : ''
  return [
    draft(sql, 'SHARE UPDATE EXCLUSIVE', {
      transaction: 'none',
      reverse: [undo],
      note: duplicates + invalidNote,
    }),
  ]
}

function toIndexSql(table: CatalogTable, index: CatalogIndex, option: string): string {
  const columns = index.keys.flatMap(({ column }) => column ?? [])
  const unique = index.isUnique ? ' UNIQUE' : ''
  return `CREATE${unique} INDEX${option} ${toIdentifier(index.name)} ON ${toQualified(table)} (${toIdentifiers(columns)});`
}

function toIndexName({ schema }: CatalogTable, name: string): string {
  return toQualified({ schema, name })
}

/** Prints the removal of an index, without keeping others from reading or writing. */
export function printDropIndex(table: CatalogTable, index: CatalogIndex): DraftStatement[] {
  const isNew = table.oid === newOid
  const name = toIndexName(table, index.name)
  const again = isSimple(index)
    ? toIndexSql(table, index, isNew ? '' : ' CONCURRENTLY')
    : index.definition && `${index.definition};`
  return [
    draft(
      `DROP INDEX${isNew ? '' : ' CONCURRENTLY'} ${name};`,
      isNew ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE',
      {
        transaction: isNew ? 'shared' : 'none',
        reverse: again !== null && index.isValid && isStable(again) ? [again] : null,
      },
    ),
  ]
}

function isSimple(index: CatalogIndex): boolean {
  const { method, keys, include, definition, nullsNotDistinct } = index
  return (
    method === 'btree' &&
    definition === null &&
    include.length === 0 &&
    !nullsNotDistinct &&
    keys.every(
      (key) =>
        !key.isDescending &&
        !key.nullsFirst &&
        key.collation === null &&
        key.operatorClass === null,
    )
  )
}

/** Prints a new unique constraint. On a table that exists its index is built while others write. */
export function printAddUnique(
  table: CatalogTable,
  key: CatalogKey,
  index: CatalogIndex,
): DraftStatement[] {
  const [alter, name] = [`ALTER TABLE ${toQualified(table)}`, toIdentifier(key.name)]
  const undo = [`${alter} DROP CONSTRAINT ${name};`]
  const add = `${alter} ADD CONSTRAINT ${name} UNIQUE`
  if (table.oid === newOid) {
    return [draft(`${add} (${toIdentifiers(key.columns)});`, 'ACCESS EXCLUSIVE', { reverse: undo })]
  }
  const [built] = printAddIndex(table, index)
  return [
    // the index belongs to the constraint by then, so it goes with it
    ...(built ? [{ ...built, reverse: [] }] : []),
    draft(`${add} USING INDEX ${name};`, 'ACCESS EXCLUSIVE', { transaction: 'own', reverse: undo }),
  ]
}

/** Prints a new foreign key. Rows that exist are checked later, while others read and write. */
export function printAddForeignKey(table: CatalogTable, key: CatalogForeignKey): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)}`
  const name = toIdentifier(key.name)
  const add = `${alter} ADD ${toForeignKeySql(key)}`
  const undo = [`${alter} DROP CONSTRAINT ${name};`]
  const lock = 'SHARE ROW EXCLUSIVE'
  if (table.oid === newOid) return [draft(`${add};`, lock, { reverse: undo })]
  return [
    draft(`${add} NOT VALID;`, lock, { reverse: undo }),
    validate(alter, name, 'Rows that reference nothing make it fail'),
  ]
}

function toForeignKeySql(key: CatalogForeignKey): string {
  const { name, columns, target, targetColumns, onDelete, onUpdate } = key
  return [
    `CONSTRAINT ${toIdentifier(name)} FOREIGN KEY (${toIdentifiers(columns)})`,
    `REFERENCES ${toQualified(target)} (${toIdentifiers(targetColumns)})`,
    ...(onDelete === 'NO ACTION' ? [] : [`ON DELETE ${onDelete}`]),
    ...(onUpdate === 'NO ACTION' ? [] : [`ON UPDATE ${onUpdate}`]),
  ].join(' ')
}

function validate(alter: string, name: string, note: string): DraftStatement {
  return draft(`${alter} VALIDATE CONSTRAINT ${name};`, 'SHARE UPDATE EXCLUSIVE', {
    transaction: 'own',
    reverse: [],
    note,
  })
}

/** Prints a new check. Rows that exist are checked later, while others read and write. */
export function printAddCheck(table: CatalogTable, check: CatalogCheck): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)}`
  const name = toIdentifier(check.name)
  const add = `${alter} ADD CONSTRAINT ${name} ${check.definition}`
  const undo = [`${alter} DROP CONSTRAINT ${name};`]
  if (table.oid === newOid) return [draft(`${add};`, 'ACCESS EXCLUSIVE', { reverse: undo })]
  return [
    draft(`${add} NOT VALID;`, 'ACCESS EXCLUSIVE', { reverse: undo }),
    validate(alter, name, 'Rows that break the condition make it fail'),
  ]
}

/** Prints the removal of a constraint. */
export function printDropConstraint(table: CatalogTable, name: string): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)}`
  return [
    draft(`${alter} DROP CONSTRAINT ${toIdentifier(name)};`, 'ACCESS EXCLUSIVE', {
      reverse: toConstraintAgain(table, name, alter),
    }),
  ]
}

/**
 * Returns true if PostgreSQL prints a text again after reading it. It moves the casts of a list of values into the list, so that
 * the structure would differ although its meaning does not.
 */
function isStable(definition: string): boolean {
  return !definition.includes('])::')
}

/** Prints what adds a constraint again; null if the catalog does not say everything about it. */
function toConstraintAgain(table: CatalogTable, name: string, alter: string): string[] | null {
  const key = table.foreignKeys.find((one) => one.name === name)
  if (key) {
    const isUsual =
      key.match === 'simple' && !key.isDeferrable && key.isEnforced && !key.onDeleteColumns.length
    const option = key.isValidated ? '' : ' NOT VALID'
    return isUsual ? [`${alter} ADD ${toForeignKeySql(key)}${option};`] : null
  }
  const check = table.checks.find((one) => one.name === name)
  const add = `${alter} ADD CONSTRAINT ${toIdentifier(name)}`
  if (check) return isStable(check.definition) ? [`${add} ${check.definition};`] : null
  const unique = table.keys.find((one) => one.name === name)
  const index = table.indexes.find((one) => one.name === unique?.index)
  const isUsual = unique && index && isSimple(index) && !unique.isDeferrable
  return isUsual ? [`${add} UNIQUE (${toIdentifiers(unique.columns)});`] : null
}
