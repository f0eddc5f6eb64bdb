/** Names an object of a database. */
export interface ObjectName {
  readonly schema: string
  readonly name: string
}
