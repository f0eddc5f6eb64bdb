import type { CatalogColumn } from '../../project/catalog/catalog.ts'

/** How two types stand to each other: the same, of one family (contract introspection.md 4.9), or different. */
export type TypeMatch = 'same' | 'related' | 'different'

/** Other spellings of types; `serial` types are integers with a default. */
const spellings: Readonly<Record<string, string>> = {
  int: 'integer',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  serial: 'integer',
  serial2: 'smallint',
  serial4: 'integer',
  serial8: 'bigint',
  smallserial: 'smallint',
  bigserial: 'bigint',
  varchar: 'character varying',
  char: 'character',
  bpchar: 'character',
  bool: 'boolean',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
}

const families: readonly (readonly string[])[] = [
  ['json', 'jsonb'],
  ['double precision', 'real'],
  ['timestamp without time zone', 'timestamp with time zone'],
]

/** Compares an SQL type a model declares with that of a column. A declared type without a schema may be in any. */
export function matchSqlType(declared: string, { type }: CatalogColumn): TypeMatch {
  const [own, theirs] = [parseType(declared), parseType(type)]
  if (own.dimensions > 0 !== theirs.dimensions > 0) return 'different'
  if (own.name === theirs.name || unqualified(own.name, theirs.name)) {
    return own.modifier === theirs.modifier || !own.modifier ? 'same' : 'related'
  }
  const isRelated = families.some(
    (names) => names.includes(own.name) && names.includes(theirs.name),
  )
  return isRelated ? 'related' : 'different'
}

function unqualified(declared: string, actual: string): boolean {
  return !declared.includes('.') && actual.endsWith(`.${declared}`)
}

/** `timestamp (3) with time zone[]` → its name without modifier, the modifier, and how many dimensions follow. */
function parseType(text: string) {
  const type = text.replaceAll('"', '').trim().toLowerCase().replace(/\s+/g, ' ')
  const dimensions = type.match(/\[\d*\]/g)?.length ?? 0
  const [, modifier = ''] = /\(([^)]*)\)/.exec(type) ?? []
  const bare = type
    .replace(/\s*\([^)]*\)/, '')
    .replace(/(\[\d*\])+$/, '')
    .trim()
  return { name: spellings[bare] ?? bare, modifier: modifier.replaceAll(' ', ''), dimensions }
}

const numbers = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'money', 'oid']
const wholeNumbers = ['int2', 'int4', 'int8', 'numeric', 'oid']
const texts = ['text', 'varchar', 'bpchar', 'citext', 'name']
const moments = ['timestamp', 'timestamptz', 'date', 'time', 'timetz', 'interval']
const documents = ['json', 'jsonb', 'hstore', 'record']

/** What a kind of zod schema can be stored in, by base type; kinds that are missing fit anywhere. */
const storage: Readonly<Record<string, readonly string[]>> = {
  string: [
    ...texts,
    ...moments,
    'uuid',
    'numeric',
    'int8',
    'inet',
    'cidr',
    'macaddr',
    'money',
    'xml',
    'bit',
    'varbit',
    'ltree',
    'tsvector',
    'enum',
  ],
  uuid: [...texts, 'uuid'],
  guid: [...texts, 'uuid'],
  email: texts,
  url: texts,
  datetime: [...texts, 'timestamp', 'timestamptz'],
  date: [...moments, ...texts],
  time: [...texts, 'time', 'timetz'],
  number: numbers,
  int: wholeNumbers,
  safeint: wholeNumbers,
  int32: wholeNumbers,
  uint32: wholeNumbers,
  float32: numbers,
  float64: numbers,
  int64: wholeNumbers,
  uint64: wholeNumbers,
  bigint: wholeNumbers,
  boolean: ['bool'],
  object: documents,
  record: documents,
  map: documents,
  enum: [...texts, ...wholeNumbers, 'enum'],
}

/** Tells whether values of a kind of zod schema can be what a column holds; a composite type holds objects. */
export function fitsZodType(kind: string, column: CatalogColumn): boolean {
  const isDocument = column.baseType === 'json' || column.baseType === 'jsonb'
  if (kind === 'array' || kind === 'tuple' || kind === 'set') return column.isArray || isDocument
  const fitting = storage[kind]
  if (!fitting) return true
  if (column.isArray) return false
  if (column.enum) return fitting.includes('enum')
  if (!isKnown(column.baseType)) return true
  return fitting.includes(column.baseType)
}

const known: ReadonlySet<string> = new Set([...Object.values(storage).flat(), 'bytea'])

/** Types of extensions and composite types may hold whatever their makers wish. */
function isKnown(baseType: string): boolean {
  return known.has(baseType)
}
