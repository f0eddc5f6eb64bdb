/** The properties of a Drizzle column that Studio reads, in versions 0.x and 1.x. */
export interface ColumnShape {
  readonly name: string
  readonly keyAsName?: boolean
  readonly notNull: boolean
  readonly primary: boolean
  readonly isUnique?: boolean
  readonly uniqueType?: string
  readonly default?: unknown
  readonly generated?: { readonly as: unknown } | undefined
  readonly generatedIdentity?: { readonly type: 'always' | 'byDefault' } | undefined
  readonly dataType: string
  readonly columnType: string
  readonly enumValues?: readonly string[] | undefined
  readonly length?: number | undefined
  readonly vectorDimensions?: number | undefined
  readonly dimensions?: number | undefined
  /** The column of the elements; only of arrays in 0.x. */
  readonly baseColumn?: ColumnShape
  getSQLType(): string
}

const vectors: ReadonlySet<string> = new Set([
  'PgVector',
  'PgHalfVector',
  'PgSparseVector',
  'PgBinaryVector',
])

/**
 * Returns how many dimensions an array column has, 0 for any other. In 0.x `dimensions` is the length of a vector; in 1.x it is
 * the number of dimensions of an array, and a vector keeps its length elsewhere.
 */
export function arrayDimensions(column: ColumnShape): number {
  const { columnType, dimensions = 0, length, vectorDimensions, baseColumn } = column
  if (baseColumn) return 1 + arrayDimensions(baseColumn)
  const isLength = length === undefined && vectorDimensions === undefined
  return vectors.has(columnType) && isLength ? 0 : dimensions
}
