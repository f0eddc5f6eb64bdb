import { parseExactJson } from '../../../lib/exact-json.ts'
import type { Json } from '../../../lib/json.ts'
import { toAggregateRule, toNumberRule } from '../columns.ts'
import type { Compilation } from './compilation.ts'
import { toConditions } from './conditions.ts'
import type { Aggregate, QueryPlan } from '../plan.ts'
import { type Output, type RowSource, toTerm } from './rows.ts'
import { openScope, type PlanScope } from './scope.ts'
import { findToOne, toJsonSql } from './selection.ts'
import type { PlannedModel } from '../world.ts'

/** True for a plan whose rows are groups, or differ in every selected field. */
export function isGrouped({
  aggregates = [],
  group_by = [],
  distinct = false,
}: QueryPlan): boolean {
  return aggregates.length > 0 || group_by.length > 0 || distinct
}

/** A column of the groups. */
interface GroupColumn {
  readonly name: string
  /** What it is made of, within the groups. */
  readonly source: string
  /** Its name behind them. */
  readonly sql: string
  readonly isNullable: boolean
  readonly read: (text: string) => Json
}

/** Compiles a plan with groups. The groups are a SELECT of their own, whose columns `having` and `sorting` name. */
export function toGroupedRows(
  model: PlannedModel,
  plan: QueryPlan,
  compilation: Compilation,
): RowSource {
  refuseMixed(plan, compilation)
  const scope = openScope(model, compilation)
  const inner = toConditions(plan.filters, scope, { path: 'filters', compilation })
  const keys = toKeys(scope, plan, compilation)
  const aggregates = toAggregates(scope, plan.aggregates ?? [], compilation)
  checkNames(keys, aggregates, compilation)
  const columns = [...keys, ...aggregates]
  const names = {
    find(asked: string, path: string) {
      const found = columns.find(({ name }) => name === asked)
      if (found) return found
      const known = columns.map(({ name }) => name).join(', ')
      const message = `"${asked}" is neither grouped by nor an aggregate. Columns: ${known}`
      return compilation.fault(path, message)
    },
  }
  const where = toConditions(plan.having ?? [], names, { path: 'having', compilation })
  const sorted = plan.sorting.flatMap((sort, index) => {
    const found = names.find(sort.field, `sorting.${index}.field`)
    return found ? [toTerm(found, sort)] : []
  })
  const ties = keys
    .filter(({ sql }) => !sorted.some((term) => term.sql === sql))
    .map((key) => toTerm(key, { field: key.name, direction: 'asc' }))
  return {
    outputs: columns.map(({ name, sql, read }): Output => ({ name, sql: toJsonSql(sql), read })),
    where,
    terms: [...sorted, ...ties],
    isKeyed: keys.length > 0,
    isUnstable: false,
    subject: [model.app, model.name, ...keys.map(({ name }) => name)],
    from: () => toGroups(scope, { keys, columns, where: inner }, compilation),
  }
}

function toGroups(
  scope: PlanScope,
  groups: {
    readonly keys: readonly GroupColumn[]
    readonly columns: readonly GroupColumn[]
    readonly where: string | null
  },
  { prefix }: Compilation,
): string {
  const selected = groups.columns.map(({ source, sql }) => `${source} as ${sql}`).join(', ')
  const keys = groups.keys.map(({ source }) => source).join(', ')
  const clauses = [
    `select ${selected} from ${scope.from()}`,
    groups.where ? `where ${groups.where}` : '',
    keys ? `group by ${keys}` : '',
  ]
  return `(${clauses.filter(Boolean).join(' ')}) as "${prefix}g"`
}

/** Refuses what has no meaning in groups. */
function refuseMixed(plan: QueryPlan, compilation: Compilation): void {
  const { aggregates = [], group_by = [], distinct, select_fields, related = [] } = plan
  const isAggregated = aggregates.length > 0 || group_by.length > 0
  const refuse = (path: string, message: string) => compilation.fault(path, message)
  if (distinct && isAggregated)
    refuse('distinct', 'Groups are distinct already: leave out `distinct`')
  if (distinct && !isAggregated && !select_fields?.length) {
    refuse('select_fields', 'A distinct plan names the fields that make a row distinct')
  }
  if (isAggregated && select_fields) {
    refuse('select_fields', 'A plan with aggregates selects by `group_by` and `aggregates`')
  }
  if (related.length > 0) refuse('related', 'Related rows belong to rows, not to groups of them')
}

function toKeys(scope: PlanScope, plan: QueryPlan, compilation: Compilation): GroupColumn[] {
  const isGroup = (plan.group_by ?? []).length > 0 || (plan.aggregates ?? []).length > 0
  const [path, asked] = isGroup
    ? ['group_by', plan.group_by ?? []]
    : ['select_fields', plan.select_fields ?? []]
  const operands = asked.flatMap(
    (name, index) => findToOne(scope, name, { path: `${path}.${index}`, compilation }) ?? [],
  )
  const byKey = new Map(operands.map((operand) => [operand.key, operand]))
  return [...byKey.values()].map(({ key, sql, isNullable, field, model }, index) => {
    const rule = toNumberRule(field, compilation.world.columnOf(model, field))
    const read = (text: string) => parseExactJson(text, rule)
    return { name: key, source: sql, sql: `"${compilation.prefix}g${index}"`, isNullable, read }
  })
}

function toAggregates(
  scope: PlanScope,
  aggregates: readonly Aggregate[],
  compilation: Compilation,
): GroupColumn[] {
  return aggregates.flatMap((aggregate, index): GroupColumn[] => {
    const { function: name, field: asked, distinct, as } = aggregate
    const path = `aggregates.${index}.field`
    const sql = `"${compilation.prefix}a${index}"`
    if (asked === undefined) {
      if (name !== 'count') compilation.fault(path, `The aggregate ${name} needs a field`)
      else if (distinct) compilation.fault(path, 'A distinct count needs a field')
      const read = (text: string) => parseExactJson(text, 'inexact')
      return [{ name: as ?? name, source: 'count(*)', sql, isNullable: false, read }]
    }
    const operand = findToOne(scope, asked, { path, compilation })
    if (!operand) return []
    const { field, model, key } = operand
    const rule = toAggregateRule(name, field, compilation.world.columnOf(model, field))
    const read = (text: string) => parseExactJson(text, rule)
    const source = `${name}(${distinct ? 'distinct ' : ''}${operand.sql})`
    return [{ name: as ?? `${name}_${key}`, source, sql, isNullable: name !== 'count', read }]
  })
}

function checkNames(
  keys: readonly GroupColumn[],
  aggregates: readonly GroupColumn[],
  compilation: Compilation,
): void {
  const taken = new Set(keys.map(({ name }) => name))
  aggregates.forEach(({ name }, index) => {
    if (taken.has(name)) {
      const message = `Two columns have the name "${name}": choose another one with \`as\``
      compilation.fault(`aggregates.${index}.as`, message)
    }
    taken.add(name)
  })
}
