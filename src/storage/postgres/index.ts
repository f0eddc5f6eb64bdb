import type { Sql } from 'postgres'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../lib/options/numbers.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { RunStore, Stores } from '../store.ts'
import { createPostgresApprovalStore } from './approvals.ts'
import { createPostgresChangeStore } from './changes.ts'
import { createClient } from './client.ts'
import type { SqlDriver } from './driver/driver.ts'
import { pgliteDriver, type PgliteLike } from './driver/pglite.ts'
import { postgresDriver } from './driver/postgres-js.ts'
import { createHints, withHints } from './hints.ts'
import { createPostgresOutbox } from './outbox/messages.ts'
import { createNotes } from './outbox/notes.ts'
import { createPostgresPushTargets } from './outbox/targets.ts'
import { toStoreError } from './outage.ts'
import { countRows } from './list.ts'
import { prepareTables } from './prepare.ts'
import { createDayKeeper, keepDays } from './retention/log-days.ts'
import { pruneTables, type Retention } from './retention/prune.ts'
import { createPostgresRunStore } from './runs.ts'
import { createPostgresSessionStore } from './sessions.ts'

/** Options of `postgresStores` and `pgliteStores`. */
export interface PostgresStoresOptions {
  /** The schema that contains the tables. Nothing outside it is changed. @default 'studio' */
  schema?: string
  /** What `prune` deletes besides expired idempotency keys. @default nothing */
  retention?: Retention
  /** Whether the first use creates or upgrades the tables. If false, run `npx fetch-studio migrate` first. @default true */
  migrate?: boolean
  /**
   * For how many days after the present one the event log has partitions in advance, 0 to 366. Without the right to create them,
   * and with `migrate: false`, what has no partition goes to a common one, from which retention deletes row by row. @default 7
   */
  daysAhead?: number
  /** How long to wait for a statement before it rejects with `unavailable`, in milliseconds. @default 10_000 */
  timeoutMs?: number
  /**
   * Whether processes announce their writes to each other by `NOTIFY`, so that readers of runs in other processes need not
   * wait for the next poll. It takes one more connection while there are readers. @default true, unless `sql` has `prepare: false`
   */
  listen?: boolean
}

/**
 * Creates stores in PostgreSQL 14 or newer over postgres.js, shared by any number of processes. The first use creates or
 * upgrades the tables. Behind PgBouncer in transaction mode, `sql` needs `prepare: false`. The caller ends `sql`.
 *
 * @example
 * new Studio(agents, { stores: postgresStores(postgres(url)) })
 */
export function postgresStores(sql: Sql, options: PostgresStoresOptions = {}): Stores {
  return createStores(postgresDriver(sql), options)
}

/** Creates the same stores in PGlite, for one process. The caller closes PGlite. */
export function pgliteStores(pglite: PgliteLike, options: PostgresStoresOptions = {}): Stores {
  return createStores(pgliteDriver(pglite), options)
}

const knownOptions: KnownKeys<PostgresStoresOptions> = {
  schema: true,
  retention: true,
  migrate: true,
  daysAhead: true,
  timeoutMs: true,
  listen: true,
}

const knownRetention: KnownKeys<Retention> = {
  runs: true,
  sessions: true,
  changes: true,
  deliveries: true,
  logs: true,
}

/** Creates stores over any driver for PostgreSQL. */
export function createStores(driver: SqlDriver, options: PostgresStoresOptions): Stores {
  refuseUnknownKeys('The options of the stores', options, knownOptions, { timeout: 'timeoutMs' })
  const { schema = 'studio', migrate = true, retention = {}, listen = true } = options
  refuseUnknownKeys('retention', retention, knownRetention)
  for (const [kind, ms] of Object.entries(retention))
    checkDuration(`retention.${kind}`, ms, { zero: true })
  const timeoutMs = checkDuration('timeoutMs', options.timeoutMs ?? 10_000)
  const daysAhead = checkCount('daysAhead', options.daysAhead ?? 7, 0, 366)
  const name = quoteIdentifier(schema)
  let prepared: Promise<void> | null = null
  const ready = () => {
    // a start makes few days; the first sweep makes the others
    prepared ??= prepare(driver, name, { migrate, daysAhead: options.daysAhead ?? 1 }).catch(
      (error: unknown) => {
        prepared = null
        throw toStoreError(error, false)
      },
    )
    return prepared
  }
  const client = createClient(driver, { timeoutMs, ready })
  const notes = createNotes(name)
  const lastWalk = { current: null }
  const keepAhead = migrate ? createDayKeeper(driver, name, daysAhead) : () => undefined
  const runs = withSweep(createPostgresRunStore(client, name, notes), keepAhead)
  const hints = listen ? createHints(driver, client, schema) : null
  return {
    shared: true,
    kind: 'postgres',
    counts: (tenant) => countRows(client, name, tenant),
    sessions: createPostgresSessionStore(client, name),
    runs: hints ? withHints(runs, hints) : runs,
    approvals: createPostgresApprovalStore(client, name, notes),
    changes: createPostgresChangeStore(client, name),
    outbox: createPostgresOutbox(client, name, notes),
    pushTargets: createPostgresPushTargets(client, name),
    ready,
    async prune(archive) {
      const pruned = await pruneTables(client, name, { ...retention, archive, lastWalk })
      keepAhead()
      return pruned
    },
    ...(hints ? { watch: hints.watch, listening: hints.isListening, close: hints.close } : {}),
  }
}

async function prepare(
  driver: SqlDriver,
  schema: string,
  { migrate, daysAhead }: { readonly migrate: boolean; readonly daysAhead: number },
): Promise<void> {
  await prepareTables(driver, schema, { migrate })
  if (migrate) await keepDays(driver, schema, daysAhead)
}

/** Calls a function with each sweep, once the tables are there. */
function withSweep(runs: RunStore, onSweep: () => void): RunStore {
  return {
    ...runs,
    async due(limit, agents) {
      const due = await runs.due(limit, agents)
      onSweep()
      return due
    },
  }
}
