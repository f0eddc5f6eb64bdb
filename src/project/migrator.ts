/** SQL that runs as one: in a transaction, or as a single statement outside of any. */
export interface MigrationStep {
  readonly isTransaction: boolean
  readonly sql: string
}

/** The migrations of one change set, as their files stand in the project. */
export interface MigrationJob {
  /** The label of the app that they belong to. */
  readonly app: string
  /** The tool whose history they enter, for example `sql` or `knex`. */
  readonly tool: string
  /** In the order in which they run; `sql` is the text of the file. */
  readonly migrations: readonly (MigrationStep & { readonly name: string })[]
  /**
   * What gives back the structure from before, in order; empty when that is not possible. `name` is the migration that a step takes
   * back; null where the tool wrote several steps as one migration. The SQL is empty where nothing has to be done.
   */
  readonly down: readonly (MigrationStep & { readonly name: string | null })[]
}

/**
 * Runs migrations with a role that may change the schema. Studio itself reads with another one.
 *
 * A promise that rejects means that the last migration did not run; those before it may have. Studio compares the history and
 * the schema afterwards and does not trust the promise alone.
 */
export interface Migrator {
  /** The tools whose migrations it runs. */
  readonly tools: readonly string[]
  /** Runs the migrations, and enters each in the history of its tool. Those that the history has already are left out. */
  up(job: MigrationJob, signal: AbortSignal): Promise<void>
  /** Takes the migrations back, and removes them from the history. Leave it out where the tool cannot. */
  down?(job: MigrationJob, signal: AbortSignal): Promise<void>
}
