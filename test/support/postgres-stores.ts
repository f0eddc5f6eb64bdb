import type { Sql } from 'postgres'
import type { Clock } from '../../src/lib/clock.ts'
import type { SqlDriver } from '../../src/storage/postgres/driver/driver.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { createStores, type PostgresStoresOptions } from '../../src/storage/postgres/index.ts'
import type { Stores } from '../../src/storage/store.ts'
import type { PostgresFixture } from './postgres.ts'

let schemas = 0

/** Makes empty stores in a new schema. Their `now()` is the clock's, so that tests can move time. */
export function clockedStores(sql: Sql, clock: Clock, options: PostgresStoresOptions = {}): Stores {
  return clockedDriverStores(postgresDriver(sql), clock, options)
}

/** Makes the same stores over any driver. */
export function clockedDriverStores(
  driver: SqlDriver,
  clock: Clock,
  options: PostgresStoresOptions = {},
): Stores {
  const schema = `studio_${++schemas}`
  return createStores(withClock(driver, clock), { schema, daysAhead: 0, ...options })
}

/** Opens the database of a pool as a role that writes to the tables of a schema, and may not create or drop any. */
export async function openAsWriter(
  postgres: PostgresFixture,
  sql: Sql,
  schema: string,
): Promise<Sql> {
  const role = `app_${schema}`
  await sql.unsafe(`create role ${role} login password 'studio'; grant usage on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role}`)
  const url = new URL(postgres.server().url(String(sql.options.database)))
  url.username = role
  return postgres.openPool(url.href)
}

/** Replaces the database's time with the clock's in every statement. */
function withClock(driver: SqlDriver, clock: Clock): SqlDriver {
  const shift = (text: string) =>
    text.replaceAll(
      /(?<!pg_catalog\.)\b(?:now|clock_timestamp)\(\)/g,
      `to_timestamp(${clock.now()} / 1000.0::float8)`,
    )
  return {
    ...driver,
    query: (text, parameters) => driver.query(shift(text), parameters),
  }
}
