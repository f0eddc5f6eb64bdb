/** The properties of a Drizzle column that Studio reads, in versions 0.x and 1.x. */
export interface ColumnShape {
  readonly name: string
  readonly keyAsName?: boolean
  readonly notNull: boolean
  readonly primary: boolean
  readonly isUnique?: boolean
  readonly uniqueType?: string
  readonly default?: unknown
  readonly generated?: unknown
  readonly generatedIdentity?: unknown
  readonly dataType: string
  readonly columnType: string
  readonly enumValues?: readonly string[] | undefined
  readonly length?: number | undefined
  readonly dimensions?: number | undefined
  getSQLType(): string
}
