import type { DatabaseReader, Row } from './database.ts'
import type { Model } from './model.ts'

/** A source of an app's models. Each snapshot reads it once; a rejection affects only this part of the snapshot. */
export interface ModelSource {
  /** The model names that are known before a read, so that `defineProject` can check them. */
  readonly names?: readonly string[]
  /** The schemas whose catalog it needs. A project reads those of all its sources, or every schema when no source lists any. */
  readonly schemas?: readonly string[]
  /**
   * The schemas of the tables that it declares. They are read too where another source lists `schemas`; a source that has
   * neither may declare a table anywhere, so every schema is read.
   */
  readonly tableSchemas?: readonly string[]
  /** True when the models come from the database itself, so that they cannot drift from it. */
  readonly isLive?: boolean
  /** Returns all models. `database` is null when none is configured. */
  read(database: DatabaseReader | null): Promise<readonly Model[]>
  /** Returns the views and materialized views as models that only queries can name. @default none */
  readViews?(database: DatabaseReader | null): Promise<readonly Model[]>
}

/** The key of a migration: its app, and its name within the app. */
export interface MigrationKey {
  readonly app: string
  readonly name: string
}

/** A migration that exists, applied or not. */
export interface Migration extends MigrationKey {
  /** The migrations that must run before it. */
  readonly dependencies: readonly MigrationKey[]
  /** SHA-256 of the file in hex; null when the file could not be read. */
  readonly checksum: string | null
}

/**
 * The state of a migration.
 *
 * - `applied`: it ran, and the tool detects no change since.
 * - `pending`: the next migrate command runs it.
 * - `modified`: it ran, and its file changed afterwards.
 * - `failed`: it started and did not finish.
 * - `out_of_order`: it did not run, although a later migration did.
 * - `skipped_forever`: it did not run, and the tool will never run it.
 * - `rolled_back`: it ran or failed, and was rolled back.
 * - `missing`: it ran, and its file is gone.
 * - `unknown`: the record of what ran could not be read.
 */
export type MigrationState =
  | 'applied'
  | 'pending'
  | 'modified'
  | 'failed'
  | 'out_of_order'
  | 'skipped_forever'
  | 'rolled_back'
  | 'missing'
  | 'unknown'

/** The state of one migration, and the reason for it. */
export interface MigrationStatus {
  readonly state: MigrationState
  /** Milliseconds since 1970; null when it did not run or the time was not recorded. */
  readonly appliedAt: number | null
  /** The consequence for this tool, in one sentence; null when the state needs no explanation. */
  readonly message: string | null
}

/** A record that a migration ran. */
export interface AppliedMigration {
  /** Null when the history table records names without an app. */
  readonly app: string | null
  readonly name: string
  /** Milliseconds since 1970; null when unknown. */
  readonly appliedAt: number | null
}

/** A record of a migration whose file no longer exists. */
export interface MissingMigration extends AppliedMigration {
  readonly message: string | null
}

/** The result of comparing migration files with the records of what ran. */
export interface Comparison {
  /** The status of each discovered migration by name; a migration without an entry is `pending`. */
  readonly statuses: ReadonlyMap<string, MigrationStatus>
  /** Records without a file. A record is dropped later if another app with the same table has the file. */
  readonly missing: readonly MissingMigration[]
  /** The newest record; null without one. */
  readonly last: AppliedMigration | null
  /** One sentence for each conflict that the tool or an operator must resolve before the next migration. */
  readonly conflicts: readonly string[]
  /** Other problems, such as a stale lock; safe to send to clients. */
  readonly problems: readonly string[]
}

/** The rows of a source's history tables by key; null when a table does not exist. */
export type HistoryRows = Readonly<Record<string, readonly Row[] | null>>

/** The migrations of an app that could be read, and the problems with the others. */
export interface Discovery {
  /** In the order in which the tool runs them. */
  readonly migrations: readonly Migration[]
  /** Why the list may be incomplete; safe to send to clients. */
  readonly problems: readonly string[]
  /** Returns the status of each migration. A pure function; without any rows, no migration ever ran. */
  compare(rows: HistoryRows): Comparison
}

/** The types of a table's columns by name, as `format_type` spells them. */
export type TableColumns = ReadonlyMap<string, string>

/** A table in which a migration tool records what ran. */
export interface HistoryTable {
  /** The places where it may be, most likely first; a null schema means the search path. */
  readonly places: readonly { readonly schema: string | null; readonly table: string }[]
  /** Required columns. A table without them belongs to another tool that uses the same name. */
  readonly columns: readonly string[]
  /** Columns that only another tool's table of this name has. @default none */
  readonly foreign?: readonly string[]
  /** Returns the SELECT that reads it, oldest row first. `from` is its quoted name. */
  select(from: string, columns: TableColumns): string
  /** True when the status of migrations is known even without this table. @default false */
  readonly optional?: boolean
}

/**
 * A source of an app's migrations. It never creates or writes anything.
 *
 * @see docs/decisions/070-a-source-compares-itself.md
 */
export interface MigrationSource {
  /** Name of the tool, for example `kysely`. */
  readonly tool: string
  /** The folder of its files, where it was given by path or URL. Used in this process alone; it is part of no answer. */
  readonly folder?: string | URL
  /** The history tables it needs, by keys that it chooses. Studio reads those of all sources in two round trips. */
  readonly tables: Readonly<Record<string, HistoryTable>>
  /** Reads the migration files of `app`; rejects when not even the names can be read. */
  discover(app: string): Promise<Discovery>
}
