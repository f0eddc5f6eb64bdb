/** What introspection needs of a database. */
export interface Database {
  /** Resolves when the database answered; rejects when it is away. */
  ping(): Promise<void>
}
