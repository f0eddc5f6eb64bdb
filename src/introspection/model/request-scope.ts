import type { Exchange } from '../../http/exchange.ts'
import type { Database } from '../../project/database.ts'
import type { DatabaseStatus } from '../introspection-answers.ts'
import type { Snapshot } from './snapshot.ts'

/** What one request can read of the project. */
export interface RequestScope {
  readonly database: Database | null
  /** Pings the database at most once a request, and never rejects. */
  status(): Promise<DatabaseStatus>
  /**
   * Returns the shared snapshot, or reads a new one. With `isFresh` it is one whose read begins now, for a comparison that an
   * older one could make wrong; where each request opens its database, it is that of the request.
   */
  snapshot(isFresh?: boolean): Promise<Snapshot>
}

/** Runs `use` with the scope of a request. A database that was opened for the request is closed afterwards. */
export type WithRequestScope = <T>(
  exchange: Exchange,
  use: (scope: RequestScope) => Promise<T>,
) => Promise<T>
