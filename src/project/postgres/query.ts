import type { Sql } from 'postgres'
import type { QueryAnswer, QueryLimits, Row, Statement } from '../database.ts'

interface QueryOrder {
  readonly statement: Statement
  readonly limits: QueryLimits
  readonly signal: AbortSignal
}

/** The oid of PostgreSQL's type `unknown`. It keeps postgres.js from converting text that looks like a boolean or a date. */
const unknownType = 705

/** The number of rows in a fetch, by which a read can exceed the byte limit. */
const batchRows = 25

/**
 * Runs one statement in a read-only transaction that is always rolled back. The extended protocol rejects a second statement
 * in the text. The transaction function throws even on success, because postgres.js commits when it resolves.
 */
export async function runRolledBack(sql: Sql, order: QueryOrder): Promise<QueryAnswer> {
  const { statement, limits, signal } = order
  let answer: QueryAnswer = { rows: [], truncated: false }
  const rollBack = new Error('rolled back')
  try {
    await sql.begin('isolation level repeatable read read only', async (transaction) => {
      signal.throwIfAborted() // the wait for a connection may have been long
      await transaction.unsafe(toSettings(limits))
      const parameters = statement.values.map((value) => sql.typed(value, unknownType))
      const query = transaction.unsafe(statement.text, parameters, { prepare: false }).values()
      const batches = createBatches(limits.bytes, signal, sql.CLOSE)
      const last = await cancelOnAbort(query as unknown as CursorQuery, signal, batches.take)
      if (!batches.begun()) batches.take(last) // postgres.js passes no batch for EXPLAIN
      signal.throwIfAborted()
      answer = batches.answer
      throw rollBack
    })
  } catch (error) {
    if (error !== rollBack) throw error
  }
  return answer
}

/** Sets timeouts on the server too, in case this process stops before it can cancel the statement. */
function toSettings({ timeoutMs }: QueryLimits): string {
  const milliseconds = Math.max(1, Math.floor(timeoutMs))
  return (
    `set local statement_timeout = ${milliseconds}; set local lock_timeout = ${Math.min(milliseconds, 2_000)};` +
    `set local idle_in_transaction_session_timeout = ${milliseconds * 2}; set local timezone = 'UTC'`
  )
}

/** The properties of a postgres.js query that its types omit, or declare differently after `values`. */
interface CursorQuery {
  readonly active?: boolean
  /** The function behind `cancel`. Its promise, which `cancel` does not return, resolves when the server has the request. */
  canceller: ((query: CursorQuery) => Promise<unknown> | undefined) | null
  cursor(rows: number, take: (batch: readonly Row[]) => unknown): Promise<readonly Row[]>
}

/**
 * Runs a query and cancels it on the server when the signal aborts. A cancel request names a connection, not a query, so the
 * connection is kept until the request has arrived. Otherwise it could cancel the next query on that connection.
 */
async function cancelOnAbort(
  query: CursorQuery,
  signal: AbortSignal,
  take: (batch: readonly Row[]) => unknown,
): Promise<readonly Row[]> {
  let arrived: Promise<unknown> | undefined
  const cancel = () => {
    const { active, canceller } = query
    // postgres.js 3.4.9 loses the connection of a query that is cancelled before it runs; `take` closes it instead
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

/** Collects rows up to a number of bytes. `take` returns `close` to close the portal, so that the server stops. */
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
