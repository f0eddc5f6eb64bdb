import type { Aggregate, FieldFilter, Filter, QueryPlan } from './plan.ts'

/** A part of a plan that the server may refuse, and the smallest plan that contains it. */
export interface Probe {
  readonly path: string
  /** The field that the part names. */
  readonly field: string
  /** Says what is not possible, if it is not the value that does not fit. */
  readonly refused: string
  readonly plan: QueryPlan
}

/** Takes a plan apart, into parts that each can be asked about alone. */
export function listProbes(plan: QueryPlan): Probe[] {
  const bare: QueryPlan = {
    model: plan.model,
    filters: [],
    sorting: [],
    pagination: { limit: 1, offset: 0 },
    select_fields: null,
    debug_notes: null,
  }
  const groupsOf = toGroupsOf(plan, bare)
  return [
    ...listLeaves(plan.filters, 'filters').map((leaf) =>
      toProbe(leaf, (one) => ({ ...bare, filters: [one] })),
    ),
    ...listGroupProbes(plan, bare),
    ...listLeaves(plan.having ?? [], 'having').map((leaf) =>
      toProbe(leaf, (one) => ({ ...groupsOf(leaf.filter.field), having: [one] })),
    ),
    ...plan.sorting.map((sort, index) => ({
      path: `sorting.${index}.field`,
      field: sort.field,
      refused: 'sorting is not possible',
      plan: { ...groupsOf(sort.field), sorting: [sort] },
    })),
    ...listRelatedProbes(plan, bare),
    ...listCursorProbes(plan),
  ]
}

/** Returns what makes the smallest groups that have a column, or nothing for a plan without groups. */
function toGroupsOf(plan: QueryPlan, bare: QueryPlan): (column: string) => QueryPlan {
  const { aggregates = [], group_by = [], distinct, select_fields } = plan
  if (!distinct && aggregates.length + group_by.length === 0) return () => bare
  const keys = distinct ? (select_fields ?? []) : group_by
  const whole = { ...bare, aggregates, group_by: [...keys] }
  return (column) => {
    const aggregate = aggregates.find((one) => nameOf(one) === column)
    if (aggregate) return { ...bare, aggregates: [aggregate] }
    return keys.includes(column) ? { ...bare, group_by: [column] } : whole
  }
}

function nameOf({ as, function: name, field }: Aggregate): string {
  return as ?? (field === undefined ? name : `${name}_${field}`)
}

function listGroupProbes(plan: QueryPlan, bare: QueryPlan): Probe[] {
  const { aggregates = [], group_by = [], distinct, select_fields } = plan
  const [path, keys] = distinct ? ['select_fields', select_fields ?? []] : ['group_by', group_by]
  return [
    ...keys.map((field, index) => ({
      path: `${path}.${index}`,
      field,
      refused: 'grouping is not possible',
      plan: { ...bare, group_by: [field] },
    })),
    ...aggregates.map((aggregate, index) => ({
      path: `aggregates.${index}.field`,
      field: aggregate.field ?? '*',
      refused: `the aggregate ${aggregate.function} is not possible`,
      plan: { ...bare, aggregates: [aggregate] },
    })),
  ]
}

function listRelatedProbes({ related = [] }: QueryPlan, bare: QueryPlan): Probe[] {
  return related.flatMap((one, index) => [
    ...listLeaves(one.filters, `related.${index}.filters`).map((leaf) =>
      toProbe(leaf, (filter) => ({
        ...bare,
        related: [{ ...one, filters: [filter], sorting: [] }],
      })),
    ),
    ...one.sorting.map((sort, at) => ({
      path: `related.${index}.sorting.${at}.field`,
      field: sort.field,
      refused: 'sorting is not possible',
      plan: { ...bare, related: [{ ...one, filters: [], sorting: [sort] }] },
    })),
  ])
}

function listCursorProbes(plan: QueryPlan): Probe[] {
  if (plan.pagination.after === undefined) return []
  const path = 'pagination.after'
  const refused = 'the cursor does not fit the order'
  return [
    { path, field: 'after', refused, plan: { ...plan, filters: [], having: [], related: [] } },
  ]
}

/** One condition on a field, however deep it stands in the others. */
interface Leaf {
  readonly path: string
  readonly filter: FieldFilter
  /** The relations around it. */
  readonly relations: readonly string[]
}

function toProbe(leaf: Leaf, planOf: (filter: Filter) => QueryPlan): Probe {
  const { path, filter, relations } = leaf
  const whole = relations.reduceRight<Filter>(
    (inner, relation) => ({ relation, filters: [inner] }),
    filter,
  )
  return {
    path: `${path}.value`,
    field: [...relations, filter.field].join('.'),
    refused: `the lookup ${filter.lookup} is not possible`,
    plan: planOf(whole),
  }
}

function listLeaves(
  filters: readonly Filter[],
  path: string,
  relations: readonly string[] = [],
): Leaf[] {
  return filters.flatMap((filter, index) => listLeavesOf(filter, `${path}.${index}`, relations))
}

function listLeavesOf(filter: Filter, path: string, relations: readonly string[]): Leaf[] {
  if ('or' in filter) return listLeaves(filter.or, `${path}.or`, relations)
  if ('and' in filter) return listLeaves(filter.and, `${path}.and`, relations)
  if ('not' in filter) return listLeavesOf(filter.not, `${path}.not`, relations)
  if ('relation' in filter) {
    return listLeaves(filter.filters, `${path}.filters`, [...relations, filter.relation])
  }
  return [{ path, filter, relations }]
}
