import { z } from 'zod'
import { badRequest, StudioError } from '../errors.ts'
import { parse } from '../http/parse.ts'
import { withDeadline } from '../lib/deadline.ts'
import { type Json, jsonObjectSchema } from '../lib/json.ts'
import type { Database, Row } from '../project/database.ts'
import { describeFailure } from '../project/failure.ts'
import type { Field } from '../project/project.ts'
import { findModel, type QueryPlan, queryPlanSchema, toStatement } from './query-plan.ts'
import type { Reading } from './reader.ts'

/** What `POST /ai/query/execute` answers (contract introspection.md 4.4). */
export const queryResultSchema = z.object({
  plan: queryPlanSchema,
  rows: z.array(jsonObjectSchema),
  count: z.int().nonnegative(),
  limited: z.boolean(),
})
/** What `POST /ai/query/execute` answers. */
export type QueryResult = z.infer<typeof queryResultSchema>

/** Longest a query may take, in milliseconds. */
const queryTimeoutMs = 5_000

/** @throws StudioError `bad_request` that names every field at fault. */
export function parsePlan(body: unknown): QueryPlan {
  return parse(queryPlanSchema, body, 'query plan')
}

/** Answers the rows a plan asks for. Loaded with the first query: a core entry stays small that way. */
export async function executeQuery(plan: QueryPlan, reading: Reading): Promise<QueryResult> {
  const { database } = reading
  const { models } = await reading.snapshot()
  const { connected, last_error } = await reading.status()
  if (!database || !connected) {
    throw new StudioError('unavailable', `The database is away: ${last_error ?? 'none configured'}`)
  }
  const { fields, statement } = toStatement(findModel(models, plan.model), plan)
  const rows = await runQuery(database, statement)
  const { limit } = plan.pagination
  const page = rows.slice(0, limit).map((row) => toObject(fields, row))
  return { plan, rows: page, count: page.length, limited: rows.length > limit }
}

/** What the server refuses is the plan's fault, a value that does not fit its column above all; the rest is not. */
async function runQuery(
  database: Database,
  statement: Parameters<Database['query']>[0],
): Promise<readonly Row[]> {
  const late = new StudioError('unavailable', `no answer within ${queryTimeoutMs} ms`)
  try {
    return await withDeadline(queryTimeoutMs, late, (signal) => database.query(statement, signal))
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
    const reason = describeFailure(error)
    if (typeof code === 'string' && /^(22|42)...$/.test(code)) {
      throw badRequest(`Invalid query plan: ${reason ?? 'the server refused it'}`)
    }
    if (error instanceof StudioError || reason === null) throw error
    throw new StudioError('unavailable', `The query failed: ${reason}`, { cause: error })
  }
}

function toObject(fields: readonly Field[], row: Row): Record<string, Json> {
  return Object.fromEntries(
    fields.map(({ name }, index) => {
      const text = row[index]
      return [name, typeof text === 'string' ? (JSON.parse(text) as Json) : null]
    }),
  )
}
