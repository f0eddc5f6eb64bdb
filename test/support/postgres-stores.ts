import type { Sql } from 'postgres'
import type { Clock } from '../../src/lib/clock.ts'
import { postgresClient, type SqlClient } from '../../src/storage/postgres/client.ts'
import { createStores, type PostgresStoresOptions } from '../../src/storage/postgres/index.ts'
import type { Stores } from '../../src/storage/store.ts'

let schemas = 0

/** Makes empty stores in a new schema. Their `now()` is the clock's, so that tests can move time. */
export function clockedStores(sql: Sql, clock: Clock, options: PostgresStoresOptions = {}): Stores {
  return clockedClientStores(postgresClient(sql), clock, options)
}

/** Makes the same stores over any driver. */
export function clockedClientStores(
  client: SqlClient,
  clock: Clock,
  options: PostgresStoresOptions = {},
): Stores {
  const schema = `studio_${++schemas}`
  return createStores(withClock(client, clock), { schema, ...options })
}

/** Replaces the database's time with the clock's in every statement. */
function withClock(client: SqlClient, clock: Clock): SqlClient {
  const shift = (text: string) =>
    text.replaceAll(/\bnow\(\)/g, `to_timestamp(${clock.now()} / 1000.0::float8)`)
  return {
    query: (text, parameters) => client.query(shift(text), parameters),
    script: client.script,
  }
}
