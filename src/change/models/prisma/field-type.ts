import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import type { PrismaEnum } from './parse-schema.ts'

/** A column in the words of Prisma. */
export interface PrismaColumn {
  readonly type: string
  readonly suffix: '' | '?' | '[]'
  /** `@db.…`; null where the type says it. */
  readonly native: string | null
  /** What `@default(…)` holds; null without one. */
  readonly value: string | null
}

/** The type of Prisma for each base type, with its native type. `#` stands for the modifier. */
const types: Readonly<Record<string, readonly [type: string, native: string | null]>> = {
  int2: ['Int', '@db.SmallInt'],
  int4: ['Int', null],
  int8: ['BigInt', null],
  float4: ['Float', '@db.Real'],
  float8: ['Float', null],
  numeric: ['Decimal', '@db.Decimal#'],
  bool: ['Boolean', null],
  text: ['String', null],
  varchar: ['String', '@db.VarChar#'],
  uuid: ['String', '@db.Uuid'],
  date: ['DateTime', '@db.Date'],
  timestamptz: ['DateTime', '@db.Timestamptz#'],
  timestamp: ['DateTime', '@db.Timestamp#'],
  json: ['Json', '@db.Json'],
  jsonb: ['Json', null],
  bytea: ['Bytes', null],
  inet: ['String', '@db.Inet'],
}

/** Writes a column for Prisma. What Prisma has no type for becomes `Unsupported`. */
export function printPrismaColumn(
  column: CatalogColumn,
  enums: readonly PrismaEnum[],
): PrismaColumn {
  const suffix = column.isArray ? '[]' : column.notNull ? '' : '?'
  const ofEnum = findEnum(column, enums)
  const known = Object.hasOwn(types, column.baseType) && !column.enum && !column.domain
  const [type, native] = (known ? types[column.baseType] : undefined) ?? [
    ofEnum?.name ?? `Unsupported("${column.type.replace(/\[\]$/, '').replaceAll('"', '\\"')}")`,
    null,
  ]
  const value = column.identity === null ? printDefault(column, ofEnum) : 'autoincrement()'
  return { type, suffix, native: native && native.replace('#', readModifier(column)), value }
}

function readModifier({ type, baseType }: CatalogColumn): string {
  const modifier = /\(([\d,]+)\)/.exec(type)?.[1]
  if (modifier !== undefined) return `(${modifier.replace(',', ', ')})`
  return baseType.startsWith('timestamp') ? '(6)' : ''
}

function findEnum({ enum: wanted }: CatalogColumn, enums: readonly PrismaEnum[]) {
  return enums.find(
    ({ type, schema }) => wanted?.name === type && (schema === null || schema === wanted.schema),
  )
}

function printDefault(
  { default: sql, baseType, enum: isEnum }: CatalogColumn,
  ofEnum: PrismaEnum | undefined,
): string | null {
  if (sql === null) return null
  const generated = `dbgenerated(${JSON.stringify(sql)})`
  if (/^(?:now\(\)|CURRENT_TIMESTAMP)$/.test(sql)) return 'now()'
  if (/^(?:true|false|-?\d+(?:\.\d+)?)$/.test(sql)) return sql
  const literal = /^'((?:[^']|'')*)'::([\w ."]+)$/.exec(sql)
  const text = literal?.[1]?.replaceAll("''", "'")
  if (text === undefined) return generated
  if (/^(?:integer|bigint|smallint|numeric)$/.test(literal?.[2] ?? '')) return text
  if (isEnum) return ofEnum?.labels.get(text) ?? generated
  return /^(?:text|varchar)$/.test(baseType) ? JSON.stringify(text) : generated
}
