import { z } from 'zod'
import type { Catalog } from '../../project/catalog/catalog.ts'
import { quotePlainLiteral } from '../../lib/sql.ts'
import type { ColumnType } from './column-type.ts'

/** The functions that a default may call, with the types of the columns that may have them. */
const functions: Readonly<Record<string, readonly string[]>> = {
  'now()': ['timestamptz', 'timestamp'],
  CURRENT_TIMESTAMP: ['timestamptz'],
  CURRENT_DATE: ['date'],
  'gen_random_uuid()': ['uuid'],
}

const functionNames = ['now()', 'CURRENT_TIMESTAMP', 'CURRENT_DATE', 'gen_random_uuid()'] as const

/** A default: a literal, or one function of a short list. SQL is never accepted. */
export const defaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('value'),
    value: z.union([z.string().max(10_000), z.number(), z.boolean()]),
  }),
  z.strictObject({ kind: z.literal('function'), name: z.enum(functionNames) }),
])

/** The default that a change gives to a column. */
export type DefaultValue = z.infer<typeof defaultSchema>

/** The SQL of a default, spelled as PostgreSQL prints it; or why the column cannot have it. */
export type DefaultResult = { readonly sql: string } | { readonly fault: string }

/** Writes a default for a column of a type. */
export function toDefaultSql(
  given: DefaultValue,
  type: ColumnType,
  catalog: Pick<Catalog, 'enums'>,
): DefaultResult {
  if (type.isArray) return { fault: 'an array has no default here' }
  if (given.kind === 'value') return toLiteral(given.value, type, catalog)
  const isFitting = functions[given.name]?.includes(type.baseType) ?? false
  const scale = /timestamp\(/.test(type.type)
  if (scale) return { fault: 'a timestamp with a precision has no default here' }
  return isFitting ? { sql: given.name } : { fault: `${given.name} does not fit ${type.type}` }
}

/** Returns true if the value of a default differs from row to row, so that a new column with it rewrites the table. */
export function isVolatileDefault(sql: string | null): boolean {
  return sql === 'gen_random_uuid()'
}

const ranges: Readonly<Record<string, number>> = {
  int2: 32_767,
  int4: 2_147_483_647,
  int8: 2_147_483_647,
}

function toLiteral(
  value: string | number | boolean,
  { baseType, type, enum: ofEnum, maxLength }: ColumnType,
  { enums }: Pick<Catalog, 'enums'>,
): DefaultResult {
  if (typeof value === 'boolean') {
    return baseType === 'bool' ? { sql: String(value) } : { fault: `a boolean is no ${type}` }
  }
  if (typeof value === 'number') return toNumber(value, baseType, type)
  if (value.includes('\0') || value.includes('\\')) {
    return { fault: 'a text with a backslash or NUL is not supported' }
  }
  if (ofEnum) {
    const labels = enums.find(
      ({ schema, name }) => schema === ofEnum.schema && name === ofEnum.name,
    )?.labels
    if (!labels?.includes(value)) return { fault: `is no label of ${type}` }
    return { sql: `${quotePlainLiteral(value)}::${type}` }
  }
  if (baseType === 'text') return { sql: `${quotePlainLiteral(value)}::text` }
  if (baseType !== 'varchar') return { fault: `a text is no ${type}` }
  if (maxLength !== null && [...value].length > maxLength) {
    return { fault: `is longer than ${maxLength} characters` }
  }
  return { sql: `${quotePlainLiteral(value)}::character varying` }
}

function toNumber(value: number, baseType: string, type: string): DefaultResult {
  const limit = ranges[baseType]
  if (limit !== undefined) {
    if (!Number.isInteger(value) || Math.abs(value) > limit) {
      return { fault: `is no whole number from -${limit} to ${limit}` }
    }
    return { sql: toIntegerSql(value) }
  }
  const text = String(value)
  if (baseType !== 'numeric') return { fault: `a number is no ${type}` }
  if (!/^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/.test(text)) {
    return { fault: 'has more than 9 digits before or after the point' }
  }
  const modifiers = /\((\d+),(\d+)\)/.exec(type)
  if (modifiers) {
    const [, digits = 0, scale = 0] = modifiers.map(Number)
    const [whole = '', fraction = ''] = text.replace('-', '').split('.')
    if (fraction.length > scale || (whole !== '0' && whole.length > digits - scale)) {
      return { fault: `does not fit ${type}` }
    }
  }
  if (Number.isInteger(value)) return { sql: toIntegerSql(value) }
  return { sql: value < 0 ? `'${text}'::numeric` : text }
}

// PostgreSQL prints a negative constant as a text with its type
function toIntegerSql(value: number): string {
  return value < 0 ? `'${value}'::integer` : String(value)
}
