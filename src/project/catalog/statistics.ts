/** What the server has counted, asked anew each time: never part of a checksum. Keys are `schema.name`. */
export interface CatalogStatistics {
  /** When the counters were last reset, in milliseconds since 1970; null when never. */
  readonly resetAt: number | null
  readonly isReplica: boolean
  readonly tables: ReadonlyMap<string, TableStatistics>
  /** Scans by index since `resetAt`. */
  readonly indexScans: ReadonlyMap<string, number>
  /** `last_value` of sequences as text; null before the first use or without the right to know. */
  readonly sequenceValues: ReadonlyMap<string, string | null>
  /** Oldest transaction of the database, in transactions. */
  readonly databaseAge: number
  /** Dead rows of `pg_attribute` and `pg_depend`: what makes every catalog read slow. */
  readonly catalogDeadRows: number
}

/** Statistics counters of one table or materialised view. */
export interface TableStatistics {
  readonly liveRows: number
  readonly deadRows: number
  /** By hand or automatic, in milliseconds since 1970; null when never. */
  readonly analyzedAt: number | null
  /** By hand or automatic; null when never. */
  readonly vacuumedAt: number | null
  /** Age of its oldest transaction; null where it has none. */
  readonly age: number | null
  readonly sequentialScans: number
}
