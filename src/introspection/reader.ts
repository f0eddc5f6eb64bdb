import type { Exchange } from '../http/exchange.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, OpenDatabase } from '../project/database.ts'
import type { Project } from '../project/project.ts'
import type { ProjectRoute } from '../project/routes.ts'
import type { Offer } from './introspection.ts'
import { pingDatabase } from './ping.ts'
import type { Snapshot } from './snapshot.ts'
import type { DatabaseStatus } from './wire.ts'

/** What one request can see of the project. */
export interface Reading {
  readonly database: Database | null
  /** Pings the database, once a request, whoever asks first. */
  status(): Promise<DatabaseStatus>
  /** Answers the cached snapshot, or reads a new one. */
  snapshot(): Promise<Snapshot>
}

/** Runs `use` with what the request can see; a database opened for it is closed with it. */
export type Reader = <T>(exchange: Exchange, use: (reading: Reading) => Promise<T>) => Promise<T>

/** What a reader is made from. */
export interface ReaderOptions {
  readonly project: Project
  readonly database: Database | OpenDatabase | null
  readonly clock: Clock
  readonly pingTimeoutMs: number
  readonly snapshotMaxAgeMs: number
  readonly onError: (error: unknown, request: Request) => void
  readonly ownRoutes: () => readonly ProjectRoute[]
  readonly offer: () => Offer
  /** The settings a checksum covers. */
  readonly settings: (database: Database | null) => object
}

/**
 * Makes the one way to the project. Snapshots are shared between requests for `snapshotMaxAgeMs` after they were read,
 * and a read under way is joined. With a database per request nothing is shared: each may open another one.
 */
export function createReader(options: ReaderOptions): Reader {
  const { project, clock, pingTimeoutMs, onError } = options
  const shared = typeof options.database === 'function' ? null : createCache(options)

  return (exchange, use) =>
    withDatabase(options.database, exchange, (database) => {
      const report = (error: unknown) => onError(error, exchange.request)
      const status = once(() => pingDatabase(database, pingTimeoutMs, report))
      const read = async () => {
        const { readSnapshot } = await import('./snapshot.ts') // a core entry stays small that way
        return readSnapshot({
          project,
          database,
          status,
          report,
          ownRoutes: options.ownRoutes(),
          offer: options.offer(),
          settings: options.settings(database),
        })
      }
      return use({ database, status, snapshot: shared ? () => shared(read) : once(read) })
    })

  function createCache({ snapshotMaxAgeMs }: ReaderOptions) {
    let latest: { readonly snapshot: Snapshot; readonly until: number } | null = null
    let pending: Promise<Snapshot> | null = null
    return async (read: () => Promise<Snapshot>): Promise<Snapshot> => {
      if (latest && clock.now() < latest.until) return latest.snapshot
      pending ??= read().finally(() => (pending = null))
      const snapshot = await pending
      latest = { snapshot, until: clock.now() + snapshotMaxAgeMs }
      return snapshot
    }
  }
}

async function withDatabase<T>(
  source: Database | OpenDatabase | null,
  { env, request, context }: Exchange,
  use: (database: Database | null) => Promise<T>,
): Promise<T> {
  if (typeof source !== 'function') return use(source)
  const database = openSafely(source, { env, request })
  try {
    return await use(database)
  } finally {
    const closed = Promise.resolve(database.close?.()).catch(() => undefined)
    if (context.waitUntil) context.waitUntil(closed)
    else await closed
  }
}

/** A database that cannot even be opened is one that is away. */
function openSafely(open: OpenDatabase, request: Parameters<OpenDatabase>[0]): Database {
  try {
    return open(request)
  } catch (error) {
    const fail = () => Promise.reject(error)
    return {
      dialect: 'postgresql',
      ping: fail,
      query: fail,
      read: fail,
      pool: () => ({ size: 0, available: 0 }),
    }
  }
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= read())
}
