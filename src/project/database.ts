import type { Catalog } from './catalog/catalog.ts'

/** One row: the values of its columns, in the order the SELECT names them. */
export type Row = readonly unknown[]

/** One SELECT and the values of its `$1`, `$2`, …, as text. */
export interface Statement {
  readonly text: string
  readonly values: readonly string[]
  /** Settings that hold for this statement alone, by name: `search_path`, for example. @default none */
  readonly settings?: Readonly<Record<string, string>>
}

/** The limits on the time and the size of one statement. */
export interface QueryLimits {
  /** The statement timeout on the server, in milliseconds. */
  readonly timeoutMs: number
  /** The maximum size of all values in bytes; reading stops at the row that exceeds it. */
  readonly bytes: number
}

/** The rows that one statement returned, up to its limits. */
export interface QueryAnswer {
  readonly rows: readonly Row[]
  /** True when the byte limit left rows unread. */
  readonly truncated: boolean
}

/** The read access that model and migration sources need from a database. */
export interface DatabaseReader {
  /**
   * Runs several SELECTs in one round trip and one consistent read-only snapshot. Returns their rows by name.
   *
   * Statements run in the order of the keys and in one transaction, so a transaction-local setting of one applies to the
   * statements after it. If one statement fails, the whole read fails. `signal` aborts the read.
   */
  read<Name extends string>(
    selects: Readonly<Record<Name, string>>,
    signal?: AbortSignal,
  ): Promise<Readonly<Record<Name, readonly Row[]>>>
  /** Returns the catalog that all sources of a snapshot share; undefined when no snapshot is being read. */
  catalog?(): Promise<Catalog>
}

/** The database that Studio inspects. The interface is structural, so any driver can implement it. No method may write. */
export interface Database extends DatabaseReader {
  /** The name of the SQL dialect on the wire, for example `postgresql`. */
  readonly dialect: string
  /** Resolves when the database answers; rejects when it is unreachable or the signal aborts. */
  ping(signal: AbortSignal): Promise<void>
  /**
   * Runs one statement in a read-only transaction that is always rolled back; its time zone is UTC. When the signal aborts,
   * the server cancels the statement too.
   */
  query(statement: Statement, limits: QueryLimits, signal: AbortSignal): Promise<QueryAnswer>
  /** The maximum number of connections in the pool, and how many of them this process does not use. */
  pool(): { readonly size: number; readonly available: number }
  /** Closes every connection. Studio calls it only for databases that `OpenDatabase` opened for one request. */
  close?(): Promise<void>
}

/** Opens a database for one request and closes it with the request. On Workers, a connection must not outlive its request. */
export type OpenDatabase = (request: {
  readonly env: unknown
  readonly request: Request
}) => Database
