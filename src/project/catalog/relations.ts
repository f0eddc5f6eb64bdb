import type { CatalogCheck, CatalogForeignKey, CatalogKey, CatalogIndex } from './constraints.ts'
import type { ObjectName } from './object-name.ts'

/** A table, a partition or a foreign table. */
export interface CatalogTable extends ObjectName {
  /** PostgreSQL's object identifier, as text. */
  readonly oid: string
  readonly kind: 'table' | 'partitioned' | 'foreign'
  readonly owner: string
  readonly comment: string | null
  readonly extension: string | null
  readonly isUnlogged: boolean
  /** In their order; dropped ones are gone. */
  readonly columns: readonly CatalogColumn[]
  readonly primaryKey: CatalogKey | null
  /** Unique and exclusion constraints. */
  readonly keys: readonly CatalogKey[]
  readonly foreignKeys: readonly CatalogForeignKey[]
  /** Check constraints; those for NOT NULL are columns' business. */
  readonly checks: readonly CatalogCheck[]
  /** All of them, those behind keys as well. */
  readonly indexes: readonly CatalogIndex[]
  readonly triggers: readonly CatalogTrigger[]
  readonly policies: readonly CatalogPolicy[]
  /** Names of rewrite rules. */
  readonly rules: readonly string[]
  readonly hasRowSecurity: boolean
  /** Row security holds for the owner too. */
  readonly forcesRowSecurity: boolean
  /** `PARTITION BY` of a partitioned table, for example `RANGE (created_at)`. */
  readonly partitionKey: string | null
  /** Its place when it is a partition. */
  readonly partitionOf: (ObjectName & { readonly bound: string }) | null
  /** Parents by `INHERITS`; empty for partitions. */
  readonly inherits: readonly ObjectName[]
  /** `pg_class.reltuples`, of a partitioned table the sum of its analyzed partitions; null when never analyzed. */
  readonly estimatedRows: number | null
  /** Bytes by `relpages`, of a partitioned table its partitions' sum. */
  readonly estimatedBytes: number
  /** `reloptions`, as `name=value`. */
  readonly options: readonly string[]
}

/** A column of a table or view. */
export interface CatalogColumn {
  readonly name: string
  /** `attnum`: 1-based, with gaps where columns were dropped. */
  readonly position: number
  /** As `format_type` spells it, for example `character varying(80)` or `shop.email`. */
  readonly type: string
  /** Name in `pg_type` of what it is made of, below domains and arrays: `int4`, `varchar`, an enum's name. */
  readonly baseType: string
  readonly isArray: boolean
  /** The domain it is declared with; null without one. */
  readonly domain: ObjectName | null
  /** The enum below it; null without one. */
  readonly enum: ObjectName | null
  /** False also where the constraint is `NOT VALID` (PostgreSQL 18). */
  readonly notNull: boolean
  /** Of a generated column its expression is in `generated`. */
  readonly default: string | null
  readonly identity: 'always' | 'by default' | null
  readonly generated: { readonly expression: string; readonly kind: 'stored' | 'virtual' } | null
  /** In characters; null when unlimited, and for arrays. */
  readonly maxLength: number | null
  /** Null for the type's own. */
  readonly collation: string | null
  readonly comment: string | null
}

/** A view or materialized view. */
export interface CatalogView extends ObjectName {
  readonly oid: string
  readonly kind: 'view' | 'materialized'
  readonly owner: string
  readonly comment: string | null
  readonly extension: string | null
  readonly columns: readonly CatalogColumn[]
  /** Of a materialized view. */
  readonly indexes: readonly CatalogIndex[]
  /** Runs with the rights of who asks, not of its owner. */
  readonly isSecurityInvoker: boolean
  /** False for a materialized view without data yet. */
  readonly isPopulated: boolean
  /** Tables and views it reads, sorted. */
  readonly reads: readonly ObjectName[]
  readonly estimatedRows: number | null
  readonly options: readonly string[]
}

/** A trigger somebody made; those behind constraints and clones on partitions are left out. */
export interface CatalogTrigger {
  readonly name: string
  readonly enabled: 'origin' | 'disabled' | 'replica' | 'always'
  /** As `pg_get_triggerdef` spells it. */
  readonly definition: string
  /** `schema.name` of the function it calls. */
  readonly function: string
}

/** One row-level security policy of a table. */
export interface CatalogPolicy {
  readonly name: string
  readonly isPermissive: boolean
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  /** Sorted; `public` stands for everybody. */
  readonly roles: readonly string[]
  /** Null where the command has none. */
  readonly using: string | null
  readonly withCheck: string | null
}
