/** The statistics counters of the server, read on every call and never part of a checksum. Keys are `schema.name`. */
export interface CatalogStatistics {
  /** When the counters were last reset, in milliseconds since 1970; null when never. */
  readonly resetAt: number | null
  /** When the server started, in milliseconds since 1970; null when unknown. */
  readonly startedAt: number | null
  readonly isReplica: boolean
  readonly tables: ReadonlyMap<string, TableStatistics>
  /** The number of scans of each index since `resetAt`. */
  readonly indexScans: ReadonlyMap<string, number>
  /** The `last_value` of each sequence as text; null before its first use, or when the role may not read it. */
  readonly sequenceValues: ReadonlyMap<string, string | null>
  /** The age of the oldest unfrozen transaction id of the database, in transactions. */
  readonly databaseAge: number
  /** The age of the oldest multixact of the database, in multixacts; absent when unknown. */
  readonly multixactAge?: number
  /** The number of dead rows in `pg_attribute` and `pg_depend`, which slow down every catalog read. */
  readonly catalogDeadRows: number
}

/** Statistics counters of one table or materialized view. */
export interface TableStatistics {
  readonly liveRows: number
  readonly deadRows: number
  /** The last manual or automatic ANALYZE, in milliseconds since 1970; null when there was none. */
  readonly analyzedAt: number | null
  /** The last manual or automatic VACUUM, in milliseconds since 1970; null when there was none. */
  readonly vacuumedAt: number | null
  /** The age of its oldest unfrozen transaction id, in transactions; null for a relation without one. */
  readonly age: number | null
  readonly sequentialScans: number
}
