import type { Sql } from 'postgres'
import { abortable } from '../../lib/deadline.ts'
import { ownAnswer } from '../../lib/postgres/own-answer.ts'
import { padMessage, plainPoolOf, readTypesOnce } from '../../lib/postgres/pool.ts'
import { createRowReader, type RawResult, type RawRow, type Selected } from './raw-rows.ts'

/** Sends a message to the server, and resolves to the rows of its results. Rejects as soon as the signal aborts. */
export type Lane = (text: string, signal: AbortSignal) => Promise<readonly Selected[]>

/**
 * Runs messages that a signal can abort. The pool keeps an aborted message until it settles. While as many of them as the
 * pool has connections, less one, are unsettled, the next message waits for one to settle, so that an outage does not pile
 * up messages, and a connection that died without a word costs one connection.
 */
export function createLane(sql: Sql, inFlight: Set<unknown>): Lane {
  const lost = new Set<Promise<unknown>>()
  const limit = Math.max(1, sql.options.max - 1)
  const pool = plainPoolOf(sql)
  return async (text, signal) => {
    const found = pool()
    const connection = found instanceof Promise ? await found : found
    while (lost.size >= limit) await abortable(Promise.race(lost), signal)
    signal.throwIfAborted()
    readTypesOnce(connection)
    const values: never[] = []
    const rows = createRowReader()
    const query = connection.unsafe(padMessage(text), values, {}).raw()
    const keep = (row: RawRow, result: unknown) => {
      if (!signal.aborted) rows.add(row, result as RawResult)
    }
    query.forEach(keep as never)
    inFlight.add(query)
    const settled = ownAnswer(query, values).finally(() => inFlight.delete(query))
    try {
      return rows.select((await abortable(settled, signal)) as unknown as readonly RawResult[])
    } catch (error) {
      if (signal.aborted && inFlight.has(query)) {
        const gone = settled.then(ignore, ignore).finally(() => lost.delete(gone))
        lost.add(gone)
        giveUp(query as unknown as PendingQuery)
      }
      throw error
    }
  }
}

/** The members of a postgres.js query that its types leave out. */
interface PendingQuery {
  /** Null until the query is written to a connection. */
  readonly state: unknown
  /** True while it is the first one of its connection. */
  readonly active?: boolean
  /** The text that will be written. */
  strings: readonly string[]
  canceller: ((query: PendingQuery) => Promise<unknown> | undefined) | null
}

/**
 * Asks the server to cancel a query that runs, and empties one that was not sent yet. Cancelling that one would lose its
 * connection; one that was sent but does not run yet fails by its guard. `cancel()` of postgres.js 3.4.9 drops the promise of
 * its canceller, whose rejection would end the process.
 */
function giveUp(query: PendingQuery): void {
  const { active, canceller } = query
  if (!query.state) query.strings = [padMessage('select 1')]
  if (!active || !canceller) return
  query.canceller = null
  Promise.resolve(canceller(query)).catch(ignore)
}

function ignore(): void {}
