import type { Catalog } from './catalog/catalog.ts'

/** One row: the values of its columns, in the order the SELECT names them. */
export type Row = readonly unknown[]

/** One SELECT and the values of its `$1`, `$2`, …, as text. */
export interface Statement {
  readonly text: string
  readonly values: readonly string[]
}

/** Where the rows of one statement end. */
export interface QueryLimits {
  /** Longest the server may work on it, in milliseconds. */
  readonly timeoutMs: number
  /** Most bytes of values to take; no more rows are read once they are passed. */
  readonly bytes: number
}

/** The rows of one statement. */
export interface QueryAnswer {
  readonly rows: readonly Row[]
  /** True when the byte limit left rows unread. */
  readonly truncated: boolean
}

/** What model and migration sources need of a database. */
export interface DatabaseReader {
  /**
   * Runs several SELECTs in one round trip and one consistent read-only snapshot; answers their rows by name.
   *
   * Statements run in the order of the keys and in one transaction: a setting that one makes for it holds for the rest. A
   * failure of one fails all; `signal` gives the read up.
   */
  read<Name extends string>(
    selects: Readonly<Record<Name, string>>,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<Name, readonly Row[]>>>
  /** The catalog of the snapshot that is being read, the same for all its sources; missing outside of one. */
  catalog?(): Promise<Catalog>
}

/** The database under study: small and structural, so that any driver fits. Nothing here may write. */
export interface Database extends DatabaseReader {
  /** As it names itself on the wire, for example `postgresql`. */
  readonly dialect: string
  /** Resolves when the database answered; rejects when it is away or the signal aborts. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Runs one statement in a read-only transaction that is always rolled back; times are in UTC. When the signal aborts, the
   * statement is cancelled on the server too.
   */
  query(statement: Statement, limits: QueryLimits, signal: AbortSignal): Promise<QueryAnswer>
  /** Connections the pool may hold, and those not in use by this process; never invented. */
  pool(): { readonly size: number; readonly available: number }
  /** Ends every connection. Called only on databases that were opened for one request. */
  close?(): Promise<void>
}

/** Opens the database of one request; it is closed with the request (Workers: connections must not cross requests). */
export type OpenDatabase = (request: {
  readonly env: unknown
  readonly request: Request
}) => Database
