import type { Sql } from 'postgres'
import type { Database, Row } from '../database.ts'
import { createGuard } from './guard.ts'
import { createLane } from './lane.ts'
import type { Selected } from './raw-rows.ts'
import { plainFormats, toQueryAnswer, toReadOnlyMessage } from './query.ts'

/** How late a read may start, and how long it may take, in milliseconds. */
const readTimeoutMs = 15_000

/**
 * Settings of the implicit transaction of a message: they end with it, even after an error. JIT is off because compiling a
 * query that runs once takes longer than running it; parallel workers are off so that Studio uses at most one core.
 */
const readOnly = [
  'set transaction isolation level repeatable read, read only',
  `set local statement_timeout = ${readTimeoutMs}`,
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
  const guard = createGuard(createLane(sql, inFlight))
  const read = createLane(sql, inFlight)
  const query = createLane(sql, inFlight)
  return {
    dialect: 'postgresql',
    ping: guard.ping,
    async read(selects, signal = new AbortController().signal) {
      const names = Object.keys(selects) as (keyof typeof selects)[]
      const results = await guard.send({
        lane: read,
        toText: (first) => `${readOnly + first};${tagSelects(Object.values(selects))}`,
        timeoutMs: readTimeoutMs,
        signal,
      })
      return groupByTag(names, results)
    },
    async query(statement, limits, signal) {
      const results = await guard.send({
        lane: query,
        toText: (first) => toReadOnlyMessage(statement, limits, first),
        timeoutMs: limits.timeoutMs,
        signal,
      })
      // postgres.js merges results without rows, so the last result may be that of a SET, whose rows are none.
      return toQueryAnswer(results.at(-1)?.rows ?? [], statement.text, limits)
    },
    pool() {
      const size = sql.options.max
      return { size, available: Math.max(0, size - inFlight.size) }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/**
 * Puts the index of each SELECT into the name of its first column, because postgres.js merges results without rows. A tag
 * adds no cost for each row, and the digits survive a `transform` option that renames columns.
 */
function tagSelects(selects: readonly string[]): string {
  return selects.map((select, index) => `select * from (${select}) tagged (s${index})`).join(';')
}

function groupByTag<Name extends string>(
  names: readonly Name[],
  results: readonly Selected[],
): Record<Name, readonly Row[]> {
  const tagOf = ({ firstColumn }: Selected) => Number(/\d+/.exec(firstColumn)?.[0])
  const groups = new Map(results.map((result) => [tagOf(result), result.rows]))
  const rows = names.map((name, index) => [name, groups.get(index) ?? []] as const)
  return Object.fromEntries(rows) as Record<Name, readonly Row[]>
}
