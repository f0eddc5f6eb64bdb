import type { Database } from '../../project/database.ts'
import type { DatabaseStatus } from '../wire.ts'
import type { Snapshot } from './snapshot.ts'
import type { Exchange } from '../../http/exchange.ts'

/** What one request can see of the project. */
export interface Reading {
  readonly database: Database | null
  /** Pings the database, once a request, whoever asks first. */
  status(): Promise<DatabaseStatus>
  /** Answers the shared snapshot, or reads a new one. */
  snapshot(): Promise<Snapshot>
}

/** Runs `use` with what the request can see; a database opened for it is closed with it. */
export type Reader = <T>(exchange: Exchange, use: (reading: Reading) => Promise<T>) => Promise<T>
