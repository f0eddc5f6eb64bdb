import { quoteIdentifier, quotePlainLiteral } from '../../../lib/sql.ts'
import type { ColumnShape } from './column-shape.ts'

/** Returns the name of a column in the database. */
export type NameOf = (column: Partial<ColumnShape>) => string

/** The parts of an `sql` template: texts, columns, tables, names, values and further templates. */
interface Chunk {
  readonly queryChunks?: readonly unknown[]
  readonly value?: unknown
  readonly sql?: unknown
  getSQLType?: unknown
}

const entityKind = Symbol.for('drizzle:entityKind')
const tableName = Symbol.for('drizzle:Name')
const tableSchema = Symbol.for('drizzle:Schema')

/** Writes an `sql` template as SQL, its values as literals; null for anything that is no template. */
export function toSql(value: unknown, nameOf: NameOf): string | null {
  const chunks = isObject(value) ? (value as Chunk).queryChunks : undefined
  return chunks ? chunks.map((chunk) => toChunk(chunk, nameOf)).join('') : null
}

function toChunk(chunk: unknown, nameOf: NameOf): string {
  if (!isObject(chunk)) return toLiteral(chunk)
  const nested = toSql(chunk, nameOf)
  if (nested !== null) return nested
  const { value, sql, getSQLType } = chunk as Chunk
  if (typeof getSQLType === 'function') return quoteIdentifier(nameOf(chunk as ColumnShape))
  const table = (chunk as Record<symbol, unknown>)[tableName]
  if (typeof table === 'string') return toTable(chunk, table)
  const kind = (chunk.constructor as unknown as Record<symbol, unknown>)[entityKind]
  if (kind === 'Name') return quoteIdentifier(String(value))
  if (kind === 'StringChunk' && Array.isArray(value)) return value.join('')
  if (kind === 'SQL.Aliased') return toChunk(sql, nameOf)
  if (Array.isArray(chunk)) return `(${chunk.map((item) => toChunk(item, nameOf)).join(', ')})`
  return toLiteral('value' in chunk ? value : chunk)
}

function toTable(chunk: object, name: string): string {
  const schema = (chunk as Record<symbol, unknown>)[tableSchema]
  return (typeof schema === 'string' ? `${quoteIdentifier(schema)}.` : '') + quoteIdentifier(name)
}

function toLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value)
  }
  if (value instanceof Date) return quotePlainLiteral(value.toISOString())
  return quotePlainLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
