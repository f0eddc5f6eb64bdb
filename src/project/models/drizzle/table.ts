import { arrayDimensions, type ColumnShape } from './column-shape.ts'
import { type IndexShape, toIndexes } from './declared-indexes.ts'
import { type NameOf, toSql } from './sql-text.ts'
import { toDefault, toTsType } from './values.ts'
import type { DeclaredForeignKey, DeclaredIndex } from '../../model.ts'

/** A Drizzle table as plain data. */
export interface DrizzleTable {
  readonly name: string
  readonly schema: string | null
  readonly columns: readonly DrizzleColumn[]
  readonly primaryKey: readonly string[]
  /** All indexes, including those of unique constraints. */
  readonly indexes: readonly DeclaredIndex[]
  readonly foreignKeys: readonly DrizzleForeignKey[]
}

/** A foreign key of a Drizzle table; an action is null when the table declares none. */
export type DrizzleForeignKey = DeclaredForeignKey

/** A column of a Drizzle table as plain data. */
export interface DrizzleColumn {
  /** Its key in the table object. */
  readonly key: string
  /** Its name in the database. */
  readonly column: string
  readonly type: string
  readonly tsType: string
  readonly notNull: boolean
  readonly default: string | null
  readonly maxLength: number | null
  /** Serial, identity or computed. */
  readonly isGenerated: boolean
  /** What SQL writes behind the type of an identity or computed column; null for any other. */
  readonly generation: string | null
}

interface Reference {
  readonly columns: readonly ColumnShape[]
  readonly foreignColumns: readonly ColumnShape[]
  readonly foreignTable: object
}

interface KeyShape {
  readonly reference: () => Reference
  readonly onDelete?: string
  readonly onUpdate?: string
}

/** A built entry of a table's extra configuration: a key, a constraint or an index, which its properties distinguish. */
interface ExtraShape extends Partial<KeyShape>, IndexShape {
  build?(table: object): ExtraShape
}

const part = (table: object, name: string): unknown =>
  (table as Record<symbol, unknown>)[Symbol.for(`drizzle:${name}`)]

/** Reads a table of Drizzle's `pg-core`; null for any other value. */
export function readDrizzleTable(value: unknown, casing?: string): DrizzleTable | null {
  if (typeof value !== 'object' || value === null || part(value, 'IsDrizzleTable') !== true)
    return null
  const name = part(value, 'Name')
  const shapes = part(value, 'Columns') as Readonly<Record<string, ColumnShape>> | undefined
  if (typeof name !== 'string' || !shapes) return null
  const nameOf: NameOf = ({ name = '', keyAsName }) =>
    keyAsName && casing === 'snake_case' ? toSnakeCase(name) : name
  const extras = readExtras(value)
  const entries = Object.entries(shapes)
  const inline = (part(value, 'PgInlineForeignKeys') ?? []) as readonly KeyShape[]
  const declared = extras.filter((extra): extra is ExtraShape & KeyShape =>
    Boolean(extra.reference),
  )
  return {
    name,
    schema: (part(value, 'Schema') as string | undefined) ?? null,
    columns: entries.map(([key, column]) => toColumn(key, column, nameOf)),
    primaryKey: toPrimaryKey(entries, extras, nameOf),
    indexes: toIndexes(entries, extras, nameOf),
    foreignKeys: [...inline, ...declared].map((key) => toForeignKey(key, nameOf)),
  }
}

function readExtras(table: object): readonly ExtraShape[] {
  const builder = part(table, 'ExtraConfigBuilder') as ((columns: unknown) => object) | undefined
  const built = builder?.(part(table, 'ExtraConfigColumns')) ?? {}
  const list = (Array.isArray(built) ? built.flat() : Object.values(built)) as ExtraShape[]
  return list.map((extra) => extra.build?.(table) ?? extra)
}

function toColumn(key: string, column: ColumnShape, nameOf: NameOf): DrizzleColumn {
  const { notNull, generated, generatedIdentity, columnType, length } = column
  const type = column.getSQLType()
  const dimensions = arrayDimensions(column)
  // PostgreSQL makes such a column NOT NULL, whether Drizzle knows it or not
  const isNumbered = Boolean(generatedIdentity) || /Serial/.test(columnType)
  const isGenerated = Boolean(generated) || isNumbered
  return {
    key,
    column: nameOf(column),
    type: type.endsWith(']') ? type : type + '[]'.repeat(dimensions),
    tsType: toTsType(column),
    notNull: notNull || isNumbered,
    default: isGenerated ? null : toDefault(column, nameOf),
    maxLength: dimensions === 0 && /char/.test(type) ? (length ?? null) : null,
    isGenerated,
    generation: toGeneration(column, nameOf),
  }
}

function toGeneration({ generated, generatedIdentity }: ColumnShape, nameOf: NameOf) {
  if (generatedIdentity) {
    const when = generatedIdentity.type === 'always' ? 'ALWAYS' : 'BY DEFAULT'
    return `GENERATED ${when} AS IDENTITY`
  }
  if (!generated) return null
  const as: unknown = typeof generated.as === 'function' ? generated.as() : generated.as
  const expression = toSql(as, nameOf) ?? String(as)
  return `GENERATED ALWAYS AS (${expression}) STORED`
}

/** The extra entry with columns but without `reference` and `nullsNotDistinct` is the primary key. */
function toPrimaryKey(
  entries: readonly (readonly [string, ColumnShape])[],
  extras: readonly ExtraShape[],
  nameOf: NameOf,
): string[] {
  const inline = entries.filter(([, { primary }]) => primary).map(([, column]) => nameOf(column))
  const extra = extras.find(
    ({ columns, reference, nullsNotDistinct }) =>
      columns && !reference && nullsNotDistinct === undefined,
  )
  return extra?.columns?.map(nameOf) ?? inline
}

function toForeignKey(
  { reference, onDelete, onUpdate }: KeyShape,
  nameOf: NameOf,
): DrizzleForeignKey {
  const { columns, foreignColumns, foreignTable } = reference()
  return {
    columns: columns.map(nameOf),
    target: {
      schema: (part(foreignTable, 'Schema') as string | undefined) ?? null,
      table: String(part(foreignTable, 'Name')),
    },
    targetColumns: foreignColumns.map(nameOf),
    onDelete: onDelete?.toUpperCase() ?? null,
    onUpdate: onUpdate?.toUpperCase() ?? null,
  }
}

/** Converts a name like Drizzle does: a capital starts a word, and digits belong to the preceding word. */
function toSnakeCase(name: string): string {
  const words =
    name.replace(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? []
  return words.map((word) => word.toLowerCase()).join('_')
}
