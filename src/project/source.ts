import type { DatabaseReader, Row } from './database.ts'
import type { Model } from './model.ts'

/** Where the models of an app come from. Asked once per snapshot; a rejection degrades this part alone. */
export interface ModelSource {
  /** Model names known without reading, for `defineProject` to check. */
  readonly names?: readonly string[]
  /** Schemas whose catalog it needs; a project's catalog covers those of all its sources, or every one when none says. */
  readonly schemas?: readonly string[]
  /** True when the models are read from the database itself, from which they therefore cannot differ. */
  readonly isLive?: boolean
  /** Answers every model. `database` is null when none is configured. */
  read(database: DatabaseReader | null): Promise<readonly Model[]>
}

/** Names one migration: its app and its name within it. */
export interface MigrationKey {
  readonly app: string
  readonly name: string
}

/** A migration that exists, applied or not. */
export interface Migration extends MigrationKey {
  /** What has to be applied before it. */
  readonly dependencies: readonly MigrationKey[]
  /** SHA-256 of its bytes in hex; null when they could not be read. */
  readonly checksum: string | null
}

/**
 * Where a migration stands.
 *
 * - `applied`: it ran, and as far as the tool can tell it is still what ran.
 * - `pending`: it will run next time.
 * - `modified`: it ran, and its file says something else now.
 * - `failed`: it began and did not end.
 * - `out_of_order`: it has not run, although one that comes after it has.
 * - `skipped_forever`: it has not run, and the tool will never run it.
 * - `rolled_back`: it ran or failed, and was taken back.
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

/** Where one migration stands, and why. */
export interface MigrationStatus {
  readonly state: MigrationState
  /** Milliseconds since 1970; null when it did not run or nobody wrote down when. */
  readonly appliedAt: number | null
  /** What follows for this tool, in one sentence; null when the state says it all. */
  readonly message: string | null
}

/** A record that a migration ran. */
export interface AppliedMigration {
  /** Null in journals that keep bare names. */
  readonly app: string | null
  readonly name: string
  /** Milliseconds since 1970; null when unknown. */
  readonly appliedAt: number | null
}

/** A record of a migration that is gone. */
export interface MissingMigration extends AppliedMigration {
  readonly message: string | null
}

/** Files and records held against each other. */
export interface Comparison {
  /** Where each discovered migration stands, by name; one that is left out is `pending`. */
  readonly statuses: ReadonlyMap<string, MigrationStatus>
  /** Records without a file; one that another app of the same table has a file for is dropped later. */
  readonly missing: readonly MissingMigration[]
  /** The newest record; null without one. */
  readonly last: AppliedMigration | null
  /** One sentence for each reason why the tool, or a person, has to decide something first. */
  readonly conflicts: readonly string[]
  /** What else is wrong, such as a lock that was left behind; safe to send. */
  readonly problems: readonly string[]
}

/** Rows of a source's tables, by their keys; null where there is no such table. */
export type HistoryRows = Readonly<Record<string, readonly Row[] | null>>

/** The migrations of an app as far as they could be read. */
export interface Discovery {
  /** In the order in which the tool runs them. */
  readonly migrations: readonly Migration[]
  /** What stood in the way, safe to send. */
  readonly problems: readonly string[]
  /** Says where each migration stands. Pure; no rows at all mean that nothing ever ran. */
  compare(rows: HistoryRows): Comparison
}

/** Names and types of a table's columns, types as `format_type` spells them. */
export type TableColumns = ReadonlyMap<string, string>

/** A table in which a tool keeps what ran. */
export interface HistoryTable {
  /** Where it may be, likeliest first; a null schema is the search path. */
  readonly places: readonly { readonly schema: string | null; readonly table: string }[]
  /** Columns without which it is another tool's table of the same name. */
  readonly columns: readonly string[]
  /** Columns that show it is another tool's. @default none */
  readonly foreign?: readonly string[]
  /** Answers the SELECT that reads it, oldest row first. `from` is its quoted name. */
  select(from: string, columns: TableColumns): string
  /** True when nothing is unknown without it. @default false */
  readonly optional?: boolean
}

/** Where the migrations of an app come from. Nothing is ever created or written. */
export interface MigrationSource {
  /** Name of the tool, for example `kysely`. */
  readonly tool: string
  /** The tables it needs, by keys of its own. All sources are read together, in two round trips. */
  readonly tables: Readonly<Record<string, HistoryTable>>
  /** Reads the files of `app`; rejects when not even names are known. */
  discover(app: string): Promise<Discovery>
}
