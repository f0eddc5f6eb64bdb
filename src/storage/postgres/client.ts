import { errorCode, isNetworkCode } from '../../lib/error-code.ts'
import type { Sql } from 'postgres'
import { StudioError } from '../../errors.ts'

/** One row of a result: column name → value. */
export type SqlRow = Readonly<Record<string, unknown>>

/** What the stores need from a driver. Every statement is a transaction of its own. */
export interface SqlClient {
  /** Runs one statement. Its text casts every parameter. */
  query(text: string, parameters: readonly SqlParameter[]): Promise<readonly SqlRow[]>
  /** Runs several statements without parameters in one transaction. */
  script(text: string): Promise<void>
  /** Reports notifications of a channel until the returned function is called. Absent where none would arrive. */
  listen?(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>>
}

/** A value that a statement can take as a parameter. */
export type SqlParameter = string | number | boolean | null

/**
 * Runs statements over postgres.js. They are prepared unless `sql` was created with `prepare: false`, which PgBouncer needs
 * in transaction mode.
 *
 * @throws StudioError `unavailable` when the database cannot be reached or cannot work.
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
      ? {} // this usually means a pooler, which does not pass notifications on
      : { listen: (channel, onPayload) => listenTo(sql, channel, onPayload) }),
  }
}

// What postgres.js keeps about its one connection for all notifications.
interface Listener {
  sql?: Sql | undefined
  readonly channels?: Readonly<Record<string, unknown>>
}

// The last listener closes the connection; postgres.js would keep it open until `sql` itself is ended.
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

/** The methods of PGlite that the stores call. */
export interface PgliteLike {
  query(text: string, parameters?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
  exec(text: string): Promise<unknown>
}

/** Runs statements in PGlite, in this process. */
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

/** Is this PostgreSQL's error for a unique violation (23505)? */
export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === '23505'
}

// SQLSTATE classes for an outage: connection, resources, operator intervention, system error.
const unavailableState = /^(08|53|57P|58)/

function rethrow(error: unknown): never {
  const code = errorCode(error)
  if (unavailableState.test(code) || isNetworkCode(code)) {
    throw new StudioError('unavailable', 'The database is not available', {
      cause: error,
      headers: { 'retry-after': '1' },
    })
  }
  throw error
}
