import { z } from 'zod'
import { parse } from '../../http/parse.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { Database, QueryAnswer, Row, Statement } from '../../project/database.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import type { RequestScope } from '../model/request-scope.ts'
import { toObjects, truncatedCellSchema } from './cells.ts'
import { type CompiledPlan, toStatement } from './compile/statement.ts'
import { explanationSchema, toPlan } from './explain.ts'
import { explainRefusal } from './faults.ts'
import { toCursor } from './compile/keyset.ts'
import { requireReadable, runLimited, withQuerySlot } from './running.ts'
import { queryPlanSchema, type QueryRequest, queryRequestSchema } from './plan.ts'
import { findModel, type PlannedModel, type QueryWorld, toQueryWorld } from './world.ts'

/** The body of a 200 of `POST /ai/query/execute` (docs/contracts/introspection.md, 4.4), and what this library adds. */
export const queryResultSchema = z
  .object({
    plan: queryPlanSchema,
    rows: z
      .array(jsonObjectSchema)
      .nullable()
      .describe('Null with `explain`, because the query did not run; `count` is then null too.'),
    count: z.int().nonnegative().nullable(),
    limited: z.boolean().describe('True exactly if more rows follow.'),
    truncated: z
      .boolean()
      .describe(
        'True if the answer was shortened for its size: rows are missing, or cells are truncated.',
      ),
    cut_cells: z.array(truncatedCellSchema),
    unstable: z
      .boolean()
      .describe('True if pages may overlap, because nothing identifies a row in the order.'),
    next_cursor: z
      .string()
      .nullable()
      .describe('The `pagination.after` of the next page; null on the last page.'),
    explanation: explanationSchema.optional().describe('Present if `explain` was set.'),
  })
  .meta({ id: 'QueryResult', description: 'The rows of a query, or its explanation.' })

/** The rows of a query, or its explanation. */
export type QueryResult = z.infer<typeof queryResultSchema>

/** Answers `POST /ai/query/execute` within the scope of a request. */
export async function answerQuery(
  body: unknown,
  { withScope }: IntrospectionModule,
  exchange: Exchange,
): Promise<QueryResult> {
  const query = parseQuery(body)
  return withScope(exchange, (scope) => executeQuery(query, scope, exchange.request.signal))
}

/** @throws StudioError `bad_request` that names every field at fault. */
function parseQuery(body: unknown): QueryRequest {
  return parse(queryRequestSchema, body, 'query plan')
}

/**
 * Returns the rows that a plan selects or, with `explain`, how the server would find them. If `signal` aborts, the query is
 * cancelled on the server too.
 *
 * @throws StudioError `bad_request` for a plan that does not fit the models, `rate_limited` if too many queries are running,
 *   `unavailable` without a database that answers.
 */
async function executeQuery(
  request: QueryRequest,
  scope: RequestScope,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const { explain, ...plan } = request
  const { database, snapshot } = await requireReadable(scope)
  const world = toQueryWorld(snapshot)
  const model = findModel(world, plan.model)
  const compiled = toStatement(model, plan, world)
  const { outputs, statement, isUnstable } = compiled
  const { text, values } = statement
  const executed = explain ? { text: `explain (format json) ${text}`, values } : statement
  const answer = await withQuerySlot(database, () =>
    runQuery(executed, { database, world, model, request, signal }),
  )
  if (explain) {
    const explained = toPlan(answer.rows[0]?.[0], world.models)
    const explanation = { sql: text, parameters: [...values], plan: explained }
    const noRows = { rows: null, count: null, limited: false, truncated: false, cut_cells: [] }
    return { plan, ...noRows, unstable: isUnstable, next_cursor: null, explanation }
  }
  const { limit } = plan.pagination
  const rows = answer.rows.slice(0, limit)
  const { objects, truncatedCells } = toObjects(outputs, rows)
  const limited = answer.truncated || answer.rows.length > limit
  return {
    plan,
    rows: objects,
    count: objects.length,
    limited,
    truncated: truncatedCells.length > 0 || (answer.truncated && answer.rows.length < limit),
    cut_cells: truncatedCells,
    unstable: isUnstable,
    next_cursor: limited ? toNextCursor(compiled, rows.at(-1)) : null,
  }
}

function toNextCursor({ signature, outputs }: CompiledPlan, last: Row | undefined): string | null {
  return signature && last ? toCursor(signature, last.slice(outputs.length)) : null
}

interface QueryRun {
  readonly database: Database
  readonly world: QueryWorld
  readonly model: PlannedModel
  readonly request: QueryRequest
  readonly signal: AbortSignal | undefined
}

async function runQuery(
  statement: Statement,
  { database, world, model, request, signal }: QueryRun,
): Promise<QueryAnswer> {
  return runLimited(database, signal, (runOne) =>
    runOne(statement).catch(async (error: unknown) => {
      throw await explainRefusal(error, { world, model, plan: request }, runOne)
    }),
  )
}
