import { type ObjectName } from './object-name.ts'
import type { CatalogColumn, CatalogTable, CatalogView } from './relations.ts'

export type { CatalogColumn, CatalogTable, CatalogView }

/**
 * The contents of PostgreSQL's catalogs for the chosen schemas at one moment, as plain data. Lists are sorted by schema,
 * then name, by code unit, unless their docblock states another order. Nothing depends on the session's `search_path`.
 */
export interface Catalog {
  /** The value of `server_version_num`, for example 180001. */
  readonly serverVersion: number
  readonly database: string
  readonly schemas: readonly CatalogSchema[]
  /** Ordinary, partitioned and foreign tables, and partitions. */
  readonly tables: readonly CatalogTable[]
  /** Views and materialized views. */
  readonly views: readonly CatalogView[]
  /** Enums of the chosen schemas, and those of other schemas that a column uses. */
  readonly enums: readonly CatalogEnum[]
  readonly domains: readonly CatalogDomain[]
  /** Composite types that are not the row type of a table or view. */
  readonly composites: readonly CatalogComposite[]
  readonly sequences: readonly CatalogSequence[]
  /** Functions, procedures, aggregates and window functions; overloads are sorted by arguments. */
  readonly functions: readonly CatalogFunction[]
  readonly extensions: readonly CatalogExtension[]
}

/** One schema of the database, with its owner and comment. */
export interface CatalogSchema {
  readonly name: string
  readonly owner: string
  readonly comment: string | null
}

/** One enum type, with its labels in order. */
export interface CatalogEnum extends ObjectName {
  /** The labels in the sort order of the enum. */
  readonly labels: readonly string[]
  readonly comment: string | null
  /** The extension that owns it; null when none does. */
  readonly extension: string | null
}

/** A domain: a base type with a default and check constraints. */
export interface CatalogDomain extends ObjectName {
  /** The type it is based on, for example `text`, or another domain. */
  readonly type: string
  readonly notNull: boolean
  readonly default: string | null
  readonly checks: readonly {
    readonly name: string
    readonly definition: string
    readonly isValidated: boolean
  }[]
  readonly comment: string | null
  readonly extension: string | null
}

/** One composite type, with its attributes in order. */
export interface CatalogComposite extends ObjectName {
  /** The attributes in the order of their declaration. */
  readonly attributes: readonly { readonly name: string; readonly type: string }[]
  readonly comment: string | null
  readonly extension: string | null
}

/** A sequence. Its numbers are text because they can exceed `Number.MAX_SAFE_INTEGER`. */
export interface CatalogSequence extends ObjectName {
  readonly type: 'smallint' | 'integer' | 'bigint'
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cycles: boolean
  /** The serial or identity column that owns it; null when no column does. */
  readonly ownedBy: {
    readonly schema: string
    readonly table: string
    readonly column: string
    readonly isIdentity: boolean
  } | null
  readonly comment: string | null
  readonly extension: string | null
}

/** One function, procedure, aggregate or window function. */
export interface CatalogFunction extends ObjectName {
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window'
  /** Argument types with names and modes as `pg_get_function_identity_arguments` spells them. */
  readonly arguments: string
  /** The result type as text; null for procedures. */
  readonly returns: string | null
  readonly language: string
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly isSecurityDefiner: boolean
  /** True for a body in standard SQL (`BEGIN ATOMIC`, `RETURN`), whose names PostgreSQL resolved when it was created. */
  readonly hasBoundBody: boolean
  /** `proconfig`: settings fixed by the function, as `name=value`. */
  readonly settings: readonly string[]
  readonly owner: string
  readonly comment: string | null
  readonly extension: string | null
}

/** One extension that is installed in the database. */
export interface CatalogExtension {
  readonly name: string
  readonly schema: string
  readonly version: string
  /** The version that the server can install; null when its files are no longer on the server. */
  readonly availableVersion: string | null
}
