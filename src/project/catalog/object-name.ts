/** The schema and the name of a database object. */
export interface ObjectName {
  readonly schema: string
  readonly name: string
}
