import type { CatalogCheck, CatalogForeignKey, CatalogKey, CatalogIndex } from './constraints.ts'
import type { ObjectName } from './object-name.ts'

/** An ordinary, partitioned or foreign table, or a partition. */
export interface CatalogTable extends ObjectName {
  /** PostgreSQL's object identifier, as text. */
  readonly oid: string
  readonly kind: 'table' | 'partitioned' | 'foreign'
  readonly owner: string
  readonly comment: string | null
  readonly extension: string | null
  readonly isUnlogged: boolean
  /** The columns in the order of their declaration, without dropped columns. */
  readonly columns: readonly CatalogColumn[]
  readonly primaryKey: CatalogKey | null
  /** Unique and exclusion constraints. */
  readonly keys: readonly CatalogKey[]
  readonly foreignKeys: readonly CatalogForeignKey[]
  /** Check constraints. `NOT NULL` constraints are part of `columns`. */
  readonly checks: readonly CatalogCheck[]
  /** All indexes, including those that enforce keys. */
  readonly indexes: readonly CatalogIndex[]
  readonly triggers: readonly CatalogTrigger[]
  /** The foreign keys from or to the table that `DISABLE TRIGGER` turned off on it, sorted; absent means none. */
  readonly disabledForeignKeys?: readonly DisabledForeignKey[]
  readonly policies: readonly CatalogPolicy[]
  /** The names of its rewrite rules. */
  readonly rules: readonly string[]
  readonly hasRowSecurity: boolean
  /** True when row security applies to the owner too. */
  readonly forcesRowSecurity: boolean
  /** The `PARTITION BY` clause of a partitioned table, for example `RANGE (created_at)`. */
  readonly partitionKey: string | null
  /** The parent table and the bounds of a partition; null for other tables. */
  readonly partitionOf: (ObjectName & { readonly bound: string }) | null
  /** The parents of `INHERITS`; empty for partitions. */
  readonly inherits: readonly ObjectName[]
  /** `pg_class.reltuples`, or the sum of the analyzed partitions; null when the table was never analyzed. */
  readonly estimatedRows: number | null
  /** The size in bytes computed from `relpages`, or the sum of the partitions. */
  readonly estimatedBytes: number
  /** `reloptions`, as `name=value`. */
  readonly options: readonly string[]
}

/** A column of a table or view, as the catalog describes it. */
export interface CatalogColumn {
  readonly name: string
  /** `attnum`: 1-based, with gaps where columns were dropped. */
  readonly position: number
  /** The text of `format_type`, for example `character varying(80)` or `shop.email`. */
  readonly type: string
  /** The `pg_type` name of the type below domains and arrays: `int4`, `varchar`, or the name of an enum. */
  readonly baseType: string
  readonly isArray: boolean
  /** How many dimensions the column was declared with; 0 for a single value, and for an array of a view. Not enforced by PostgreSQL. */
  readonly dimensions: number
  /** The domain that the column is declared with; null when there is none. */
  readonly domain: ObjectName | null
  /** The enum below domains and arrays; null when there is none. */
  readonly enum: ObjectName | null
  /** True by the column's own constraint or that of its domain; false when the constraint is `NOT VALID` (PostgreSQL 18). */
  readonly notNull: boolean
  /** Null for a generated column, whose expression is in `generated`. */
  readonly default: string | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: { readonly expression: string; readonly kind: 'stored' | 'virtual' } | null
  /** In characters; null for an unlimited column and for an array. */
  readonly maxLength: number | null
  /** Null for the default collation of the type. */
  readonly collation: string | null
  readonly comment: string | null
}

/** A view or materialized view, as the catalog describes it. */
export interface CatalogView extends ObjectName {
  readonly oid: string
  readonly kind: 'view' | 'materialized'
  readonly owner: string
  readonly comment: string | null
  readonly extension: string | null
  readonly columns: readonly CatalogColumn[]
  /** The indexes of a materialized view; empty for a plain view. */
  readonly indexes: readonly CatalogIndex[]
  /** True when it runs with the rights of the querying role instead of its owner. */
  readonly isSecurityInvoker: boolean
  /** False for a materialized view that has no data yet. */
  readonly isPopulated: boolean
  /** The tables and views that it reads, sorted. */
  readonly reads: readonly ObjectName[]
  readonly estimatedRows: number | null
  readonly options: readonly string[]
}

/** A user-defined trigger. The internal triggers of constraints and the copies on partitions are left out. */
export interface CatalogTrigger {
  readonly name: string
  readonly enabled: 'origin' | 'disabled' | 'replica' | 'always'
  /** The text of `pg_get_triggerdef`. */
  readonly definition: string
  /** The function that it calls, as `schema.name`. */
  readonly function: string
}

/** A foreign key whose internal triggers on one of its two tables do not fire. */
export interface DisabledForeignKey {
  readonly name: string
  /** The table that has the foreign key. */
  readonly owner: ObjectName
  /** True if the triggers fire for replicated changes, and for no others. */
  readonly isReplicaOnly: boolean
}

/** One row-level security policy of a table. */
export interface CatalogPolicy {
  readonly name: string
  readonly isPermissive: boolean
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  /** The roles that it applies to, sorted; `public` means every role. */
  readonly roles: readonly string[]
  /** The `USING` expression; null when there is none. */
  readonly using: string | null
  /** The `WITH CHECK` expression; null when there is none. */
  readonly withCheck: string | null
}
