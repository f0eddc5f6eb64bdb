import {
  addDecimals,
  compareValues,
  divideDecimals,
  toAnswer,
  toDecimal,
  writeDecimal,
} from './values.ts'
import type { Column, Values } from './tables.ts'
import { type KnownModel, relatedRows } from './world.ts'

/** A plan as a client writes it. */
export interface RandomPlan {
  model: string
  filters?: RandomFilter[]
  sorting?: RandomSort[]
  pagination?: { limit: number; offset?: number }
  select_fields?: string[]
  related?: {
    relation: string
    as: string
    limit: number
    filters: RandomFilter[]
    sorting: RandomSort[]
    select_fields: string[]
  }[]
  distinct?: boolean
  aggregates?: { function: string; field?: string; distinct?: boolean; as: string }[]
  group_by?: string[]
  having?: RandomFilter[]
}

export interface RandomSort {
  field: string
  direction: 'asc' | 'desc'
  nulls?: 'first' | 'last'
}

export type RandomFilter =
  | { field: string; lookup: string; value: unknown }
  | { or: RandomFilter[] }
  | { and: RandomFilter[] }
  | { not: RandomFilter }
  | { relation: string; filters: RandomFilter[] }

/** A value and how to compare it. */
interface Cell {
  readonly column: Pick<Column, 'kind' | 'type' | 'labels'>
  readonly text: string | null
}

/** True, false, or null where SQL does not know. */
type Truth = boolean | null

type Reader = (field: string) => Cell | readonly Cell[]

/** Evaluates a plan in memory: all rows in order, before paging. */
export function evaluatePlan(
  plan: RandomPlan,
  models: readonly KnownModel[],
): Record<string, unknown>[] {
  const model = models.find(({ name }) => name === plan.model)
  if (!model) throw new Error(plan.model)
  const rows = model.table.rows.filter((row) => isMet(plan.filters ?? [], model, row))
  if (plan.aggregates ?? plan.group_by ?? plan.distinct) return evaluateGroups(plan, model, rows)
  return sortRows(rows, plan.sorting ?? [], model).map((row) => ({
    ...select(model, row, plan.select_fields),
    ...Object.fromEntries(
      (plan.related ?? []).map((one) => [one.as, evaluateRelated(one, model, row)]),
    ),
  }))
}

function select(
  model: KnownModel,
  row: Values,
  fields: readonly string[] | undefined,
): Record<string, unknown> {
  const keys = model.columns
    .map(({ name }) => name)
    .filter((name) => model.table.primaryKey.includes(name))
  const names = fields ? [...keys, ...fields] : model.columns.map(({ name }) => name)
  return Object.fromEntries(
    names.map((name) => {
      const { column, text } = readOne(model, row, name)
      return [name, toAnswer(column, text)]
    }),
  )
}

function evaluateRelated(
  related: NonNullable<RandomPlan['related']>[number],
  model: KnownModel,
  row: Values,
): object {
  const relation = model.relations.find(({ name }) => name === related.relation)
  if (!relation) throw new Error(related.relation)
  const rows = relatedRows(relation, row).filter((other) =>
    isMet(related.filters, relation.model, other),
  )
  if (related.limit === 0) return { count: rows.length }
  const items = sortRows(rows, related.sorting, relation.model)
    .slice(0, related.limit)
    .map((other) => select(relation.model, other, related.select_fields))
  return { count: rows.length, items, limited: rows.length > related.limit }
}

/** Reads a field through to-one relations. */
function readOne(model: KnownModel, row: Values | undefined, field: string): Cell {
  const cells = read(model, row, field)
  if (!('column' in cells)) throw new Error(`${field} has several values`)
  return cells
}

function read(model: KnownModel, row: Values | undefined, field: string): Cell | readonly Cell[] {
  const column = model.columns.find(({ name }) => name === field)
  if (column) return { column, text: row?.[field] ?? null }
  const relation = model.relations.find(({ name }) => field.startsWith(`${name}.`))
  if (!relation) throw new Error(`${model.name} has no ${field}`)
  const rest = field.slice(relation.name.length + 1)
  const others = row ? relatedRows(relation, row) : []
  if (!relation.isMany) return read(relation.model, others[0], rest)
  return others.flatMap((other) => read(relation.model, other, rest))
}

function isMet(filters: readonly RandomFilter[], model: KnownModel, row: Values): boolean {
  return filters.every(
    (filter) => test(filter, (field) => read(model, row, field), [model, row]) === true,
  )
}

function test(
  filter: RandomFilter,
  reader: Reader,
  at: readonly [KnownModel, Values] | null,
): Truth {
  if ('or' in filter) return anyOf(filter.or.map((one) => test(one, reader, at)))
  if ('and' in filter) return negate(anyOf(filter.and.map((one) => negate(test(one, reader, at)))))
  if ('not' in filter) return negate(test(filter.not, reader, at))
  if ('relation' in filter) {
    const [model, row] = at ?? []
    const relation = model?.relations.find(({ name }) => name === filter.relation)
    if (!relation || !row) throw new Error(filter.relation)
    return relatedRows(relation, row).some((other) => isMet(filter.filters, relation.model, other))
  }
  const cells = reader(filter.field)
  return 'column' in cells
    ? testCell(filter, cells)
    : cells.some((cell) => testCell(filter, cell) === true)
}

const negate = (truth: Truth): Truth => (truth === null ? null : !truth)

function anyOf(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true
  return truths.includes(null) ? null : false
}

function testCell(
  { lookup, value }: { lookup: string; value: unknown },
  { column, text }: Cell,
): Truth {
  if (lookup === 'isnull' || lookup === 'is_null') return (text === null) === value
  if (lookup === 'exact' && value === null) return text === null
  if (lookup === 'in' && Array.isArray(value) && value.length === 0) return false
  if (text === null) return null
  const compare = (other: unknown) => compareValues(column.kind, column.labels, text, String(other))
  const list = value as readonly unknown[]
  const items = () => JSON.parse(text) as unknown[]
  switch (lookup) {
    case 'exact':
      return compare(value) === 0
    case 'gt':
      return compare(value) > 0
    case 'gte':
      return compare(value) >= 0
    case 'lt':
      return compare(value) < 0
    case 'lte':
      return compare(value) <= 0
    case 'in':
      return list.some((item) => compare(item) === 0)
    case 'between':
      return compare(list[0]) >= 0 && compare(list[1]) <= 0
    case 'contains':
      return text.includes(String(value))
    case 'icontains':
      return toLower(text).includes(toLower(String(value)))
    case 'array_contains':
      return list.every((item) => item !== null && items().includes(item))
    case 'array_contained_by':
      return items().every((item) => item !== null && list.includes(item))
    case 'array_overlaps':
      return list.some((item) => item !== null && items().includes(item))
    default:
      throw new Error(lookup)
  }
}

/** The database of the test has the collation C, which knows only the letters of ASCII. */
function toLower(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function compareCells(a: Cell, b: Cell, { direction, nulls }: Omit<RandomSort, 'field'>): number {
  const down = direction === 'desc'
  const first = nulls ? nulls === 'first' : down
  if (a.text === null || b.text === null) {
    if (a.text === b.text) return 0
    return (a.text === null) === first ? -1 : 1
  }
  const order = compareValues(a.column.kind, a.column.labels, a.text, b.text)
  return down ? -order : order
}

function sortRows(
  rows: readonly Values[],
  sorting: readonly RandomSort[],
  model: KnownModel,
): Values[] {
  const keys = model.columns.filter(({ name }) => model.table.primaryKey.includes(name))
  const order = [
    ...sorting,
    ...keys.map(({ name }): RandomSort => ({ field: name, direction: 'asc' })),
  ]
  return rows.toSorted((a, b) => {
    for (const sort of order) {
      const compared = compareCells(
        readOne(model, a, sort.field),
        readOne(model, b, sort.field),
        sort,
      )
      if (compared !== 0) return compared
    }
    return 0
  })
}

function evaluateGroups(
  plan: RandomPlan,
  model: KnownModel,
  rows: readonly Values[],
): Record<string, unknown>[] {
  const keys = plan.group_by ?? (plan.distinct ? (plan.select_fields ?? []) : [])
  const groups: { readonly cells: readonly Cell[]; readonly rows: Values[] }[] = []
  if (keys.length === 0) groups.push({ cells: [], rows: [...rows] })
  for (const row of keys.length > 0 ? rows : []) {
    const cells = keys.map((key) => readOne(model, row, key))
    const known = groups.find((group) =>
      group.cells.every((cell, i) => {
        const other = cells[i]
        return other && compareCells(cell, other, { direction: 'asc' }) === 0
      }),
    )
    if (known) known.rows.push(row)
    else groups.push({ cells, rows: [row] })
  }
  const columns = groups.map((group) => [
    ...keys.map((key, index) => [key, group.cells[index]] as const),
    ...(plan.aggregates ?? []).map((one) => [one.as, aggregate(one, model, group.rows)] as const),
  ])
  const tables = columns.map((entries) => new Map(entries as [string, Cell][]))
  const cellOf = (table: Map<string, Cell>, name: string): Cell => {
    const cell = table.get(name)
    if (!cell) throw new Error(name)
    return cell
  }
  const kept = tables.filter((table) =>
    (plan.having ?? []).every(
      (filter) => test(filter, (name) => cellOf(table, name), null) === true,
    ),
  )
  const order = [
    ...(plan.sorting ?? []),
    ...keys.map((field): RandomSort => ({ field, direction: 'asc' })),
  ]
  const sorted = kept.toSorted((a, b) => {
    for (const sort of order) {
      const compared = compareCells(cellOf(a, sort.field), cellOf(b, sort.field), sort)
      if (compared !== 0) return compared
    }
    return 0
  })
  return sorted.map((table) =>
    Object.fromEntries(
      [...table].map(([name, { column, text }]) => [name, toAnswer(column, text)]),
    ),
  )
}

function aggregate(
  { function: name, field, distinct }: NonNullable<RandomPlan['aggregates']>[number],
  model: KnownModel,
  rows: readonly Values[],
): Cell {
  const count = (text: number): Cell => ({
    column: { kind: 'int', type: 'int4', labels: [] },
    text: String(text),
  })
  if (field === undefined) return count(rows.length)
  const cells = rows.map((row) => readOne(model, row, field)).filter(({ text }) => text !== null)
  const different = cells.filter(
    (cell, index) =>
      !distinct ||
      cells.findIndex((one) => compareCells(one, cell, { direction: 'asc' }) === 0) === index,
  )
  if (name === 'count') return count(different.length)
  const { column } = readOne(model, undefined, field)
  const texts = different.map(({ text }) => text ?? '')
  if (name === 'min' || name === 'max') {
    const sorted = different.toSorted((a, b) => compareCells(a, b, { direction: 'asc' }))
    return { column, text: (name === 'min' ? sorted[0] : sorted.at(-1))?.text ?? null }
  }
  if (column.kind === 'float') {
    const sum = texts.reduce((total, text) => total + Number(text), 0)
    const value = name === 'sum' ? sum : sum / texts.length
    return { column, text: texts.length === 0 ? null : String(value) }
  }
  const exact = { kind: 'exact', type: 'numeric', labels: [] } as const
  if (texts.length === 0) return { column: exact, text: null }
  const sum = texts.map(toDecimal).reduce(addDecimals)
  const divided = divideDecimals(sum, toDecimal(String(texts.length)))
  return { column: exact, text: writeDecimal(name === 'sum' ? sum : divided) }
}
