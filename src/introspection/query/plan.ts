import { z } from 'zod'
import { isRecord, type Json, jsonSchema } from '../../lib/json.ts'

/** A name in a plan. PostgreSQL keeps at most 63 bytes of one; relations, or an app, may stand before it with dots. */
const nameSchema = z.string().max(200)

const fieldsSchema = z.array(nameSchema).max(2_000)

/** A condition on one field, or on a part of a JSON field. */
export interface FieldFilter {
  readonly field: string
  readonly lookup: string
  readonly value: Json
  /** The keys and indexes that lead to a part of a JSON field. */
  readonly path?: readonly string[] | undefined
}

/** A condition of a plan: on one field, on related rows, or a combination of conditions. */
export type Filter =
  | FieldFilter
  | { readonly or: readonly Filter[] }
  | { readonly and: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly relation: string; readonly filters: readonly Filter[] }

const filterSchema: z.ZodType<Filter> = z
  .lazy(() =>
    z.union([
      z.strictObject({
        field: nameSchema,
        lookup: nameSchema.default('exact'),
        value: jsonSchema,
        path: z
          .array(nameSchema)
          .min(1)
          .max(20)
          .optional()
          .describe('The keys and indexes that lead to a part of a JSON field.'),
      }),
      z.strictObject({ or: z.array(filterSchema).min(1).max(50) }),
      z.strictObject({ and: z.array(filterSchema).min(1).max(50) }),
      z.strictObject({ not: filterSchema }),
      z.strictObject({
        relation: nameSchema,
        filters: z.array(filterSchema).max(50).default([]),
      }),
    ]),
  )
  .meta({ id: 'QueryFilter', description: 'A condition, or a combination of conditions.' })

const filtersSchema = z.array(filterSchema).max(50).default([])

const sortingSchema = z
  .array(
    z.strictObject({
      field: nameSchema,
      direction: z.enum(['asc', 'desc']).default('asc'),
      nulls: z
        .enum(['first', 'last'])
        .optional()
        .describe(
          'Where rows without a value stand. Without it: last when ascending, first when descending.',
        ),
    }),
  )
  .max(50)
  .default([])

/** A column name that the answer gets; PostgreSQL keeps at most 63 bytes of one. */
const aliasSchema = z.string().min(1).max(63)

const aggregateSchema = z.strictObject({
  function: z.enum(['count', 'sum', 'avg', 'min', 'max']),
  field: nameSchema.optional().describe('Only `count` works without a field; it then counts rows.'),
  distinct: z.boolean().default(false).describe('True leaves out values that occurred before.'),
  as: aliasSchema
    .optional()
    .describe('The key in the rows. Without it: `count`, or `sum_total` for the sum of `total`.'),
})

const relatedSchema = z.strictObject({
  relation: nameSchema,
  as: aliasSchema.optional().describe('The key in the rows. Without it: the name of the relation.'),
  count: z.boolean().default(true).describe('False leaves out how many related rows there are.'),
  limit: z.int().min(0).max(50).default(0).describe('How many of the related rows are listed.'),
  filters: filtersSchema,
  sorting: sortingSchema,
  select_fields: fieldsSchema.nullable().default(null),
})

const groupWithoutLimit = 'A plan with group_by has to say how many groups it wants'

const planShape = {
  model: nameSchema.min(1).describe('Name of the model, or `app.Name`.'),
  filters: filtersSchema.describe('All of them have to hold.'),
  sorting: sortingSchema,
  pagination: z
    .strictObject({
      limit: z
        .int({ error: ({ input }) => (input === null ? groupWithoutLimit : undefined) })
        .min(1)
        .max(500)
        .default(50),
      offset: z.int().nonnegative().default(0),
      after: z.string().max(8_000).optional().describe('The `next_cursor` of the page before.'),
    })
    .prefault({}),
  select_fields: fieldsSchema
    .nullable()
    .default(null)
    .describe('The fields to return; null for all fields.'),
  related: z
    .array(relatedSchema)
    .max(8)
    .optional()
    .describe('Counts and lists of rows that point to a row.'),
  distinct: z
    .boolean()
    .optional()
    .describe('True leaves out rows that are equal in all selected fields.'),
  aggregates: z.array(aggregateSchema).max(50).optional(),
  group_by: z.array(nameSchema).max(50).optional(),
  having: z
    .array(filterSchema)
    .max(50)
    .optional()
    .describe('Conditions on groups; a field is a name of `group_by`, or the key of an aggregate.'),
  debug_notes: z.string().max(10_000).nullable().default(null),
}

/** A query as data: names and values, never SQL (docs/contracts/introspection.md, 4.4). */
export const queryPlanSchema = z
  .strictObject(planShape)
  .meta({ id: 'QueryPlan', description: 'A query as data, with every default filled in.' })

/** A query as data, with every default filled in. */
export type QueryPlan = z.infer<typeof queryPlanSchema>

/** One entry of a plan's `sorting`. */
export type Sorting = QueryPlan['sorting'][number]

/** One entry of a plan's `aggregates`. */
export type Aggregate = z.infer<typeof aggregateSchema>

/** One entry of a plan's `related`. */
export type RelatedRows = z.infer<typeof relatedSchema>

/** The body of `POST /ai/query/execute`: a plan, and whether to explain it instead of running it. */
export const queryRequestSchema = z
  .preprocess(
    markMissingLimit,
    z.strictObject({
      ...planShape,
      explain: z
        .boolean()
        .default(false)
        .describe('True returns how the server would find the rows, and runs nothing.'),
    }),
  )
  .meta({ id: 'QueryRequest', description: 'A query as data, to run or to explain.' })

/** Puts null where a plan with groups has no limit, so that the schema reports it together with all other faults. */
function markMissingLimit(plan: unknown): unknown {
  if (!isRecord(plan) || !Array.isArray(plan['group_by']) || plan['group_by'].length === 0) {
    return plan
  }
  const { pagination = {} } = plan
  if (!isRecord(pagination) || pagination['limit'] !== undefined) return plan
  return { ...plan, pagination: { ...pagination, limit: null } }
}

/** A plan to run or to explain. */
export type QueryRequest = z.infer<typeof queryRequestSchema>
