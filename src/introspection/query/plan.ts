import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { jsonSchema } from '../../lib/json.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Statement } from '../../project/database.ts'
import type { Field } from '../../project/model.ts'
import { toCondition } from './filter.ts'
import type { AppModel } from '../model/snapshot.ts'

/** A query as data: names and values, never SQL (docs/contracts/introspection.md, 4.4). */
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

/** A query as data, with every default filled in. */
type QueryPlan = z.infer<typeof queryPlanSchema>

/** The body of `POST /ai/query/execute`: a plan, and whether to explain it instead of running it. */
export const queryRequestSchema = queryPlanSchema.extend({
  explain: z.boolean().default(false),
})

/** A plan to run or to explain. */
export type QueryRequest = z.infer<typeof queryRequestSchema>

/** Longest value of one cell as JSON, in characters. Longer ones are truncated. */
const maxCellCharacters = 16_384

/** Starts a truncated cell, as no JSON does: `~<size of the value in bytes>~<its first characters>`. */
export const truncationMarker = '~'

/**
 * Finds the model of a plan, without its sensitive fields, by `Name` or `app.Name`. The app only decides between models of the
 * same name.
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
 * Compiles a plan to one parameterised SELECT (docs/decisions/082-one-statement-and-no-parser.md). Identifiers come from the
 * model, never from the plan. The statement reads one row more than the limit, to detect whether more follow. The primary key
 * breaks ties, so that pages do not overlap. Each value is one JSON text.
 *
 * @throws StudioError `bad_request` for a field, lookup or value that does not fit the model.
 */
export function toStatement(
  model: AppModel,
  plan: QueryPlan,
): { readonly fields: readonly Field[]; readonly statement: Statement } {
  const values: string[] = []
  const parameter = (value: string) => `$${values.push(value)}`
  const find = (name: string) => findField(model, name)
  const keys = model.fields.filter(({ primaryKey }) => primaryKey)
  const selected = plan.select_fields?.map(find)
  const fields = selected ? [...new Set([...keys, ...selected])] : model.fields
  if (fields.length === 0) throw badRequest(`Model "${model.name}" has no fields to select`)
  const alias = toAlias(model)
  const where = plan.filters.map((filter) => toCondition(find(filter.field), filter, parameter))
  const sorting = plan.sorting.map(({ field, direction }) => `${column(find(field))} ${direction}`)
  const { limit, offset } = plan.pagination
  const order = [...sorting, ...keys.map(column)]
  const outputs = fields.map((field, index) => `${toOutput(field)} as "${alias}${index}"`)
  const clauses = [
    `select ${outputs.join(', ')} from ${tableOf(model)} as "${alias}"`,
    where.length > 0 ? `where ${where.join(' and ')}` : '',
    order.length > 0 ? `order by ${order.join(', ')}` : '',
    `limit ${limit + 1} offset ${offset}`,
  ]
  const cells = fields.map((_field, index) => truncateLong(`"${alias}${index}"`))
  const text = `select ${cells.join(', ')} from (${clauses.filter(Boolean).join(' ')}) as "${alias}"`
  return { fields, statement: { text, values } }
}

/** Returns a table alias that no column name starts with. */
function toAlias({ fields }: AppModel): string {
  // Column references are unqualified. An unqualified name that matches the alias selects the whole row in PostgreSQL, so a
  // declared column that the table lacks must not have the name of the alias.
  let alias = '~'
  while (fields.some((field) => field.column.startsWith(alias))) alias += '~'
  return alias
}

function truncateLong(cell: string): string {
  const mark = `'${truncationMarker}'`
  const truncated = `${mark} || octet_length(${cell}) || ${mark} || left(${cell}, ${maxCellCharacters})`
  return `case when length(${cell}) > ${maxCellCharacters} then ${truncated} else ${cell} end`
}

function findField({ name, fields }: AppModel, asked: string): Field {
  const found = fields.find((field) => field.name === asked || field.column === asked)
  if (found) return found
  const names = fields.map((field) => field.name).join(', ')
  throw badRequest(`Model "${name}" has no field "${asked}". Fields: ${names}`)
}

/** Selects a value as JSON, which no driver setting changes; numbers that JavaScript cannot hold become text. */
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
