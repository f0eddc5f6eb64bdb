import type { CatalogIndex, CatalogIndexKey } from '../../project/catalog/constraints.ts'
import type { DeclaredIndex, DeclaredIndexKey } from '../../project/model.ts'
import type { TablePair } from './pair.ts'
import type { Difference } from './difference.ts'
import { compareExpressions } from './expressions.ts'
import { createIndex } from './index-fixes.ts'

/**
 * Compares all indexes of a table with the declared ones, by what they do and not by their names. What differs in a detail is
 * one difference, not a missing index and an undeclared one.
 */
export function* compareIndexes(
  pair: TablePair,
  declared: readonly DeclaredIndex[],
): Iterable<Difference> {
  const actual = new Set(listOwn(pair))
  const open: DeclaredIndex[] = []
  for (const index of declared) {
    const same = [...actual].find(
      (one) => isAlike(index, one) && findDetails(index, one).length === 0,
    )
    if (same) actual.delete(same)
    else open.push(index)
  }
  for (const index of open) {
    const alike = [...actual].find((one) => isAlike(index, one))
    if (!alike) {
      yield toMissingIndex(pair, index)
      continue
    }
    actual.delete(alike)
    yield toOther(pair, index, alike)
  }
  for (const index of actual) {
    // the same index can be declared once and exist twice, which the rule `duplicate-index` reports
    if (declared.some((one) => isAlike(one, index) && findDetails(one, index).length === 0))
      continue
    yield toUndeclared(pair, index)
  }
}

// Primary keys and exclusion constraints are declared elsewhere, and an invalid index does nothing.
function listOwn({ relation: table }: TablePair): readonly CatalogIndex[] {
  return table.indexes.filter(({ isPrimary, isValid, constraint, partitionOf }) => {
    const isExclusion = table.keys.some(
      ({ name, kind }) => name === constraint && kind === 'exclusion',
    )
    return !isPrimary && isValid && !isExclusion && !partitionOf
  })
}

/** Describes an index that a model declares and the table lacks. */
export function toMissingIndex(pair: TablePair, index: DeclaredIndex): Difference {
  const { model, relation: table } = pair
  const { unique } = index
  const columns = index.columns.map((column) => column ?? '(expression)')
  return {
    ...about(pair, columns),
    kind: unique ? 'unique_mismatch' : 'index_mismatch',
    expected: { columns, unique },
    actual: null,
    message: `${model.name} declares ${columns.join(', ')} ${unique ? 'unique' : 'indexed'}, but ${table.name} has no such index`,
    ...createIndex(pair, index),
  }
}

function toUndeclared(pair: TablePair, index: CatalogIndex): Difference {
  const { model, relation: table } = pair
  const columns = index.keys.map(({ column }) => column ?? '(expression)')
  return {
    ...about(pair, columns),
    kind: index.isUnique ? 'unique_mismatch' : 'index_mismatch',
    expected: null,
    actual: { name: index.name, columns, unique: index.isUnique },
    message: `${index.name} of ${table.name} over ${columns.join(', ')} is not declared on ${model.name}`,
    hint: 'Declare the index, or drop it',
  }
}

function toOther(pair: TablePair, declared: DeclaredIndex, actual: CatalogIndex): Difference {
  const { model, relation: table } = pair
  const details = findDetails(declared, actual)
  const columns = declared.columns.map((column) => column ?? '(expression)')
  const list = (side: 'declared' | 'actual') =>
    Object.fromEntries(details.map((detail) => [detail.name, detail[side]]))
  return {
    ...about(pair, columns),
    kind: declared.unique ? 'unique_mismatch' : 'index_mismatch',
    expected: { columns, unique: declared.unique, ...list('declared') },
    actual: { name: actual.name, columns, unique: actual.isUnique, ...list('actual') },
    message: `${actual.name} of ${table.name} differs from what ${model.name} declares: ${details.map(describe).join('; ')}`,
    hint: 'Create the declared index under another name, then drop the other one, or declare what the table has',
  }
}

function about({ model, relation: table }: TablePair, columns: readonly string[]) {
  return { model, schema: table.schema, table: table.name, columns }
}

/** One property in which an index differs from its declaration. */
interface Detail {
  readonly name: string
  readonly declared: string | boolean | readonly string[] | null
  readonly actual: string | boolean | readonly string[] | null
}

function describe({ name, declared, actual }: Detail): string {
  const show = (value: Detail['actual']) =>
    value === null || value.toString() === '' ? 'none' : String(value)
  return `its ${name.replaceAll('_', ' ')} is ${show(actual)}, declared is ${show(declared)}`
}

// Over the same columns, and both unique or both not.
function isAlike({ columns, unique }: DeclaredIndex, { keys, isUnique }: CatalogIndex): boolean {
  return (
    unique === isUnique &&
    columns.length === keys.length &&
    columns.every((column, position) => column === keys[position]?.column)
  )
}

function findDetails(declared: DeclaredIndex, actual: CatalogIndex): Detail[] {
  const details: Detail[] = []
  const compare = (name: string, left: Detail['declared'], right: Detail['actual']) => {
    if (String(left) !== String(right)) details.push({ name, declared: left, actual: right })
  }
  compare('method', declared.method, actual.method)
  compare('nulls_not_distinct', declared.nullsNotDistinct, actual.nullsNotDistinct)
  if (isOtherPredicate(declared, actual)) {
    const condition = declared.predicate ?? (declared.partial ? 'a condition' : null)
    details.push({ name: 'condition', declared: condition, actual: actual.predicate })
  }
  if (declared.include) compare('include', declared.include.toSorted(), actual.include.toSorted())
  for (const [position, key] of (declared.keys ?? []).entries()) {
    const other = actual.keys[position]
    if (other) details.push(...compareKey(key, other, declared.method))
  }
  return details
}

function isOtherPredicate({ partial, predicate }: DeclaredIndex, actual: CatalogIndex): boolean {
  if (partial !== (actual.predicate !== null)) return true
  if (!predicate || actual.predicate === null) return false
  return compareExpressions(predicate, actual.predicate) === 'different'
}

function* compareKey(
  declared: DeclaredIndexKey,
  actual: CatalogIndexKey,
  method: string,
): Iterable<Detail> {
  const { expression, collation } = declared
  if (expression !== null && actual.expression !== null) {
    if (compareExpressions(expression, actual.expression) === 'different') {
      yield { name: 'expression', declared: expression, actual: actual.expression }
    }
  }
  // other methods have no order
  if (method === 'btree' && toOrder(declared) !== toOrder(actual)) {
    yield { name: 'order', declared: toOrder(declared), actual: toOrder(actual) }
  }
  if (isOtherClass(declared.operatorClass, actual.operatorClass)) {
    yield {
      name: 'operator_class',
      declared: declared.operatorClass,
      actual: actual.operatorClass,
    }
  }
  if (actual.column !== null && toLastName(collation) !== toLastName(actual.collation)) {
    yield { name: 'collation', declared: collation, actual: actual.collation }
  }
}

function toOrder({ isDescending, nullsFirst }: DeclaredIndexKey | CatalogIndexKey): string {
  return `${isDescending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
}

function toLastName(name: string | null): string | null {
  return name === null ? null : name.slice(name.lastIndexOf('.') + 1)
}

// Classes that are never the default of their type. The catalog has no name for a default, so any other one may be it.
const special = /(_pattern_ops|_path_ops|_trgm_ops|_minmax_multi_ops|_bloom_ops)$/
// Another name of the default class.
const aliases: ReadonlySet<string> = new Set(['varchar_ops', 'cidr_ops'])

function isOtherClass(declared: string | null, actual: string | null): boolean {
  const [left, right] = [toLastName(declared), toLastName(actual)]
  if (left === right) return false
  if (right === null) return left !== null && special.test(left)
  return !aliases.has(right)
}
