import type { Migration } from '../../project/source.ts'
import type { MigrationPart } from '../ddl/migration-parts.ts'

/** A migration to write, with what its folder holds. */
export interface NewMigration {
  /** What it does, in lower-case words joined by `_`, such as `add_phone_to_customers`. */
  readonly title: string
  readonly up: readonly MigrationPart[]
  /**
   * What gives back the structure from before, as `toReverseParts` returns it: one for each part of `up`, in reverse order. Null
   * when that is not possible.
   */
  readonly down: readonly MigrationPart[] | null
  /** The time that names and journals get, in milliseconds. */
  readonly now: number
  /** The migrations that the source lists, in its order. */
  readonly migrations: readonly Migration[]
  /** All paths of the folder. */
  readonly paths: readonly string[]
  /** Resolves to the text of a file of the folder; null where there is none. */
  readonly read: (path: string) => Promise<string | null>
}

/** Files to create or to replace, by their paths in the folder. Equal input gives equal bytes. */
export interface WrittenMigration {
  readonly files: readonly { readonly path: string; readonly content: string }[]
  /** The names under which the source will list what is new, in the order in which the tool runs them. */
  readonly names: readonly string[]
  /** What a person should know, such as a step that the tool cannot take back. */
  readonly notes: readonly string[]
  /** The SQL of the files, where it is not the one that was given: all of it runs in transactions, in fewer parts perhaps. */
  readonly plain?: Pick<NewMigration, 'up' | 'down'>
}

/** Writes a migration in the form of one tool; or says in a sentence why it cannot, rather than guess. */
export type MigrationWriter = (
  migration: NewMigration,
) => Promise<WrittenMigration | { readonly unsupported: string }>
