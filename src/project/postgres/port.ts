import type { Sql } from 'postgres'
import { abortable } from '../../lib/deadline.ts'
import { plainPoolOf, readTypesOnce } from '../../lib/postgres/pool.ts'
import type { Database, Row } from '../database.ts'
import { type RawResult, toRows } from './raw-rows.ts'
import { plainFormats, toQueryAnswer, toReadOnlyMessage } from './query.ts'

/**
 * Settings of the implicit transaction of a message: they end with it, even after an error. JIT is off because compiling a
 * query that runs once takes longer than running it; parallel workers are off so that Studio uses at most one core.
 */
const readOnly = [
  'set transaction isolation level repeatable read, read only',
  `set local statement_timeout = '15s'`,
  `set local lock_timeout = '2s'`,
  'set local jit = off',
  'set local max_parallel_workers_per_gather = 0',
  ...plainFormats,
  `set local lc_monetary = 'C'`,
  // a function of the application never stands for one of PostgreSQL's own
  `select set_config('search_path', concat_ws(', ', 'pg_catalog', nullif(current_setting('search_path'), '')), true)`,
  '',
].join(';')

/**
 * Connects Studio to a PostgreSQL database through postgres.js, also behind PgBouncer or Hyperdrive: every read is one
 * simple-protocol message without prepared statements. Studio never writes. The transforms, parsers and session settings of
 * the pool change no answer; a pool with a row transform gets a second pool with as many connections, which end when idle.
 *
 * After an outage, reads succeed once the pool reconnects: postgres.js waits up to 20 s between attempts (option `backoff`).
 *
 * @see docs/decisions/011-reads-that-can-be-given-up.md
 */
export function postgresDatabase(sql: Sql): Database {
  const inFlight = new Set<unknown>()
  const ping = createLane(sql, inFlight)
  const read = createLane(sql, inFlight)
  const query = createLane(sql, inFlight)
  return {
    dialect: 'postgresql',
    async ping(signal) {
      await ping('select 1', signal)
    },
    async read(selects, signal = new AbortController().signal) {
      const names = Object.keys(selects) as (keyof typeof selects)[]
      const results = await read(readOnly + tagSelects(Object.values(selects)), signal)
      return groupByTag(names, results)
    },
    async query(statement, limits, signal) {
      const results = await query(toReadOnlyMessage(statement, limits), signal)
      // postgres.js merges results without rows, so the last result may be that of a SET, whose rows are none.
      const last = results.at(-1)
      return toQueryAnswer(last ? toRows(last) : [], statement.text, limits)
    },
    pool() {
      const size = sql.options.max
      return { size, available: Math.max(0, size - inFlight.size) }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/**
 * Runs messages that a signal can abort. The pool keeps an aborted message until it settles. While as many of them as the
 * pool has connections, less one, are unsettled, the next message waits for one to settle, so that an outage does not pile
 * up messages, and a connection that died without a word costs one connection.
 */
function createLane(sql: Sql, inFlight: Set<unknown>) {
  const lost = new Set<Promise<unknown>>()
  const limit = Math.max(1, sql.options.max - 1)
  const pool = plainPoolOf(sql)
  return async (text: string, signal: AbortSignal): Promise<readonly RawResult[]> => {
    const found = pool()
    const connection = found instanceof Promise ? await found : found
    while (lost.size >= limit) await abortable(Promise.race(lost), signal)
    signal.throwIfAborted()
    readTypesOnce(connection)
    const query = connection.unsafe(text).raw()
    inFlight.add(query)
    const settled = query.finally(() => inFlight.delete(query))
    try {
      return (await abortable(settled, signal)) as unknown as readonly RawResult[]
    } catch (error) {
      if (signal.aborted && inFlight.has(query)) {
        const gone = settled.then(ignore, ignore).finally(() => lost.delete(gone))
        lost.add(gone)
        cancel(query as unknown as Cancellable)
      }
      throw error
    }
  }
}

/** The members of a postgres.js query that its types leave out. */
interface Cancellable {
  readonly active?: boolean
  canceller: ((query: Cancellable) => Promise<unknown> | undefined) | null
}

/**
 * Asks the server to cancel a query. `cancel()` of postgres.js 3.4.9 drops the promise of its canceller, whose rejection
 * would end the process. A query that is not active yet is skipped, because cancelling it would lose its connection.
 */
function cancel(query: Cancellable): void {
  const { active, canceller } = query
  if (!active || !canceller) return
  query.canceller = null
  Promise.resolve(canceller(query)).catch(ignore)
}

function ignore(): void {}

/**
 * Puts the index of each SELECT into the name of its first column, because postgres.js merges results without rows. A tag
 * adds no cost for each row, and the digits survive a `transform` option that renames columns.
 */
function tagSelects(selects: readonly string[]): string {
  return selects.map((select, index) => `select * from (${select}) tagged (s${index})`).join(';')
}

function groupByTag<Name extends string>(
  names: readonly Name[],
  results: readonly RawResult[],
): Record<Name, readonly Row[]> {
  const tagOf = ({ columns }: RawResult) => Number(/\d+/.exec(columns?.[0]?.name ?? '')?.[0])
  const groups = new Map(results.map((result) => [tagOf(result), result]))
  return Object.fromEntries(
    names.map((name, index) => {
      const result = groups.get(index)
      return [name, result ? toRows(result) : []]
    }),
  ) as unknown as Record<Name, readonly Row[]>
}
