/** A defect and the same thing done well, each in a schema of its own; `$schema` in the SQL stands for its name. */
export interface RuleCase {
  readonly rule: string
  readonly defect: string
  readonly clean: string
  /** Paths of the first objects of what is found, without the schema, sorted. */
  readonly finds: readonly string[]
  /** First server version that knows the defect. */
  readonly from?: number
  /** Puts both schemas on the list of exposed ones. */
  readonly isExposed?: boolean
  /** False where the fix needs more than its statements, such as different data. */
  readonly isMended?: boolean
}
