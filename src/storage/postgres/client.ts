import type { Sql } from 'postgres'
import { StudioError } from '../../errors.ts'

/** One row of a result, by column name. */
export type SqlRow = Readonly<Record<string, unknown>>

/** What the stores need of a driver: one parameterised statement at a time, each its own transaction. */
export interface SqlClient {
  /** Parameters are texts, numbers, booleans or null; the statement casts them. */
  query(text: string, parameters: readonly SqlParameter[]): Promise<readonly SqlRow[]>
  /** Several statements without parameters, as one transaction. */
  script(text: string): Promise<void>
  /** Gives the payloads of a channel's notifications, until what it gives back is called. Absent where none would come. */
  listen?(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>
}

/** What a statement may be given. */
export type SqlParameter = string | number | boolean | null

/**
 * Runs statements over postgres.js. They are prepared unless the caller's `sql` says `prepare: false`, as PgBouncer's
 * transaction mode wants it.
 *
 * @throws StudioError `unavailable` when the database is away or does not answer.
 */
export function postgresClient(sql: Sql): SqlClient {
  return {
    query: (text, parameters) =>
      sql
        .unsafe(text, [...parameters])
        .then((rows) => rows as unknown as readonly SqlRow[])
        .catch(rethrow),
    script: (text) =>
      sql
        .unsafe(text)
        .simple()
        .then(() => undefined)
        .catch(rethrow),
    ...(sql.options.prepare === false
      ? {} // there is a pooler, as a rule, and it would not pass notifications on
      : { listen: (channel, onPayload) => listenTo(sql, channel, onPayload) }),
  }
}

/** What postgres.js keeps about the one connection that listens for all. */
interface Listener {
  sql?: Sql | undefined
  readonly channels?: Readonly<Record<string, unknown>>
}

/** The last one to leave closes the connection, which postgres.js would keep until `sql` itself is ended. */
async function listenTo(sql: Sql, channel: string, onPayload: (payload: string) => void) {
  const { unlisten } = await sql.listen(channel, onPayload)
  return async () => {
    await unlisten()
    const listener: Listener = sql.listen as Listener
    const connection = listener.sql
    if (!connection || Object.keys(listener.channels ?? {}).length > 0) return
    listener.sql = undefined
    await connection.end({ timeout: 1 })
  }
}

/** What PGlite has that matters here. */
export interface PgliteLike {
  query(text: string, parameters?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
  exec(text: string): Promise<unknown>
}

/** Runs statements in PGlite. */
export function pgliteClient(pglite: PgliteLike): SqlClient {
  return {
    async query(text, parameters) {
      const { rows } = await pglite.query(text, [...parameters]).catch(rethrow)
      return rows as readonly SqlRow[]
    },
    async script(text) {
      await pglite.exec(`begin; ${text}; commit`).catch(rethrow)
    },
  }
}

/** Is this the unique violation of PostgreSQL (23505)? */
export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === '23505'
}

/** Classes of SQLSTATE that mean the server cannot work now: connection, resources, operator intervention, system. */
const unavailableState = /^(08|53|57P|58)/
const unavailableCode =
  /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN)/

function rethrow(error: unknown): never {
  const code = errorCode(error)
  if (unavailableState.test(code) || unavailableCode.test(code)) {
    throw new StudioError('unavailable', 'The database is not available', {
      cause: error,
      headers: { 'retry-after': '1' },
    })
  }
  throw error
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
}
