import type { Sql } from 'postgres'
import { errorCode } from '../../lib/failures/error-code.ts'
import { padMessage } from '../../lib/postgres/pool.ts'
import { describeFailure } from '../../project/failure.ts'

/** One connection for a trial, which no other request shares. */
export interface ShadowSession {
  readonly sql: Sql
  /** Runs one statement. */
  run(statement: string): Promise<readonly Record<string, unknown>[]>
  /** Ends the connection at once. Never rejects. */
  close(): Promise<void>
}

/** How long a statement of a trial waits for a lock, in milliseconds. Nobody else uses the copy. */
const lockTimeoutMs = 5_000

/** Returns a function that connects to a database, or to that of the source, with the options of the source. */
export function createConnector(
  source: Sql | string,
  timeoutMs: number,
): (database: string | null) => Promise<ShadowSession> {
  return async (database) => {
    const { default: postgres } = await import('postgres')
    const { options } = typeof source === 'string' ? postgres(source, { max: 1 }) : source
    const parsed = {
      ...options,
      ...(database === null ? {} : { database }),
      max: 1,
      fetch_types: false,
      shared: { retries: 0, typeArrayMap: {} },
      idle_timeout: null,
      connect_timeout: Math.ceil(timeoutMs / 1_000),
      transform: plain,
      onnotice: () => undefined,
      connection: {
        ...options.connection,
        application_name: 'fetch-studio shadow',
        statement_timeout: timeoutMs,
        lock_timeout: lockTimeoutMs,
        idle_in_transaction_session_timeout: timeoutMs,
      },
    }
    // postgres.js takes parsed options as they are, as its own `listen` passes them
    const sql = postgres(parsed as unknown as Parameters<typeof postgres>[0] & object)
    return {
      sql,
      run: async (statement) => sql.unsafe(padMessage(statement)),
      close: () => sql.end({ timeout: 0 }).catch(() => undefined),
    }
  }
}

const none = { from: undefined, to: undefined }
const plain = { undefined: undefined, column: none, value: none, row: none }

const makingReasons: Readonly<Record<string, string>> = {
  '55006':
    'other connections use the database that is to be copied; name one that nobody uses as `template`, or give `fill`',
  '42501': 'the role may not create databases, or not copy this one',
  '3D000': 'the database that is to be copied does not exist',
}

/** Says why a copy could not be made, in words that are safe to send. */
export function explainMaking(error: unknown): string {
  return makingReasons[errorCode(error)] ?? describeFailure(error) ?? 'the copy could not be made'
}
