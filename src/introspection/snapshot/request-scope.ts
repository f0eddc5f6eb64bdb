import { type Reader } from '../model/request-scope.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, OpenDatabase } from '../../project/database.ts'
import type { Project } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Offer } from '../module.ts'
import { pingDatabase } from './ping.ts'
import type { Snapshot } from '../model/snapshot.ts'

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

/** How many times its age a snapshot may still be answered while the next one is read. */
const staleAges = 5

/**
 * Makes the one way to the project. Snapshots are shared between requests for `snapshotMaxAgeMs` after they were read,
 * and a read under way is joined. Up to five times that age a snapshot is still answered, and read anew behind the answer;
 * unless it tells of problems, which may be over. With a database per request nothing is shared: each may open another one.
 */
export function createReader(options: ReaderOptions): Reader {
  const { project, pingTimeoutMs, onError } = options
  const shared = typeof options.database === 'function' ? null : createCache(options)

  return (exchange, use) =>
    withDatabase(options.database, exchange, (database) => {
      const report = (error: unknown) => onError(error, exchange.request)
      const status = once(() => pingDatabase(database, pingTimeoutMs, report))
      const read = async (previous: Snapshot | null) => {
        const { readSnapshot } = await import('./read-snapshot.ts') // a core entry stays small that way
        return readSnapshot({
          project,
          database,
          status,
          report,
          previous,
          ownRoutes: options.ownRoutes(),
          offer: options.offer(),
          settings: options.settings(database),
        })
      }
      const behind = (reading: Promise<Snapshot>) => {
        const settled = reading.then(() => undefined, report)
        exchange.context.waitUntil?.(settled)
      }
      const snapshot = shared ? () => shared(read, behind) : once(() => read(null))
      return use({ database, status, snapshot })
    })
}

/** Answers a snapshot; one that is read behind the answer is handed to `behind`. */
type SharedSnapshot = (
  read: (previous: Snapshot | null) => Promise<Snapshot>,
  behind: (reading: Promise<Snapshot>) => void,
) => Promise<Snapshot>

function createCache({ clock, snapshotMaxAgeMs }: ReaderOptions): SharedSnapshot {
  let latest: { readonly snapshot: Snapshot; readonly readAt: number } | null = null
  let pending: Promise<Snapshot> | null = null
  return async (read, behind) => {
    const age = latest ? clock.now() - latest.readAt : Infinity
    if (latest && age < snapshotMaxAgeMs) return latest.snapshot
    const isNew = pending === null
    pending ??= read(latest?.snapshot ?? null)
      .then((snapshot) => {
        latest = { snapshot, readAt: clock.now() }
        return snapshot
      })
      .finally(() => (pending = null))
    const isUsable = latest?.snapshot.problems.length === 0 && age < staleAges * snapshotMaxAgeMs
    if (!latest || !isUsable) return pending
    if (isNew) behind(pending)
    return latest.snapshot
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
