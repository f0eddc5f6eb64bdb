import { type ObjectName } from './object-name.ts'
import type { CatalogColumn, CatalogTable, CatalogView } from './relations.ts'

export type { CatalogColumn, CatalogTable, CatalogView }

/**
 * What PostgreSQL's catalogs say of the chosen schemas at one moment, as plain data. Lists are sorted by schema, then name,
 * by code point, unless said otherwise. Nothing in it depends on the session's `search_path`.
 */
export interface Catalog {
  /** As `server_version_num` has it, for example 180001. */
  readonly serverVersion: number
  /** Name of the database. */
  readonly database: string
  readonly schemas: readonly CatalogSchema[]
  /** Ordinary, partitioned and foreign tables, and partitions. */
  readonly tables: readonly CatalogTable[]
  /** Views and materialized views. */
  readonly views: readonly CatalogView[]
  /** Also those of other schemas that a column has. */
  readonly enums: readonly CatalogEnum[]
  readonly domains: readonly CatalogDomain[]
  /** Composite types that are nobody's row type. */
  readonly composites: readonly CatalogComposite[]
  readonly sequences: readonly CatalogSequence[]
  /** Functions, procedures, aggregates and window functions; overloads follow each other, sorted by arguments. */
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
  /** In their sort order. */
  readonly labels: readonly string[]
  readonly comment: string | null
  /** The extension that owns it; null when none does. */
  readonly extension: string | null
}

/** A domain: a type with checks. */
export interface CatalogDomain extends ObjectName {
  /** The type below it, for example `text`; of a domain over a domain, that domain. */
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
  /** In their order. */
  readonly attributes: readonly { readonly name: string; readonly type: string }[]
  readonly comment: string | null
  readonly extension: string | null
}

/** A sequence. Numbers are text: they go up to 2^63. */
export interface CatalogSequence extends ObjectName {
  readonly type: 'smallint' | 'integer' | 'bigint'
  readonly start: string
  readonly increment: string
  readonly minimum: string
  readonly maximum: string
  readonly cycles: boolean
  /** The column that owns it (`serial`) or that it is the identity of; null when nobody's. */
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
  /** The version the server has on disk; null when it no longer has it. */
  readonly availableVersion: string | null
}
