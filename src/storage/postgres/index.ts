import type { Sql } from 'postgres'
import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Stores } from '../store.ts'
import { createPostgresApprovalStore } from './approvals.ts'
import {
  pgliteClient,
  type PgliteLike,
  postgresClient,
  type SqlClient,
  type SqlParameter,
} from './client.ts'
import { prepareTables } from './prepare.ts'
import { pruneTables, type Retention } from './prune.ts'
import { createPostgresRunStore } from './runs.ts'
import { createPostgresSessionStore } from './sessions.ts'
import { toStorableText } from './statement.ts'

/** Options of `postgresStores` and `pgliteStores`. */
export interface PostgresStoresOptions {
  /** The schema that holds the tables; nothing outside it is touched. @default 'studio' */
  schema?: string
  /** How long a statement may take before the store counts as `unavailable`, in milliseconds. @default 10_000 */
  timeoutMs?: number
  /** What `prune` deletes. @default nothing but expired idempotency keys */
  retention?: Retention
}

/**
 * Keeps sessions, runs, traces and approvals in PostgreSQL 14 or newer, shared by any number of instances, over
 * postgres.js; `prepare: false` there makes it work behind PgBouncer in transaction mode. Tables are created and upgraded
 * at the first use. The caller ends `sql`.
 */
export function postgresStores(sql: Sql, options: PostgresStoresOptions = {}): Stores {
  return createStores(postgresClient(sql), options)
}

/** Keeps the same in PGlite, in one process. The caller closes it. */
export function pgliteStores(pglite: PgliteLike, options: PostgresStoresOptions = {}): Stores {
  return createStores(pgliteClient(pglite), options)
}

const toStorable = (value: SqlParameter) =>
  typeof value === 'string' ? toStorableText(value) : value

/** Builds the stores over any driver of the same SQL. */
export function createStores(
  driver: SqlClient,
  { schema = 'studio', timeoutMs = 10_000, retention = {} }: PostgresStoresOptions,
): Stores {
  const name = quoteIdentifier(schema)
  let prepared: Promise<void> | null = null
  const ready = () => {
    prepared ??= prepareTables(driver, name).catch((error: unknown) => {
      prepared = null
      throw error
    })
    return prepared
  }
  const client: SqlClient = {
    async query(text, parameters) {
      await ready()
      return driver.query(text, parameters.map(toStorable))
    },
    script: driver.script,
  }
  /** A statement given up may still be done later, as one whose answer a broken connection swallowed was done. */
  const bounded: SqlClient = {
    ...client,
    query: (text, parameters) =>
      withDeadline(timeoutMs, tooSlow, () => client.query(text, parameters)),
  }
  return {
    shared: true,
    sessions: createPostgresSessionStore(bounded, name),
    runs: createPostgresRunStore(bounded, name),
    approvals: createPostgresApprovalStore(bounded, name),
    ready,
    prune: () => pruneTables(client, name, retention),
  }
}

const tooSlow = new StudioError('unavailable', 'The database does not answer', {
  headers: { 'retry-after': '1' },
})
