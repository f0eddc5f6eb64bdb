import type { RandomFilter, RandomPlan, RandomSort } from './evaluate.ts'
import type { Random } from './random.ts'
import type { Column } from './tables.ts'
import type { KnownModel } from './world.ts'

const comparable = new Set(['int', 'exact', 'float', 'text', 'time', 'enum', 'bool'])
const summable = new Set(['int', 'exact', 'float'])

/** Relations of one plan, of which the library allows eight. */
interface Budget {
  joins: number
}

/** A field of a plan: its path, and the column at its end with sample values. */
interface Path {
  readonly path: string
  readonly column: Column
  readonly values: readonly string[]
}

/** Makes a plan that the library has to accept. */
export function makePlan(random: Random, models: readonly KnownModel[]): RandomPlan {
  const model = random.pick(models)
  const budget = { joins: 8 }
  const plan: RandomPlan = { model: model.name }
  if (random.chance(0.7)) plan.filters = makeFilters(random, model, budget)
  const kind = random.below(10)
  if (kind < 3) makeGroups(random, { model, plan, budget })
  else if (kind === 3) makeDistinct(random, { model, plan, budget })
  else makeRows(random, { model, plan, budget })
  return plan
}

interface Making {
  readonly model: KnownModel
  readonly plan: RandomPlan
  readonly budget: Budget
}

function makeRows(random: Random, { model, plan, budget }: Making): void {
  if (random.chance(0.7)) {
    const fields = times(random.below(4) + 1, () => makePath(random, model, budget, () => true))
    plan.select_fields = toNames(fields)
  }
  if (random.chance(0.6)) plan.sorting = makeSorting(random, model, budget)
  const many = model.relations.filter(({ isMany }) => isMany)
  if (many.length > 0 && budget.joins > 3 && random.chance(0.4)) {
    const relation = random.pick(many)
    budget.joins -= 2
    // A count and a list both need the tables of the conditions.
    const half = { joins: Math.floor(budget.joins / 2) }
    const { name, model: target } = relation
    plan.related = [
      {
        relation: name,
        as: `many_${name}`.slice(0, 60),
        limit: random.below(4),
        filters: random.chance(0.5)
          ? [makeLeaf(random, target, half)].flatMap((leaf) => leaf ?? [])
          : [],
        sorting: makeSorting(random, target, { joins: 0 }),
        select_fields: toNames([makePath(random, target, { joins: 0 }, () => true)]),
      },
    ]
  }
  if (random.chance(0.5)) plan.pagination = { limit: random.below(20) + 1, offset: random.below(6) }
}

function makeGroups(random: Random, { model, plan, budget }: Making): void {
  const keys = times(random.below(3), () => makePath(random, model, budget, isComparable))
  plan.aggregates = times(random.below(3) + 1, () => makeAggregate(random, model, budget)).map(
    (one, index) => ({ ...one, as: `value_${index}` }),
  )
  if (keys.length > 0) {
    plan.group_by = toNames(keys)
    plan.pagination = { limit: random.below(50) + 1, offset: random.below(3) }
  }
  const names = [...(plan.group_by ?? []), ...plan.aggregates.map(({ as }) => as)]
  if (random.chance(0.5)) plan.sorting = [toSort(random, random.pick(names))]
  const counts = plan.aggregates.filter((one) => one.function === 'count')
  if (counts.length > 0 && random.chance(0.5)) {
    const lookup = random.pick(['gt', 'lt', 'exact', 'gte'])
    plan.having = [{ field: random.pick(counts).as, lookup, value: random.below(4) }]
  }
}

function makeDistinct(random: Random, { model, plan, budget }: Making): void {
  const fields = times(random.below(3) + 1, () => makePath(random, model, budget, isComparable))
  plan.distinct = true
  plan.select_fields = toNames(fields)
  if (random.chance(0.5)) plan.sorting = [toSort(random, random.pick(plan.select_fields))]
  if (random.chance(0.5)) plan.pagination = { limit: random.below(9) + 1, offset: random.below(3) }
}

function makeAggregate(random: Random, model: KnownModel, budget: Budget) {
  const name = random.pick(['count', 'count', 'sum', 'avg', 'min', 'max'])
  if (name === 'count' && random.chance(0.5)) return { function: name }
  const fits = ({ kind, type }: Column) => {
    if (name === 'sum' || name === 'avg') return summable.has(kind)
    return comparable.has(kind) && (name === 'count' || (kind !== 'bool' && type !== 'uuid'))
  }
  const found = tryPath(random, model, budget, fits)
  if (!found) return { function: 'count' }
  return { function: name, field: found.path, ...(random.chance(0.3) ? { distinct: true } : {}) }
}

function makeSorting(random: Random, model: KnownModel, budget: Budget): RandomSort[] {
  const fields = times(random.below(3), () => makePath(random, model, budget, isComparable))
  return toNames(fields).map((field) => toSort(random, field))
}

function toSort(random: Random, field: string): RandomSort {
  const nulls = random.pick([undefined, undefined, 'first', 'last'] as const)
  const direction = random.chance(0.5) ? 'asc' : 'desc'
  return { field, direction, ...(nulls ? { nulls } : {}) }
}

function makeFilters(random: Random, model: KnownModel, budget: Budget): RandomFilter[] {
  return times(random.below(3) + 1, () => makeFilter(random, { model, budget, depth: 0 })).flatMap(
    (filter) => filter ?? [],
  )
}

function makeFilter(
  random: Random,
  {
    model,
    budget,
    depth,
  }: { readonly model: KnownModel; readonly budget: Budget; readonly depth: number },
): RandomFilter | null {
  const kind = depth > 2 ? 9 : random.below(10)
  const inner = (count: number) =>
    times(count, () => makeFilter(random, { model, budget, depth: depth + 1 })).flatMap(
      (one) => one ?? [],
    )
  if (kind < 2) {
    const parts = inner(2)
    return parts.length > 0 ? (kind === 0 ? { or: parts } : { and: parts }) : null
  }
  if (kind === 2) {
    const [one] = inner(1)
    return one ? { not: one } : null
  }
  const many = model.relations.filter(({ isMany }) => isMany)
  if (kind === 3 && many.length > 0 && budget.joins > 0) {
    budget.joins--
    const relation = random.pick(many)
    const leaf = makeLeaf(random, relation.model, budget)
    if (leaf && 'field' in leaf && random.chance(0.5))
      return { ...leaf, field: `${relation.name}.${leaf.field}` }
    return { relation: relation.name, filters: leaf ? [leaf] : [] }
  }
  return makeLeaf(random, model, budget)
}

function makeLeaf(random: Random, model: KnownModel, budget: Budget): RandomFilter | null {
  const found = tryPath(
    random,
    model,
    budget,
    ({ kind }) => comparable.has(kind) || kind === 'array',
  )
  if (!found) return null
  const { path: field, column, values } = found
  if (random.chance(0.15)) {
    const lookup = random.pick(['isnull', 'is_null'])
    return { field, lookup, value: random.chance(0.5) }
  }
  if (column.kind === 'array') {
    const lookup = random.pick(['array_contains', 'array_overlaps', 'array_contained_by'])
    return { field, lookup, value: times(random.below(3), () => random.pick(['a', 'b', 'c d'])) }
  }
  const value = () => (values.length > 0 ? random.pick(values) : null)
  const one = value()
  if (one === null) return { field, lookup: 'exact', value: null }
  const lookup = random.pick(
    column.type === 'varchar' || column.type === 'text'
      ? ['exact', 'gt', 'lte', 'in', 'between', 'contains', 'icontains', 'icontains']
      : ['exact', 'gt', 'gte', 'lt', 'lte', 'in', 'between'],
  )
  if (lookup === 'in') return { field, lookup, value: times(random.below(3), () => value() ?? one) }
  if (lookup === 'between') return { field, lookup, value: [one, value() ?? one] }
  if (lookup.endsWith('contains')) return { field, lookup, value: one.slice(random.below(2), 3) }
  return { field, lookup, value: column.kind === 'int' && random.chance(0.5) ? Number(one) : one }
}

const isComparable = ({ kind }: Column) => comparable.has(kind)

function makePath(
  random: Random,
  model: KnownModel,
  budget: Budget,
  fits: (column: Column) => boolean,
): Path {
  const found = tryPath(random, model, budget, fits)
  if (found) return found
  const [name = ''] = model.table.primaryKey
  const column = model.columns.find((one) => one.name === name)
  if (!column) throw new Error(`${model.name} has no key`)
  return { path: name, column, values: [] }
}

/** Finds a field that fits, in one case of three behind a to-one relation. */
function tryPath(
  random: Random,
  model: KnownModel,
  budget: Budget,
  fits: (column: Column) => boolean,
): Path | null {
  const toOne = model.relations.filter(({ isMany }) => !isMany)
  if (toOne.length > 0 && budget.joins > 0 && random.chance(0.33)) {
    budget.joins--
    const relation = random.pick(toOne)
    const found = tryPath(random, relation.model, budget, fits)
    return found && { ...found, path: `${relation.name}.${found.path}` }
  }
  const columns = model.columns.filter(fits)
  if (columns.length === 0) return null
  const column = random.pick(columns)
  const values = model.table.rows.flatMap((row) => row[column.name] ?? [])
  return { path: column.name, column, values }
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make)
}

function toNames(paths: readonly Path[]): string[] {
  return [...new Set(paths.map(({ path }) => path))]
}
