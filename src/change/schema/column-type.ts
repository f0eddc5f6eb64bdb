import type { Catalog, CatalogColumn, CatalogEnum } from '../../project/catalog/catalog.ts'
import { toQualified } from '../../health/kit/identifiers.ts'
import { quotedWords } from './new-name.ts'

/** What PostgreSQL's catalog says of a type, as a column with that type shows it. */
export type ColumnType = Pick<
  CatalogColumn,
  'type' | 'baseType' | 'isArray' | 'dimensions' | 'domain' | 'enum' | 'maxLength'
>

interface Named {
  /** The name that `format_type` prints; `%` stands for the modifier. */
  readonly printed: string
  readonly base: string
  /** How many modifiers the type takes, and the largest value of the first one. */
  readonly modifiers?: number
  readonly limit?: number
  readonly isRequired?: boolean
}

const integers: Readonly<Record<string, Named>> = {
  smallint: { printed: 'smallint', base: 'int2' },
  integer: { printed: 'integer', base: 'int4' },
  bigint: { printed: 'bigint', base: 'int8' },
}

const timed = { modifiers: 1, limit: 6 } as const

/** The types that a change may give to a column besides the enums of the database, by the name that PostgreSQL prints. */
const types: Readonly<Record<string, Named>> = {
  ...integers,
  real: { printed: 'real', base: 'float4' },
  'double precision': { printed: 'double precision', base: 'float8' },
  numeric: { printed: 'numeric%', base: 'numeric', modifiers: 2, limit: 1_000 },
  boolean: { printed: 'boolean', base: 'bool' },
  text: { printed: 'text', base: 'text' },
  'character varying': {
    printed: 'character varying%',
    base: 'varchar',
    modifiers: 1,
    limit: 10_485_760,
  },
  uuid: { printed: 'uuid', base: 'uuid' },
  date: { printed: 'date', base: 'date' },
  'timestamp with time zone': {
    printed: 'timestamp% with time zone',
    base: 'timestamptz',
    ...timed,
  },
  'timestamp without time zone': {
    printed: 'timestamp% without time zone',
    base: 'timestamp',
    ...timed,
  },
  interval: { printed: 'interval', base: 'interval' },
  json: { printed: 'json', base: 'json' },
  jsonb: { printed: 'jsonb', base: 'jsonb' },
  bytea: { printed: 'bytea', base: 'bytea' },
  inet: { printed: 'inet', base: 'inet' },
}

/** Other spellings of the same types. */
const aliases: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  bool: 'boolean',
  varchar: 'character varying',
  timestamptz: 'timestamp with time zone',
  timestamp: 'timestamp without time zone',
}

const grammar =
  /^(?<name>[a-z][a-z0-9_]*(?: (?:precision|varying|with time zone|without time zone))?)(?:\((?<modifiers>[0-9]{1,8}(?:, ?[0-9]{1,4})?)\))?(?<array>\[\])?$/

/** A type, or why the text is none. */
export type TypeResult = ColumnType | { readonly fault: string }

/**
 * Reads the name of a type: a name of the closed list or `schema.enum` of the catalog, with a modifier in parentheses where
 * the type has one, and `[]` for an array.
 */
export function parseColumnType(text: string, catalog: Pick<Catalog, 'enums'>): TypeResult {
  const enumeration = findEnum(text.replace(/\[\]$/, ''), catalog)
  if (enumeration) return toEnumType(enumeration, text.endsWith('[]'))
  const groups = grammar.exec(text)?.groups
  const written = groups?.['name'] ?? ''
  const named = types[Object.hasOwn(aliases, written) ? (aliases[written] ?? '') : written]
  if (!groups || !named || !Object.hasOwn(types, aliases[written] ?? written)) {
    return { fault: `is none of ${Object.keys(types).join(', ')}, or schema.name of an enum` }
  }
  const modifiers = groups['modifiers']?.split(/, ?/).map(Number) ?? []
  const fault = findModifierFault(named, modifiers)
  if (fault !== null) return { fault }
  // numeric(10) is numeric(10,0)
  const complete =
    named.base === 'numeric' && modifiers.length === 1 ? [...modifiers, 0] : modifiers
  const isArray = groups['array'] !== undefined
  const printed = named.printed.replace('%', complete.length > 0 ? `(${complete.join(',')})` : '')
  return {
    type: printed + (isArray ? '[]' : ''),
    baseType: named.base,
    isArray,
    dimensions: isArray ? 1 : 0,
    domain: null,
    enum: null,
    maxLength: named.base === 'varchar' && !isArray ? (modifiers[0] ?? null) : null,
  }
}

function findModifierFault(
  { modifiers: allowed = 0, limit = 0, base }: Named,
  given: readonly number[],
): string | null {
  if (given.length > allowed) return `takes ${allowed === 0 ? 'no modifier' : `at most ${allowed}`}`
  const [first, second = 0] = given
  if (first === undefined) return null
  const least = base === 'varchar' || base === 'numeric' ? 1 : 0
  if (first < least || first > limit) return `has a modifier that is not in ${least} to ${limit}`
  return second > first ? 'has more digits after the point than digits' : null
}

function findEnum(text: string, { enums }: Pick<Catalog, 'enums'>): CatalogEnum | undefined {
  return enums.find((one) => `${one.schema}.${one.name}` === text)
}

function toEnumType(one: CatalogEnum, isArray: boolean): TypeResult {
  if (!/^[a-z_][a-z0-9_]*$/.test(one.name + one.schema) || quotedWords.has(one.name)) {
    return { fault: 'is an enum whose name needs quotes, which is not supported' }
  }
  return {
    type: toQualified(one) + (isArray ? '[]' : ''),
    baseType: one.name,
    isArray,
    dimensions: isArray ? 1 : 0,
    domain: null,
    enum: { schema: one.schema, name: one.name },
    maxLength: null,
  }
}
