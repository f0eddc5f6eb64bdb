import { quotePlainLiteral } from '../../../lib/sql.ts'
import type { ColumnShape } from './column-shape.ts'

/** Converts a default to SQL: a value to a literal, an `sql` template to its text; null when there is no default. */
export function toDefault(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value)
  }
  if (value instanceof Date) return quotePlainLiteral(value.toISOString())
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return quotePlainLiteral(`{${value.join(',')}}`)
  }
  const chunks = (value as { readonly queryChunks?: readonly unknown[] } | null)?.queryChunks
  if (chunks) return chunks.map(toChunk).join('')
  return quotePlainLiteral(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A chunk is a text, a nested template or an inline value. */
function toChunk(chunk: unknown): string {
  const { value, queryChunks } = (chunk ?? {}) as { value?: unknown; queryChunks?: unknown[] }
  if (queryChunks) return queryChunks.map(toChunk).join('')
  if (Array.isArray(value)) return value.join('')
  return toDefault(value ?? chunk) ?? ''
}

const types: readonly (readonly [RegExp, string])[] = [
  [/\bdate\b/, 'Date'],
  [/\b(json|custom)\b/, 'unknown'],
  [/\bbuffer\b/, 'Uint8Array'],
  [/^bigint/, 'bigint'],
  [/^number/, 'number'],
  [/^boolean/, 'boolean'],
  [/^string/, 'string'],
]

/** Returns the TypeScript type of a column's values. `dataType` is one word in 0.x and two words in 1.x. */
export function toTsType({
  dataType,
  enumValues = [],
  dimensions = 0,
  ...column
}: ColumnShape): string {
  const base = (column as { readonly baseColumn?: ColumnShape }).baseColumn
  if (base) return `${group(toTsType(base))}[]`
  const single =
    enumValues.length > 0
      ? enumValues.map((label) => `'${label.replace(/[\\']/g, '\\$&')}'`).join(' | ')
      : (types.find(([pattern]) => pattern.test(dataType))?.[1] ?? 'unknown')
  return dimensions > 0 ? group(single) + '[]'.repeat(dimensions) : single
}

function group(type: string): string {
  return type.includes(' ') ? `(${type})` : type
}
