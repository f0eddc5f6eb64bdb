/** What is being studied, as data. */
export interface Project {
  readonly name: string
  readonly version: string
}
