/** An error of the compiler. `path` is null for a file outside of the workspace, `line` where the error is in no file. */
export interface TypeFault {
  readonly path: string | null
  readonly line: number | null
  /** Without paths of the host, and without literals that the change itself does not have. */
  readonly message: string
}

/** What a type check of the changed files has shown: the errors that the change brings, at most 20. */
export interface TypeProof {
  readonly ran: boolean
  readonly errors: readonly TypeFault[]
  /** Why it did not run, or what it did not look at; null if there is nothing to say. */
  readonly reason: string | null
}

/** What running a migration on a copy of the database has shown, or why it was not run; and what a type check has shown. */
export type Proof = {
  /** Null where types are not checked, or no file of TypeScript changes. */
  readonly types: TypeProof | null
} & (
  | {
      readonly ran: true
      readonly ms: number
      /** SHA-256 of the structure of the copy after the migration. */
      readonly schemaChecksumAfter: string
      /** Where the copy differs from what was predicted; empty when it does not. */
      readonly drift: readonly string[]
      /** Findings of schema health that the migration brings. */
      readonly lintNew: readonly string[]
      readonly destructive: readonly string[]
    }
  | { readonly ran: false; readonly reason: string }
)
