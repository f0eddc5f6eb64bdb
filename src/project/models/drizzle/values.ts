import type { ColumnShape } from './column-shape.ts'

/** Spells a default as SQL: a value as a literal, an `sql` template as it stands; null without one. */
export function toDefault(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value)
  }
  if (value instanceof Date) return quote(value.toISOString())
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return quote(`{${value.join(',')}}`)
  }
  const chunks = (value as { readonly queryChunks?: readonly unknown[] } | null)?.queryChunks
  if (chunks) return chunks.map(toChunk).join('')
  return quote(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Chunks are texts, nested templates, or values in place. */
function toChunk(chunk: unknown): string {
  const { value, queryChunks } = (chunk ?? {}) as { value?: unknown; queryChunks?: unknown[] }
  if (queryChunks) return queryChunks.map(toChunk).join('')
  if (Array.isArray(value)) return value.join('')
  return toDefault(value ?? chunk) ?? ''
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
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

/** Names the TypeScript type of a column's values; `dataType` is one word in 0.x and two in 1.x. */
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
