import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { jsonSchema } from '../../lib/json.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Statement } from '../../project/database.ts'
import type { Field } from '../../project/model.ts'
import { toCondition } from './filter.ts'
import type { AppModel } from '../model/snapshot.ts'

/** A name in a plan. PostgreSQL keeps at most 63 bytes of one; an app and a dot may stand before it. */
const nameSchema = z.string().max(200)

/** A query as data: names and values, never SQL (docs/contracts/introspection.md, 4.4). */
export const queryPlanSchema = z.strictObject({
  model: nameSchema.min(1),
  filters: z
    .array(
      z.strictObject({
        field: nameSchema,
        lookup: nameSchema.default('exact'),
        value: jsonSchema,
      }),
    )
    .max(50)
    .default([]),
  sorting: z
    .array(z.strictObject({ field: nameSchema, direction: z.enum(['asc', 'desc']).default('asc') }))
    .max(50)
    .default([]),
  pagination: z
    .strictObject({
      limit: z.int().min(1).max(500).default(50),
      offset: z.int().nonnegative().default(0),
    })
    .prefault({}),
  select_fields: z.array(nameSchema).max(2_000).nullable().default(null),
  debug_notes: z.string().max(10_000).nullable().default(null),
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

/** A model without its sensitive fields. */
export interface PlannedModel extends AppModel {
  /** True when a field of the primary key is sensitive, so that the visible ones identify no row. */
  readonly hiddenKeys: boolean
}

/**
 * Finds the model of a plan, without its sensitive fields, by `Name` or `app.Name`. The app only decides between models of the
 * same name.
 *
 * @throws StudioError `bad_request` that lists the models.
 */
export function findModel(models: readonly AppModel[], asked: string): PlannedModel {
  const dot = asked.lastIndexOf('.')
  const named = models.filter(({ name }) => name === asked.slice(dot + 1))
  const model = named.find(({ app }) => app === asked.slice(0, Math.max(0, dot))) ?? named[0]
  if (model) {
    const fields = model.fields.filter(({ sensitive }) => !sensitive)
    const hiddenKeys = model.fields.some(({ primaryKey, sensitive }) => primaryKey && sensitive)
    return { ...model, fields, hiddenKeys }
  }
  const names = models.map(({ name }) => name).join(', ')
  throw badRequest(`Model "${asked}" not found. Models: ${names || 'none'}`)
}

/** A plan as one SELECT. */
export interface CompiledPlan {
  /** The fields of the model that the columns of the SELECT hold, in order. */
  readonly fields: readonly Field[]
  readonly statement: Statement
  /** True when two rows may change places between pages, because nothing that identifies a row decides the order. */
  readonly isUnstable: boolean
}

/**
 * Compiles a plan to one parameterised SELECT (docs/decisions/082-one-statement-and-no-parser.md). Identifiers come from the
 * model, never from the plan. The statement reads one row more than the limit, to detect whether more follow. The primary key
 * or another unique field breaks ties, so that pages do not overlap. Each value is one JSON text.
 *
 * @throws StudioError `bad_request` for a field, lookup or value that does not fit the model.
 */
export function toStatement(model: PlannedModel, plan: QueryPlan): CompiledPlan {
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
  const ties = toTieBreakers(model, plan)
  const order = [...sorting, ...ties]
  const outputs = fields.map((field, index) => `${toOutput(field)} as "${alias}${index}"`)
  const clauses = [
    `select ${outputs.join(', ')} from ${tableOf(model)} as "${alias}"`,
    where.length > 0 ? `where ${where.join(' and ')}` : '',
    order.length > 0 ? `order by ${order.join(', ')}` : '',
    `limit ${limit + 1} offset ${offset}`,
  ]
  const cells = fields.map((_field, index) => truncateLong(`"${alias}${index}"`))
  const text = `select ${cells.join(', ')} from (${clauses.filter(Boolean).join(' ')}) as "${alias}"`
  return { fields, statement: { text, values }, isUnstable: order.length === 0 }
}

/**
 * Compiles a statement that fails if the server refuses one filter or one sorting field of a plan, and reads no row.
 * `explain` makes it independent of the rows.
 */
export function toProbe(model: PlannedModel, part: Partial<QueryPlan>): Statement {
  const values: string[] = []
  const parameter = (value: string) => `$${values.push(value)}`
  const find = (name: string) => findField(model, name)
  const where = part.filters?.map((filter) => toCondition(find(filter.field), filter, parameter))
  const order = part.sorting?.map(({ field }) => column(find(field)))
  const clauses = [
    `explain select 1 from ${tableOf(model)} as "${toAlias(model)}"`,
    where ? `where ${where.join(' and ')}` : '',
    order ? `order by ${order.join(', ')}` : '',
  ]
  return { text: clauses.filter(Boolean).join(' '), values }
}

/**
 * Returns what decides between rows that the sorting leaves equal: the primary key, or a unique field. Without one, a sorted
 * query compares all fields, which leaves only rows equal that look equal. An unsorted query would then have to sort the
 * whole table, so it stays without an order.
 */
function toTieBreakers({ fields, hiddenKeys }: PlannedModel, { sorting }: QueryPlan): string[] {
  const keys = fields.filter(({ primaryKey }) => primaryKey)
  if (keys.length > 0 && !hiddenKeys) return keys.map(column)
  const unique = fields.find((field) => field.unique && !field.nullable)
  if (unique) return [column(unique)]
  return sorting.length > 0 ? fields.map((field) => `${column(field)}::text`) : []
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

/** Selects a value as JSON text, which no driver setting changes. `to_json` keeps every digit, and JSON as it was stored. */
function toOutput(field: Field): string {
  return `to_json(${column(field)})::text`
}

function tableOf({ schema, table }: AppModel): string {
  return schema === null
    ? quoteIdentifier(table)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
}

function column(field: Field): string {
  return quoteIdentifier(field.column)
}
