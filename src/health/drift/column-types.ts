import type { CatalogColumn } from '../../project/catalog/catalog.ts'

/** The result of comparing two types. Related types belong to one family (docs/contracts/introspection.md, 4.9). */
export type TypeMatch = 'same' | 'related' | 'different'

// The `serial` types are integers with a default.
const aliases: Readonly<Record<string, string>> = {
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
  nchar: 'character',
  'national character': 'character',
  'national character varying': 'character varying',
  'char varying': 'character varying',
  bool: 'boolean',
  float: 'double precision',
  float4: 'real',
  float8: 'double precision',
  decimal: 'numeric',
  dec: 'numeric',
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

// What a type without a modifier means; null stands for no limit.
const unstated: Readonly<Record<string, string | null>> = {
  character: '1',
  bit: '1',
  'character varying': null,
  'bit varying': null,
  numeric: null,
  'timestamp without time zone': '6',
  'timestamp with time zone': '6',
  'time without time zone': '6',
  'time with time zone': '6',
  interval: '6',
  vector: null,
  halfvec: null,
  sparsevec: null,
}

/** Compares the SQL type that a model declares with the type of a column. A declared type without a schema matches any schema. */
export function matchSqlType(declared: string, { type }: Pick<CatalogColumn, 'type'>): TypeMatch {
  const [left, right] = [parseType(declared), parseType(type)]
  if (left.isArray !== right.isArray) return 'different'
  if (left.name === right.name || isUnqualified(left.name, right.name)) {
    return isOtherModifier(left, right) ? 'related' : 'same'
  }
  const isRelated = families.some(
    (names) => names.includes(left.name) && names.includes(right.name),
  )
  return isRelated ? 'related' : 'different'
}

function isUnqualified(declared: string, actual: string): boolean {
  return !declared.includes('.') && actual.endsWith(`.${declared}`)
}

type ParsedType = ReturnType<typeof parseType>

// The modifiers of an unknown type have a spelling of their own, such as `geography(Point,4326)`: they are compared as numbers only.
function isOtherModifier(declared: ParsedType, actual: ParsedType): boolean {
  const name = actual.name.slice(actual.name.lastIndexOf('.') + 1)
  const isKnown = name in unstated
  if (!isKnown && !(isNumeric(declared.modifier) && isNumeric(actual.modifier))) return false
  const [left, right] = [declared, actual].map(
    ({ modifier }) => (modifier || unstated[name]) ?? 'unlimited',
  )
  return left !== right
}

function isNumeric(modifier: string): boolean {
  return /^\d+(,\d+)*$/.test(modifier)
}

// Splits a type such as `timestamp (3) with time zone[]` into its name, its modifier and whether it is an array.
function parseType(text: string) {
  // `"char"` is one byte, `char` is a character; a type `bpchar` without a length has no limit
  const type = text
    .replace(/"char"/, 'one byte')
    .replace(/\bbpchar(?=\s*\()/i, 'character')
    .replaceAll('"', '')
    .trim()
    .toLowerCase()
    .replace(/\s+/g, ' ')
  const isArray = /(\[\d*\]|\barray)$/.test(type)
  const [, modifier = ''] = /\(([^)]*)\)/.exec(type) ?? []
  const bare = type
    .replace(/\s*\([^)]*\)/, '')
    .replace(/(\[\d*\])+$| array$/, '')
    .trim()
  return { ...toKnownType(bare, modifier.replaceAll(' ', '')), isArray }
}

function toKnownType(bare: string, modifier: string): { name: string; modifier: string } {
  if (bare === 'float' && modifier !== '') {
    return { name: Number(modifier) <= 24 ? 'real' : 'double precision', modifier: '' }
  }
  // `interval day to second` names the fields that are kept; the precision stands behind them
  const name = bare.startsWith('interval ') ? 'interval' : (aliases[bare] ?? bare)
  const fields = name === 'interval' ? bare.slice(name.length).trim() : ''
  if (fields !== '') return { name, modifier: `${fields} ${modifier || '6'}` }
  return { name, modifier: name === 'numeric' ? modifier.replace(/,0$/, '') : modifier }
}

const numbers = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'money', 'oid']
const wholeNumbers = ['int2', 'int4', 'int8', 'numeric', 'oid']
const texts = ['text', 'varchar', 'bpchar', 'citext', 'name']
const moments = ['timestamp', 'timestamptz', 'date', 'time', 'timetz', 'interval']
const documents = ['json', 'jsonb', 'hstore', 'record']

// The base types that can store each kind of zod schema. A kind that is missing fits every type.
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

/** Returns true when a column can store the values of a kind of zod schema. */
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

// Nothing is known about the values of a composite type or of a type from an extension, so every kind fits.
function isKnown(baseType: string): boolean {
  return known.has(baseType)
}
