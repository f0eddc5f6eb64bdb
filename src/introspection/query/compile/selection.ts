import { parseExactJson } from '../../../lib/exact-json.ts'
import type { Field } from '../../../project/model.ts'
import { toNumberRule } from '../columns.ts'
import type { Compilation } from './compilation.ts'
import { isKey } from '../edges.ts'
import type { OrderTerm } from './keyset.ts'
import type { Sorting } from '../plan.ts'
import { type Output, toTerm } from './rows.ts'
import type { Operand, PlanScope } from './scope.ts'
import type { PlannedModel, QueryWorld } from '../world.ts'

/** Where in a plan something stands, for its faults. */
export interface Place {
  readonly path: string
  readonly compilation: Compilation
}

/** Finds the selected fields, and those of the primary key before them. Without a selection, all fields of the model. */
export function selectFields(
  scope: PlanScope,
  selected: readonly string[] | null,
  { path, compilation }: Place,
): Operand[] {
  const { model } = scope
  const keys = model.fields.filter(({ primaryKey }) => primaryKey)
  const own = (selected ? keys : model.fields).map(scope.own)
  const others = (selected ?? []).flatMap(
    (name, index) => findToOne(scope, name, { path: `${path}.${index}`, compilation }) ?? [],
  )
  const byKey = new Map([...own, ...others].map((operand) => [operand.key, operand]))
  if (byKey.size === 0 && (selected ?? []).length === 0) {
    compilation.fault(path, `Model "${model.name}" has no fields to select`)
  }
  return [...byKey.values()]
}

/** Finds a field of the model or, through to-one relations, of another one. */
export function findToOne(
  scope: PlanScope,
  asked: string,
  { path, compilation }: Place,
): Operand | null {
  const found = scope.find(asked, path)
  if (!found || !('edge' in found)) return found
  const { name } = found.edge
  const message = `"${asked}" leads to several rows through "${name}"`
  return compilation.fault(path, `${message}: use a filter, or \`related\`, or ask for their model`)
}

/** Compiles the sorting of a plan. */
export function toSorting(
  sorting: readonly Sorting[],
  scope: PlanScope,
  { path, compilation }: Place,
): OrderTerm[] {
  return sorting.flatMap((sort, index) => {
    const place = { path: `${path}.${index}.field`, compilation }
    const operand = findToOne(scope, sort.field, place)
    return operand ? [toTerm(operand, sort)] : []
  })
}

/** Selects a value as JSON text, which no driver setting changes. `to_json` keeps every digit, and JSON as it was stored. */
export function toOutput({ sql, field, model, key }: Operand, world: QueryWorld): Output {
  const rule = toNumberRule(field, world.columnOf(model, field))
  return { name: key, sql: toJsonSql(sql), read: (text) => parseExactJson(text, rule) }
}

/** Writes a value as the text of JSON. */
export function toJsonSql(sql: string): string {
  return `to_json(${sql})::text`
}

/**
 * Returns what decides between rows that the sorting leaves equal: the primary key, or a unique field. Without one, a sorted
 * query compares all fields, which leaves only rows equal that look equal. An unsorted query would then have to sort the
 * whole table, so it stays without an order.
 */
export function toTieBreakers(
  scope: PlanScope,
  isSorted: boolean,
  world: QueryWorld,
): { readonly terms: OrderTerm[]; readonly isKeyed: boolean; readonly isUnstable: boolean } {
  const { model } = scope
  const { fields, hiddenKeys } = model
  const keys = hiddenKeys ? [] : fields.filter(({ primaryKey }) => primaryKey)
  const unique = fields.find((field) => field.unique && !field.nullable)
  const identifying = keys.length > 0 ? keys : unique ? [unique] : []
  const terms = identifying.map((field) => toTie(scope.own(field)))
  const isKeyed = identifying.length > 0 && isProven(identifying, model, world)
  if (isKeyed) return { terms, isKeyed, isUnstable: false }
  const all = isSorted ? fields.map((field) => toTie(scope.own(field), '::text')) : []
  return { terms: [...terms, ...all], isKeyed, isUnstable: !isSorted }
}

function toTie({ sql, isNullable, key }: Operand, cast = ''): OrderTerm {
  return { sql: sql + cast, isNullable, isDescending: false, nullsFirst: false, name: key }
}

/** A declared key identifies rows if the database says so, or says nothing. */
function isProven(fields: readonly Field[], model: PlannedModel, world: QueryWorld): boolean {
  if (!world.relationOf(model)) return true
  const isNullable = fields.some((field) => world.columnOf(model, field)?.notNull === false)
  return !isNullable && isKey(model, fields, world)
}
