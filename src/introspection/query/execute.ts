import { errorCode } from '../../lib/error-code.ts'
import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import { parse } from '../../http/parse.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { Database, QueryAnswer, Statement } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { AppModel } from '../model/snapshot.ts'
import { unknownExposure } from '../model/unknown-exposure.ts'
import { toObjects, truncatedCellSchema } from './cells.ts'
import { explanationSchema, toPlan } from './explain.ts'
import {
  findModel,
  queryPlanSchema,
  type QueryRequest,
  queryRequestSchema,
  toStatement,
} from './plan.ts'

/** The body of a 200 of `POST /ai/query/execute` (docs/contracts/introspection.md, 4.4), and what this library adds. */
export const queryResultSchema = z.object({
  plan: queryPlanSchema,
  rows: z.array(jsonObjectSchema),
  count: z.int().nonnegative(),
  /** True exactly if more rows follow. */
  limited: z.boolean(),
  /** True if the answer was shortened for its size: rows are missing before the limit, or cells are truncated. */
  truncated: z.boolean(),
  cut_cells: z.array(truncatedCellSchema),
  /** Present if `explain` was set; then the query did not run. */
  explanation: explanationSchema.optional(),
})

/** The rows of a query, or its explanation. */
export type QueryResult = z.infer<typeof queryResultSchema>

/** Longest a query may take, in milliseconds. The server's own limit is shorter, so normally the server ends it. */
const queryTimeoutMs = 5_000
const limits = { timeoutMs: queryTimeoutMs - 1_000, bytes: 1_000_000 }

/** Queries of clients that may run at the same time, however large the pool is. */
const maxQueries = 8

/** @throws StudioError `bad_request` that names every field at fault. */
export function parseQuery(body: unknown): QueryRequest {
  return parse(queryRequestSchema, body, 'query plan')
}

/**
 * Returns the rows that a plan selects or, with `explain`, how the server would find them. If `signal` aborts, the query is
 * cancelled on the server too.
 *
 * @throws StudioError `bad_request` for a plan that does not fit the models, `rate_limited` if too many queries are running,
 *   `unavailable` without a database that answers.
 */
export async function executeQuery(
  { explain, ...plan }: QueryRequest,
  scope: RequestScope,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const { database, models } = await requireReadable(scope)
  const { fields, statement } = toStatement(findModel(models, plan.model), plan)
  const { text, values } = statement
  const executed = explain ? { text: `explain (format json) ${text}`, values } : statement
  const answer = await withQuerySlot(database, () => runQuery(database, executed, signal))
  if (explain) {
    const explained = toPlan(answer.rows[0]?.[0], models)
    const explanation = { sql: text, parameters: [...values], plan: explained }
    const noRows = { rows: [], count: 0, limited: false, truncated: false, cut_cells: [] }
    return { plan, ...noRows, explanation }
  }
  const { limit } = plan.pagination
  const { objects, truncatedCells } = toObjects(fields, answer.rows.slice(0, limit))
  return {
    plan,
    rows: objects,
    count: objects.length,
    limited: answer.truncated || answer.rows.length > limit,
    truncated: truncatedCells.length > 0 || (answer.truncated && answer.rows.length < limit),
    cut_cells: truncatedCells,
  }
}

/** @throws StudioError `unavailable` without a database that answers, and while it is unknown which columns are sensitive. */
async function requireReadable(
  scope: RequestScope,
): Promise<{ readonly database: Database; readonly models: readonly AppModel[] }> {
  const { database } = scope
  const { models, exposure } = await scope.snapshot()
  const { connected, last_error } = await scope.status()
  if (!database || !connected) {
    const reason = last_error ?? 'none is configured'
    throw new StudioError('unavailable', `The database is unavailable: ${reason}`)
  }
  if (exposure === 'unknown') throw unknownExposure()
  return { database, models }
}

const runningQueries = new WeakMap<Database, number>()

/** Lets queries of clients use at most half of the pool, so that the application keeps the other half. */
async function withQuerySlot<T>(database: Database, run: () => Promise<T>): Promise<T> {
  const slots = Math.max(1, Math.min(maxQueries, Math.floor(database.pool().size / 2)))
  const running = runningQueries.get(database) ?? 0
  if (running >= slots) {
    const message = `${running} queries are running, and at most ${slots} may run at a time`
    throw new StudioError('rate_limited', message, { headers: { 'retry-after': '1' } })
  }
  runningQueries.set(database, running + 1)
  try {
    return await run()
  } finally {
    runningQueries.set(database, (runningQueries.get(database) ?? 1) - 1)
  }
}

/** SQLSTATE classes that mean a fault of the plan, usually a value that does not fit its column. */
const planFaults = /^(22|42)...$/

async function runQuery(
  database: Database,
  statement: Statement,
  signal: AbortSignal | undefined,
): Promise<QueryAnswer> {
  const late = new StudioError('unavailable', `no answer within ${queryTimeoutMs} ms`)
  try {
    return await withDeadline(queryTimeoutMs, late, (deadline) =>
      database.query(statement, limits, signal ? AbortSignal.any([signal, deadline]) : deadline),
    )
  } catch (error) {
    const reason = describeFailure(error)
    if (planFaults.test(errorCode(error))) {
      throw badRequest(`Invalid query plan: ${reason ?? 'the server refused it'}`)
    }
    if (error instanceof StudioError || reason === null) throw error
    throw new StudioError('unavailable', `The query failed: ${reason}`, { cause: error })
  }
}
