import type { CatalogForeignKey, CatalogIndex } from '../../project/catalog/constraints.ts'
import type { DeclaredForeignKey, DeclaredIndex } from '../../project/model.ts'
import { isNotNullPredicate } from '../kit/indexes.ts'
import { isTablePair, type Pair, type TablePair, toColumnName } from './pair.ts'
import { compareIndexes, toMissingIndex } from './compare-indexes.ts'
import type { Difference } from './difference.ts'

/**
 * Compares uniqueness, indexes and foreign keys. If the source declares all of them, both
 * directions are compared. Otherwise only what it declares is checked. A view has none of them.
 */
export function* compareConstraints(pair: Pair): Iterable<Difference> {
  if (!isTablePair(pair)) return
  const { declared } = pair.model
  if (!declared) {
    yield* compareFields(pair)
    yield* compareRelations(pair)
    return
  }
  yield* compareIndexes(pair, declared.indexes)
  yield* compareForeignKeys(pair, declared.foreignKeys)
}

function about({ model, relation: table }: TablePair, columns: readonly string[]) {
  return { model, schema: table.schema, table: table.name, columns }
}

// Checks what each field declares. Further indexes of the table are not drift, because fields cannot declare them all.
function* compareFields(pair: TablePair): Iterable<Difference> {
  const { model, relation: table } = pair
  for (const field of model.fields) {
    const name = toColumnName(pair, field)
    if (!table.columns.some((column) => column.name === name) || field.primaryKey) continue
    const valid = table.indexes.filter(({ isValid }) => isValid)
    if (field.unique && !valid.some((index) => isUniqueOver(index, name))) {
      yield toMissingIndex(pair, toPlainIndex(name, true))
    } else if (field.indexed && !valid.some(({ keys }) => keys[0]?.column === name)) {
      yield toMissingIndex(pair, toPlainIndex(name, false))
    }
  }
}

function toPlainIndex(column: string, unique: boolean): DeclaredIndex {
  const columns = [column]
  return { columns, unique, nullsNotDistinct: false, method: 'btree', partial: false }
}

// A unique index without the rows whose column is null is enough: nulls never conflict.
function isUniqueOver({ isUnique, keys, predicate }: CatalogIndex, column: string): boolean {
  if (!isUnique || keys.length !== 1 || keys[0]?.column !== column) return false
  return predicate === null || isNotNullPredicate(predicate, [column])
}

function* compareRelations(pair: TablePair): Iterable<Difference> {
  const { model, relation: table, modelOf } = pair
  for (const relation of model.relations) {
    const target = modelOf(relation.to)
    const fields = model.fields.filter(({ name }) => relation.fields.includes(name))
    const columns = fields.map((field) => toColumnName(pair, field))
    if (relation.type !== 'foreign_key' || !target || columns.length === 0) continue
    if (!columns.every((name) => table.columns.some((column) => column.name === name))) continue
    const declared = {
      columns,
      target: { schema: target.schema, table: target.table },
      targetColumns: [],
      onDelete: relation.onDelete,
      onUpdate: null,
    }
    const candidates = table.foreignKeys.filter((key) => isSameKey(declared, key))
    const found = candidates.find((key) => hasSameActions(declared, key)) ?? candidates[0]
    yield* compareForeignKey(pair, declared, found)
  }
}

function* compareForeignKeys(
  pair: TablePair,
  declared: readonly DeclaredForeignKey[],
): Iterable<Difference> {
  const found = pairForeignKeys(pair.relation.foreignKeys, declared)
  for (const key of declared) yield* compareForeignKey(pair, key, found.get(key))
  for (const key of pair.relation.foreignKeys) {
    if (declared.some((candidate) => isSameKey(candidate, key))) continue
    yield {
      ...about(pair, key.columns),
      kind: 'fk_mismatch',
      expected: null,
      actual: toActual(key),
      message: `${pair.relation.name} (${key.columns.join(', ')}) references ${key.target.name}, which ${pair.model.name} does not declare`,
      hint: 'Declare the foreign key, or drop it',
    }
  }
}

/**
 * Finds the foreign key of each declared one. Two keys over the same columns are told apart by their actions, so those that
 * agree are paired first. A key that is declared twice in the same words is one.
 */
function pairForeignKeys(
  actual: readonly CatalogForeignKey[],
  declared: readonly DeclaredForeignKey[],
): ReadonlyMap<DeclaredForeignKey, CatalogForeignKey> {
  const left = new Set(actual)
  const found = new Map<DeclaredForeignKey, CatalogForeignKey>()
  const byWords = new Map<string, CatalogForeignKey>()
  for (const agrees of [hasSameActions, () => true]) {
    for (const key of declared) {
      if (found.has(key)) continue
      const words = JSON.stringify(key)
      const same =
        byWords.get(words) ?? [...left].find((one) => isSameKey(key, one) && agrees(key, one))
      if (!same) continue
      left.delete(same)
      found.set(key, same)
      byWords.set(words, same)
    }
  }
  return found
}

function hasSameActions(
  { onDelete, onUpdate }: DeclaredForeignKey,
  key: CatalogForeignKey,
): boolean {
  return (onDelete ?? key.onDelete) === key.onDelete && (onUpdate ?? key.onUpdate) === key.onUpdate
}

function* compareForeignKey(
  pair: TablePair,
  declared: DeclaredForeignKey,
  found: CatalogForeignKey | undefined,
): Iterable<Difference> {
  const { model, relation: table } = pair
  const { columns, target, onDelete, onUpdate } = declared
  const expected = { columns, references: target.table, on_delete: onDelete, on_update: onUpdate }
  const place = { ...about(pair, columns), kind: 'fk_mismatch' as const, expected }
  if (!found) {
    yield {
      ...place,
      actual: null,
      message: `${model.name} declares that ${columns.join(', ')} references ${target.table}, but ${table.name} has no such foreign key`,
      hint: 'Write and apply a migration that adds the foreign key',
    }
    return
  }
  if (hasSameActions(declared, found)) return
  yield {
    ...place,
    actual: toActual(found),
    message: `${found.name} of ${table.name} is ON DELETE ${found.onDelete} ON UPDATE ${found.onUpdate}, but ${model.name} declares ON DELETE ${onDelete ?? found.onDelete} ON UPDATE ${onUpdate ?? found.onUpdate}`,
    hint: 'Make the actions of the foreign key and of the model agree',
  }
}

function toActual({ columns, target, onDelete, onUpdate }: CatalogForeignKey): object {
  return { columns, references: target.name, on_delete: onDelete, on_update: onUpdate }
}

// The order of column pairs does not matter. A source that names no target columns matches any.
function isSameKey(declared: DeclaredForeignKey, key: CatalogForeignKey): boolean {
  const { columns, target, targetColumns } = declared
  if (target.table !== key.target.name || columns.length !== key.columns.length) return false
  if (target.schema !== null && target.schema !== key.target.schema) return false
  return columns.every((column, index) => {
    const position = key.columns.indexOf(column)
    const targetColumn = targetColumns[index]
    return (
      position >= 0 && (targetColumn === undefined || key.targetColumns[position] === targetColumn)
    )
  })
}
