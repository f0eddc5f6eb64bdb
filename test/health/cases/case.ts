/** Two schemas that differ in one defect. `$schema` in the SQL stands for the name of its own schema. */
export interface RuleCase {
  readonly rule: string
  /** SQL with the defect. */
  readonly defect: string
  /** SQL that is similar but correct. */
  readonly clean: string
  /** Paths of the first object of each expected finding, without the schema, sorted. */
  readonly finds: readonly string[]
  /** The first server version that supports the defect, as `server_version_num`. */
  readonly from?: number
  /** Adds both schemas to `exposedSchemas`. */
  readonly isExposed?: boolean
  /** False when the fix does not end the finding, for example because the data remains. */
  readonly isMended?: boolean
}
