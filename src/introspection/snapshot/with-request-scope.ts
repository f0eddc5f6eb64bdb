import type { Route } from '../../http/route.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { WithRequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { IntrospectionOptions, Served } from '../module.ts'
import { pingDatabase } from './ping.ts'
import { withRequestDatabase } from './request-database.ts'
import { toSettings } from './settings-of.ts'
import { createSharedSnapshot } from './shared-snapshot.ts'
import type { SourceMemory } from './source-access.ts'

interface ScopeOptions extends IntrospectionOptions {
  /** The routes of this module. */
  readonly routes: readonly Route[]
  readonly served: () => Served
}

/**
 * Creates the only way by which endpoints read the project. Requests share a snapshot, except with a database per request:
 * then each reads its own, because two requests may open different databases.
 */
export function createWithRequestScope(options: ScopeOptions): WithRequestScope {
  const { project, pingTimeoutMs, onError, clock } = options
  const sharedMemory: SourceMemory = new Map()
  const shared = typeof options.database === 'function' ? null : createSharedSnapshot(options)

  return (exchange, use) =>
    withRequestDatabase(options.database, exchange, (database) => {
      const report = (error: unknown) => onError(error, exchange.request)
      const status = once(() => pingDatabase(database, pingTimeoutMs, report))
      // A database that is opened for a request may be another one each time, whose content nobody else may see.
      const memory: SourceMemory = shared ? sharedMemory : new Map()
      const read = async (previous: Snapshot | null) => {
        const { readSnapshot } = await import('./read-snapshot.ts') // keeps the core entry small
        return readSnapshot({
          project,
          database,
          status,
          report,
          previous,
          memory,
          clock,
          ownRoutes: toOwnRoutes(options),
          served: options.served(),
          settings: toSettings(options, database),
        })
      }
      const revalidate = (reading: Promise<Snapshot>) => {
        const settled = reading.then(() => undefined, report)
        exchange.context.waitUntil?.(settled)
      }
      const snapshot = shared
        ? (isFresh?: boolean) => shared(read, revalidate, isFresh)
        : once(() => read(null))
      return use({ database, status, snapshot })
    })
}

/** Lists the routes of Studio as clients see them. */
function toOwnRoutes({ routes, otherRoutes, publicPath }: ScopeOptions): ProjectRoute[] {
  return [...routes, ...otherRoutes].map(({ method, path, name, summary }) => ({
    method,
    path: publicPath + path,
    name,
    summary,
  }))
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  return () => (answer ??= read())
}
