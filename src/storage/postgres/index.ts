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
import { createHints, withHints } from './hints.ts'
import { prepareTables } from './prepare.ts'
import { pruneTables, type Retention } from './prune.ts'
import { createPostgresRunStore } from './runs.ts'
import { createPostgresSessionStore } from './sessions.ts'
import { toStorableText } from './statement.ts'

/** Options of `postgresStores` and `pgliteStores`. */
export interface PostgresStoresOptions {
  /** The schema that holds the tables; nothing outside it is touched. @default 'studio' */
  schema?: string
  /** What `prune` deletes. @default nothing but expired idempotency keys */
  retention?: Retention
  /** False leaves creating and upgrading the tables to `npx fetch-studio migrate`: no look at their version. @default true */
  migrate?: boolean
  /** How long a statement may take before the store counts as `unavailable`, in milliseconds. @default 10_000 */
  timeoutMs?: number
  /**
   * Whether instances tell each other by `NOTIFY` what they did, so that readers of other instances' runs need not wait
   * for their next look. Takes a connection of its own while somebody reads. @default true, unless `sql` has `prepare: false`
   */
  listen?: boolean
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
export function createStores(driver: SqlClient, options: PostgresStoresOptions): Stores {
  const {
    schema = 'studio',
    migrate = true,
    retention = {},
    timeoutMs = 10_000,
    listen = true,
  } = options
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
    // A statement given up may still be done later: like one whose answer a broken connection swallowed.
    query: (text, parameters) =>
      withDeadline(timeoutMs, tooSlow, async (signal) => {
        if (migrate) await ready()
        signal.throwIfAborted()
        return driver.query(text, parameters.map(toStorable))
      }),
    script: driver.script,
  }
  const runs = createPostgresRunStore(client, name)
  const hints = listen ? createHints({ ...driver, query: client.query }, schema) : null
  return {
    shared: true,
    sessions: createPostgresSessionStore(client, name),
    runs: hints ? withHints(runs, hints) : runs,
    approvals: createPostgresApprovalStore(client, name),
    ready,
    prune: () => pruneTables(client, name, retention),
    ...(hints ? { watch: hints.watch, close: hints.close } : {}),
  }
}

const tooSlow = new StudioError('unavailable', 'The database does not answer', {
  headers: { 'retry-after': '1' },
})
