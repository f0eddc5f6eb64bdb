import type { DatabaseReader } from './database.ts'
import type { Model } from './project.ts'

/** Where the models of an app come from. Asked once per snapshot; a rejection degrades this part alone. */
export interface ModelSource {
  /** Model names known without reading, for `defineProject` to check. */
  readonly names?: readonly string[]
  /** Schemas whose catalog it needs; a project's catalog covers those of all its sources, or every one when none says. */
  readonly schemas?: readonly string[]
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

/** The migrations of an app as far as they could be read, and what stood in the way, safe to send. */
export interface Discovery {
  readonly migrations: readonly Migration[]
  readonly problems: readonly string[]
}

/** A record that a migration ran. */
export interface AppliedMigration {
  /** Null in journals that keep bare names. */
  readonly app: string | null
  readonly name: string
  /** Milliseconds since 1970; null when unknown. */
  readonly appliedAt: number | null
}

/** Where applied migrations are recorded. Apps that share a journal, by its `name`, share one read. */
export interface MigrationJournal {
  readonly name: string
  /** Answers its rows, oldest first; none when the journal does not exist yet. Never creates it. */
  read(database: DatabaseReader): Promise<readonly AppliedMigration[]>
}

/** Where the migrations of an app come from. */
export interface MigrationSource {
  readonly journal: MigrationJournal
  /** Lists the migrations of `app`; rejects when not even their names are known. */
  discover(app: string): Promise<Discovery>
}
