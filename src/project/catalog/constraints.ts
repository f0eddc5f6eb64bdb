import type { ObjectName } from './object-name.ts'

/** A primary key, unique constraint or exclusion constraint of a table. */
export interface CatalogKey {
  readonly name: string
  readonly kind: 'primary' | 'unique' | 'exclusion'
  /** The columns in key order; empty for an exclusion constraint over expressions. */
  readonly columns: readonly string[]
  /** The name of the index that enforces it. */
  readonly index: string
  readonly isDeferrable: boolean
  readonly isDeferred: boolean
  /** The text of `pg_get_constraintdef` for an exclusion constraint; null for the other kinds. */
  readonly definition: string | null
}

/** The action of a foreign key when the referenced row is deleted or updated. */
export type ReferenceAction = 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'

/** A foreign key of a table. The copies that PostgreSQL creates on partitions are left out. */
export interface CatalogForeignKey {
  readonly name: string
  /** The columns in key order. */
  readonly columns: readonly string[]
  readonly target: ObjectName
  /** The referenced columns, in the order of `columns`. */
  readonly targetColumns: readonly string[]
  readonly onDelete: ReferenceAction
  readonly onUpdate: ReferenceAction
  /** The columns that `SET NULL` or `SET DEFAULT` of `onDelete` changes (PostgreSQL 15); empty when it changes all. */
  readonly onDeleteColumns: readonly string[]
  readonly match: 'simple' | 'full' | 'partial'
  readonly isDeferrable: boolean
  readonly isDeferred: boolean
  readonly isValidated: boolean
  /** False for `NOT ENFORCED` (PostgreSQL 18); always true in older versions. */
  readonly isEnforced: boolean
}

/** One check constraint of a table or domain. */
export interface CatalogCheck {
  readonly name: string
  /** The text of `pg_get_constraintdef`, for example `CHECK ((price > 0))`. */
  readonly definition: string
  readonly isValidated: boolean
  /** False for `NOT ENFORCED` (PostgreSQL 18); always true in older versions. */
  readonly isEnforced: boolean
  readonly isInherited: boolean
}

/** One index of a table or materialized view. */
export interface CatalogIndex {
  readonly name: string
  /** The access method, for example `btree`. */
  readonly method: string
  /** The parts of the key in order. */
  readonly keys: readonly CatalogIndexKey[]
  /** The columns of its `INCLUDE` clause. */
  readonly include: readonly string[]
  readonly isUnique: boolean
  readonly isPrimary: boolean
  /** True for `NULLS NOT DISTINCT` (PostgreSQL 15). */
  readonly nullsNotDistinct: boolean
  readonly isValid: boolean
  readonly isReady: boolean
  /** Its `WHERE` condition; null when it covers the whole table. */
  readonly predicate: string | null
  /** The name of the constraint that it enforces; null when there is none. */
  readonly constraint: string | null
  /** The index of the partitioned table that it is attached to; null when there is none. */
  readonly partitionOf: ObjectName | null
  /** True for the index that identifies rows in logical replication (`REPLICA IDENTITY USING INDEX`). */
  readonly isReplicaIdentity: boolean
  /** True when a foreign key needs the index, to find the rows that it references. */
  readonly isReferenced: boolean
  /** The size in bytes, computed from `relpages`. */
  readonly estimatedBytes: number
  /** The text of `pg_get_indexdef` when the index has expressions or a predicate; null otherwise. */
  readonly definition: string | null
}

/** One part of an index key: a column or an expression. */
export interface CatalogIndexKey {
  /** The name of the column; null for an expression. */
  readonly column: string | null
  /** The text of the expression; null for a plain column. */
  readonly expression: string | null
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  /** Null for the default: the collation of the column, or of the database for an expression. */
  readonly collation: string | null
  /** Null for the default operator class of the type. */
  readonly operatorClass: string | null
}
