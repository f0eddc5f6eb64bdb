import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { jsonSchema } from '../../lib/json.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Statement } from '../../project/database.ts'
import type { Field } from '../../project/model.ts'
import { toCondition } from './filter.ts'
import type { AppModel } from '../model/snapshot.ts'

/** What `POST /ai/query/execute` takes (contract introspection.md 4.4): names and values, never SQL. */
export const queryPlanSchema = z.strictObject({
  model: z.string().min(1),
  filters: z
    .array(
      z.strictObject({ field: z.string(), lookup: z.string().default('exact'), value: jsonSchema }),
    )
    .max(50)
    .default([]),
  sorting: z
    .array(z.strictObject({ field: z.string(), direction: z.enum(['asc', 'desc']).default('asc') }))
    .max(50)
    .default([]),
  pagination: z
    .strictObject({
      limit: z.int().min(1).max(500).default(50),
      offset: z.int().nonnegative().default(0),
    })
    .prefault({}),
  select_fields: z.array(z.string()).max(2_000).nullable().default(null),
  debug_notes: z.string().nullable().default(null),
})
/** A query as data; every default filled in. */
export type QueryPlan = z.infer<typeof queryPlanSchema>

/** What a client sends: a plan, and whether to explain it instead of running it. */
export const queryRequestSchema = queryPlanSchema.extend({
  explain: z.boolean().default(false),
})
/** A plan to run or to explain. */
export type QueryRequest = z.infer<typeof queryRequestSchema>

/** Longest value of one cell as JSON, in characters; what is longer is cut. */
export const cellCharacters = 16_384

/** Starts what stands for a cell that was cut: no JSON starts with it. Its size in bytes and the first part follow. */
export const cutMark = '~'

/**
 * Finds the model of a plan, without its sensitive fields: by its name, or by `app.Name`, whose last part alone decides unless two models share it.
 *
 * @throws StudioError `bad_request` that lists the models.
 */
export function findModel(models: readonly AppModel[], asked: string): AppModel {
  const dot = asked.lastIndexOf('.')
  const named = models.filter(({ name }) => name === asked.slice(dot + 1))
  const model = named.find(({ app }) => app === asked.slice(0, Math.max(0, dot))) ?? named[0]
  if (model) return { ...model, fields: model.fields.filter(({ sensitive }) => !sensitive) }
  const names = models.map(({ name }) => name).join(', ')
  throw badRequest(`Model "${asked}" not found. Models: ${names || 'none'}`)
}

/**
 * Turns a plan into one parameterised SELECT that reads one row more than its limit. Identifiers come from the model, never
 * from the plan; ties are broken by the primary key, so that pages do not overlap. Each value is one JSON text.
 *
 * @throws StudioError `bad_request` for a field, lookup or value that does not fit.
 */
export function toStatement(
  model: AppModel,
  plan: QueryPlan,
): { readonly fields: readonly Field[]; readonly statement: Statement } {
  const values: string[] = []
  const parameter = (value: string) => `$${values.push(value)}`
  const find = (name: string) => findField(model, name)
  const keys = model.fields.filter(({ primaryKey }) => primaryKey)
  const wanted = plan.select_fields?.map(find)
  const fields = wanted ? [...new Set([...keys, ...wanted])] : model.fields
  if (fields.length === 0) throw badRequest(`Model "${model.name}" has no fields to select`)
  const own = toOwnName(model)
  const where = plan.filters.map((filter) => toCondition(find(filter.field), filter, parameter))
  const sorting = plan.sorting.map(({ field, direction }) => `${column(find(field))} ${direction}`)
  const { limit, offset } = plan.pagination
  const order = [...sorting, ...keys.map(column)]
  const outputs = fields.map((field, index) => `${toOutput(field)} as "${own}${index}"`)
  const clauses = [
    `select ${outputs.join(', ')} from ${tableOf(model)} as "${own}"`,
    where.length > 0 ? `where ${where.join(' and ')}` : '',
    order.length > 0 ? `order by ${order.join(', ')}` : '',
    `limit ${limit + 1} offset ${offset}`,
  ]
  const cells = fields.map((_field, index) => cutLong(`"${own}${index}"`))
  const text = `select ${cells.join(', ')} from (${clauses.filter(Boolean).join(' ')}) as "${own}"`
  return { fields, statement: { text, values } }
}

/**
 * A name of ours that no column of the model starts with. Columns are written without a table before them, and a column that
 * a declared model has and its table lacks must not become the whole row, which a name of a table stands for in SQL.
 */
function toOwnName({ fields }: AppModel): string {
  let name = '~'
  while (fields.some((field) => field.column.startsWith(name))) name += '~'
  return name
}

function cutLong(cell: string): string {
  const cut = `'${cutMark}' || octet_length(${cell}) || '${cutMark}' || left(${cell}, ${cellCharacters})`
  return `case when length(${cell}) > ${cellCharacters} then ${cut} else ${cell} end`
}

function findField({ name, fields }: AppModel, asked: string): Field {
  const found = fields.find((field) => field.name === asked || field.column === asked)
  if (found) return found
  const names = fields.map((field) => field.name).join(', ')
  throw badRequest(`Model "${name}" has no field "${asked}". Fields: ${names}`)
}

/** As JSON, which no driver setting changes; numbers that JavaScript cannot hold go as text. */
function toOutput(field: Field): string {
  const isExact = /^(bigint|numeric|money)/.test(field.type)
  return `to_jsonb(${column(field)}${isExact ? '::text' : ''})::text`
}

function tableOf({ schema, table }: AppModel): string {
  return schema === null
    ? quoteIdentifier(table)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
}

function column(field: Field): string {
  return quoteIdentifier(field.column)
}
