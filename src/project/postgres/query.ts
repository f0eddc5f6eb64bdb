import type { Sql } from 'postgres'
import type { QueryAnswer, QueryLimits, Row, Statement } from '../database.ts'

/** What `runRolledBack` is asked for. */
interface QueryOrder {
  readonly statement: Statement
  readonly limits: QueryLimits
  readonly signal: AbortSignal
}

/** PostgreSQL's oid for "as the context says": keeps postgres.js from rewriting text it takes for a boolean or a date. */
const unknownType = 705

/** Rows fetched at a time: what the byte limit can be missed by. */
const batchRows = 25

/**
 * Runs one statement by the extended protocol, which takes no second one, in a transaction that can neither write nor be
 * committed: postgres.js commits what a transaction function resolves to, so the rows leave by the way of an error.
 */
export async function runRolledBack(sql: Sql, order: QueryOrder): Promise<QueryAnswer> {
  const { statement, limits, signal } = order
  let answer: QueryAnswer = { rows: [], truncated: false }
  const rollBack = new Error('rolled back')
  try {
    await sql.begin('isolation level repeatable read read only', async (transaction) => {
      signal.throwIfAborted() // it may have waited long for a connection
      await transaction.unsafe(toSettings(limits))
      const parameters = statement.values.map((value) => sql.typed(value, unknownType))
      const query = transaction.unsafe(statement.text, parameters, { prepare: false }).values()
      const batches = createBatches(limits.bytes, signal, sql.CLOSE)
      const last = await cancelOnAbort(query as unknown as CursorQuery, signal, batches.take)
      if (!batches.begun()) batches.take(last) // of EXPLAIN, postgres.js hands out no batch
      signal.throwIfAborted()
      answer = batches.answer
      throw rollBack
    })
  } catch (error) {
    if (error !== rollBack) throw error
  }
  return answer
}

/** The timeouts are the server's own, for the case that nobody is left here to cancel. */
function toSettings({ timeoutMs }: QueryLimits): string {
  const milliseconds = Math.max(1, Math.floor(timeoutMs))
  return (
    `set local statement_timeout = ${milliseconds}; set local lock_timeout = ${Math.min(milliseconds, 2_000)};` +
    `set local idle_in_transaction_session_timeout = ${milliseconds * 2}; set local timezone = 'UTC'`
  )
}

/** The parts of a postgres.js query its types leave out, or spell differently after `values`. */
interface CursorQuery {
  readonly active?: boolean
  /** What `cancel` calls; its promise tells when the server has the request, which `cancel` keeps to itself. */
  canceller: ((query: CursorQuery) => Promise<unknown> | undefined) | null
  cursor(rows: number, take: (batch: readonly Row[]) => unknown): Promise<readonly Row[]>
}

/**
 * Runs a query and cancels it on the server when the signal aborts. A request to cancel names a connection, not a query, so
 * the connection is held until that request has arrived: it must not hit whoever comes next.
 */
async function cancelOnAbort(
  query: CursorQuery,
  signal: AbortSignal,
  take: (batch: readonly Row[]) => unknown,
): Promise<readonly Row[]> {
  let arrived: Promise<unknown> | undefined
  const cancel = () => {
    const { active, canceller } = query
    // cancelled before it runs, postgres.js 3.4.9 would lose the connection; the batches end it then
    if (!active || !canceller) return
    query.canceller = null
    arrived = Promise.resolve(canceller(query)).catch(() => undefined)
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return await query.cursor(batchRows, take)
  } finally {
    signal.removeEventListener('abort', cancel)
    await arrived
  }
}

/** Keeps rows up to a number of bytes; `take` answers `close` to have the portal closed, so that no more is worked out. */
function createBatches(bytes: number, signal: AbortSignal, close: unknown) {
  const rows: Row[] = []
  const answer = { rows, truncated: false }
  let left = bytes
  let begun = false
  const take = (batch: readonly Row[]): unknown => {
    begun = true
    for (const row of batch) {
      left -= sizeOf(row)
      answer.truncated ||= left < 0
      if (answer.truncated || signal.aborted) return close
      rows.push(row)
    }
    return undefined
  }
  return { answer, take, begun: () => begun }
}

const encoder = new TextEncoder()

function sizeOf(row: Row): number {
  return row.reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? encoder.encode(value).length : 8),
    0,
  )
}
