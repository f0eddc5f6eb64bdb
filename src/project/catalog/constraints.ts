import type { ObjectName } from './object-name.ts'

/** A primary key, unique or exclusion constraint. */
export interface CatalogKey {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'exclusion'
  /** In key order; empty for an exclusion over expressions. */
  readonly columns: readonly string[]
  /** Name of the index behind it. */
  readonly index: string
  readonly isDeferrable: boolean
  readonly isDeferred: boolean
  /** Exclusions as `pg_get_constraintdef` spells them; null for others. */
  readonly definition: string | null
}

/** What a foreign key does when its target changes. */
export type ReferenceAction = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'

/** A foreign key; clones on partitions are left out. */
export interface CatalogForeignKey {
  readonly name: string
  /** In key order. */
  readonly columns: readonly string[]
  readonly target: ObjectName
  /** In the order of `columns`. */
  readonly targetColumns: readonly string[]
  readonly onDelete: ReferenceAction
  readonly onUpdate: ReferenceAction
  /** The columns `SET NULL` or `SET DEFAULT` of `onDelete` touches (PostgreSQL 15); empty for all of `columns`. */
  readonly onDeleteColumns: readonly string[]
  readonly match: 'simple' | 'full' | 'partial'
  readonly isDeferrable: boolean
  readonly isDeferred: boolean
  readonly isValidated: boolean
  /** PostgreSQL 18; true before. */
  readonly isEnforced: boolean
}

/** One check constraint of a table or domain. */
export interface CatalogCheck {
  readonly name: string
  /** As `pg_get_constraintdef` spells it, for example `CHECK ((price > 0))`. */
  readonly definition: string
  readonly isValidated: boolean
  /** PostgreSQL 18; true before. */
  readonly isEnforced: boolean
  readonly isInherited: boolean
}

/** One index of a table or materialised view. */
export interface CatalogIndex {
  readonly name: string
  /** The access method, for example `btree`. */
  readonly method: string
  /** Key parts in order; an expression has no column. */
  readonly keys: readonly CatalogIndexKey[]
  /** Columns it carries without being keyed by them. */
  readonly include: readonly string[]
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** `NULLS NOT DISTINCT` (PostgreSQL 15). */
  readonly nullsNotDistinct: boolean
  readonly isValid: boolean
  readonly isReady: boolean
  /** Its `WHERE`; null when it covers the whole table. */
  readonly predicate: string | null
  /** The constraint it is behind; null without one. */
  readonly constraint: string | null
  /** Index of the partitioned table it is a part of. */
  readonly partitionOf: ObjectName | null
  /** Bytes by `relpages`. */
  readonly estimatedBytes: number
  /** As `pg_get_indexdef` spells it where it has expressions or a predicate; null otherwise. */
  readonly definition: string | null
}

/** One part of an index key. */
export interface CatalogIndexKey {
  readonly column: string | null
  /** Null for a plain column. */
  readonly expression: string | null
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  /** Null when it is the column's, and for an expression the database's. */
  readonly collation: string | null
  /** Null for the type's default. */
  readonly operatorClass: string | null
}
