import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import { parse } from '../../http/parse.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { Database, QueryAnswer, Statement } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import { cutCellSchema, toObjects } from './cells.ts'
import { explanationSchema, toPlan } from './explain.ts'
import {
  findModel,
  queryPlanSchema,
  type QueryRequest,
  queryRequestSchema,
  toStatement,
} from './plan.ts'
import type { Reading } from '../model/request-scope.ts'

/** What `POST /ai/query/execute` answers (contract introspection.md 4.4, and what this library adds). */
export const queryResultSchema = z.object({
  plan: queryPlanSchema,
  rows: z.array(jsonObjectSchema),
  count: z.int().nonnegative(),
  /** True exactly when there are rows after these. */
  limited: z.boolean(),
  /** True when the answer was cut for its size: rows left out before the limit was reached, or cells. */
  truncated: z.boolean(),
  cut_cells: z.array(cutCellSchema),
  /** Present when it was asked for; then nothing was run. */
  explanation: explanationSchema.optional(),
})
/** What `POST /ai/query/execute` answers. */
export type QueryResult = z.infer<typeof queryResultSchema>

/** Longest a query may take, in milliseconds; the server stops a little earlier. */
const queryTimeoutMs = 5_000
const limits = { timeoutMs: queryTimeoutMs - 1_000, bytes: 1_000_000 }

/** @throws StudioError `bad_request` that names every field at fault. */
export function parsePlan(body: unknown): QueryRequest {
  return parse(queryRequestSchema, body, 'query plan')
}

/**
 * Answers the rows a plan asks for, or how the server would find them. Loaded with the first query: a core entry stays small
 * that way. When `signal` aborts, the query is cancelled on the server.
 *
 * @throws StudioError `bad_request` for a plan that does not fit, `rate_limited` while too many run, `unavailable`.
 */
export async function executeQuery(
  { explain, ...plan }: QueryRequest,
  reading: Reading,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const { database } = reading
  const { models, sensitiveColumns } = await reading.snapshot()
  const { connected, last_error } = await reading.status()
  if (!database || !connected) {
    throw new StudioError('unavailable', `The database is away: ${last_error ?? 'none configured'}`)
  }
  if (!sensitiveColumns) {
    const message = 'What the columns are made of could not be read, so none is answered'
    throw new StudioError('unavailable', message)
  }
  const { fields, statement } = toStatement(findModel(models, plan.model), plan)
  const { text, values } = statement
  const order = explain ? { text: `explain (format json) ${text}`, values } : statement
  const answer = await withPlace(database, () => runQuery(database, order, signal))
  if (explain) {
    const explained = toPlan(answer.rows[0]?.[0], models)
    const explanation = { sql: text, parameters: [...values], plan: explained }
    const nothing = { rows: [], count: 0, limited: false, truncated: false, cut_cells: [] }
    return { plan, ...nothing, explanation }
  }
  const { limit } = plan.pagination
  const { objects, cutCells } = toObjects(fields, answer.rows.slice(0, limit))
  return {
    plan,
    rows: objects,
    count: objects.length,
    limited: answer.truncated || answer.rows.length > limit,
    truncated: cutCells.length > 0 || (answer.truncated && answer.rows.length < limit),
    cut_cells: cutCells,
  }
}

const running = new WeakMap<Database, number>()

/** Queries of clients take at most half of the pool: the rest is for the application it belongs to. */
async function withPlace<T>(database: Database, run: () => Promise<T>): Promise<T> {
  const places = Math.max(1, Math.min(8, Math.floor(database.pool().size / 2)))
  const taken = running.get(database) ?? 0
  if (taken >= places) {
    const message = `${taken} queries are running, and no more than ${places} may at a time`
    throw new StudioError('rate_limited', message, { headers: { 'retry-after': '1' } })
  }
  running.set(database, taken + 1)
  try {
    return await run()
  } finally {
    running.set(database, (running.get(database) ?? 1) - 1)
  }
}

/** What the server refuses is the plan's fault, a value that does not fit its column above all; the rest is not. */
async function runQuery(
  database: Database,
  statement: Statement,
  given: AbortSignal | undefined,
): Promise<QueryAnswer> {
  const late = new StudioError('unavailable', `no answer within ${queryTimeoutMs} ms`)
  try {
    return await withDeadline(queryTimeoutMs, late, (deadline) =>
      database.query(statement, limits, given ? AbortSignal.any([given, deadline]) : deadline),
    )
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
