import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import { noEdit } from '../edit-step.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { quoteTemplate, toLiteral } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { findEnums, pgCore } from './read-tables.ts'

/** The type of a column in the words of Drizzle. */
export interface DrizzleType {
  /** A function of pg-core, or the constant of an enum. */
  readonly builder: string
  readonly isEnum: boolean
  /** What its configuration holds, as code. */
  readonly config: ReadonlyMap<string, string>
  readonly isArray: boolean
}

/** The function of pg-core for each base type. */
const builders: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'doublePrecision',
  numeric: 'numeric',
  bool: 'boolean',
  text: 'text',
  varchar: 'varchar',
  bpchar: 'char',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timetz: 'time',
  timestamptz: 'timestamp',
  timestamp: 'timestamp',
  interval: 'interval',
  json: 'json',
  jsonb: 'jsonb',
  inet: 'inet',
  cidr: 'cidr',
  macaddr: 'macaddr',
}

/** Returns the type of a column for Drizzle. */
export function toDrizzleType(edit: CodeEdit, column: CatalogColumn): DrizzleType {
  const { enum: isOf, domain, baseType, dimensions, isArray } = column
  if (domain || dimensions > 1) throw noEdit(`Drizzle has no type for ${column.type}`)
  if (isOf) {
    const [only, other] = findEnums(edit, isOf)
    if (!only || other) throw noEdit(`no one enum of the file is ${isOf.schema}.${isOf.name}`)
    return { builder: only.variable, isEnum: true, config: new Map(), isArray }
  }
  const builder = Object.hasOwn(builders, baseType) ? builders[baseType] : undefined
  if (builder === undefined) throw noEdit(`Drizzle has no type for ${column.type}`)
  return { builder, isEnum: false, config: toConfig(edit, column), isArray }
}

function toConfig(edit: CodeEdit, { type, baseType }: CatalogColumn): Map<string, string> {
  const [first, second] = /\((\d+)(?:,(\d+))?\)/.exec(type)?.slice(1) ?? []
  const config = new Map<string, string>()
  if (baseType === 'int8') config.set('mode', toLiteral(edit, modeOf(edit)))
  if (baseType === 'numeric') {
    if (first !== undefined) config.set('precision', first)
    if (second !== undefined && second !== '0') config.set('scale', second)
  } else if (baseType.startsWith('time')) {
    if (first !== undefined) config.set('precision', first)
    if (baseType.endsWith('tz')) config.set('withTimezone', 'true')
  } else if (baseType === 'interval') {
    if (first !== undefined) throw noEdit(`${type} is not written`)
  } else if (first !== undefined) config.set('length', first)
  return config
}

/** How the file reads a bigint: as its other columns do, or else as a number, which is what `drizzle-kit pull` writes. */
function modeOf({ file }: CodeEdit): string {
  return /\bbigint\([^)]*\bmode:\s*['"`](bigint|number)['"`]/.exec(file.text)?.[1] ?? 'number'
}

/** Writes the call that builds a column. */
export function printBuilder(
  edit: CodeEdit,
  type: DrizzleType,
  { name, builders: own }: { readonly name: string | null; readonly builders: string | null },
): string {
  const callee = type.isEnum ? type.builder : own ? `${own}.${type.builder}` : type.builder
  const config = printConfig(type.config)
  const args = [...(name === null ? [] : [toLiteral(edit, name)]), ...(config ? [config] : [])]
  return `${callee}(${args.join(', ')})${type.isArray ? '.array()' : ''}`
}

/** Writes the configuration of a type; empty without one. */
export function printConfig(config: DrizzleType['config']): string {
  const parts = [...config].map(([key, value]) => `${key}: ${value}`)
  return parts.length > 0 ? `{ ${parts.join(', ')} }` : ''
}

/** Imports the function that builds a type, and returns the type with its name in the file. */
export function importType(
  edit: CodeEdit,
  type: DrizzleType,
  builders: string | null,
): DrizzleType {
  if (type.isEnum || builders !== null) return type
  return { ...type, builder: importName(edit, pgCore, { name: type.builder }) }
}

/** Writes the call that gives a column its default; null without one. `sql` is the name of the template in the file. */
export function printDefault(
  edit: CodeEdit,
  column: CatalogColumn,
  sql: () => string,
): string | null {
  const { default: text, baseType, identity, generated } = column
  if (text === null || identity !== null || generated !== null) return null
  const raw = () => `default(${sql()}${quoteTemplate(text)})`
  if (column.isArray) return raw()
  if (text === 'now()' && /^(?:timestamp|timestamptz|date)$/.test(baseType)) return 'defaultNow()'
  if (text === 'gen_random_uuid()' && baseType === 'uuid') return 'defaultRandom()'
  if (baseType === 'bool' && /^(?:true|false)$/.test(text)) return `default(${text})`
  const [, literal, cast] = /^'((?:[^'\\]|'')*)'::([\w ."]+)(?:\(\d+\))?$/.exec(text) ?? []
  const value = literal?.replaceAll("''", "'")
  const number = /^-?\d+(?:\.\d+)?$/.exec(value ?? text)?.[0]
  const isNumeric = /^(?:int[24]|numeric)$/.test(baseType)
  if (
    number !== undefined &&
    isNumeric &&
    /^(?:integer|smallint|numeric|bigint)?$/.test(cast ?? '')
  ) {
    return `default(${baseType === 'numeric' ? toLiteral(edit, number) : number})`
  }
  const isText = baseType === 'text' || baseType === 'varchar' || column.enum !== null
  return value !== undefined && isText ? `default(${toLiteral(edit, value)})` : raw()
}
