import type { Catalog } from '../../project/catalog/catalog.ts'
import { toQualified } from '../kit/identifiers.ts'

const builtIn: ReadonlySet<string> = new Set(
  `smallint integer bigint int int2 int4 int8 smallserial serial bigserial serial2 serial4 serial8 real float float4 float8
  numeric decimal money text varchar character char bpchar name boolean bool date time timestamp timetz timestamptz interval
  uuid json jsonb jsonpath xml bytea bit varbit inet cidr macaddr macaddr8 point line lseg box path polygon circle tsvector
  tsquery oid int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange
  tsmultirange tstzmultirange datemultirange pg_lsn double`.split(/\s+/),
)

const extensionTypes: Readonly<Record<string, readonly string[]>> = {
  vector: ['vector', 'halfvec', 'sparsevec'],
  postgis: ['geometry', 'geography'],
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery'],
  cube: ['cube'],
}

/**
 * Returns a declared type as a statement can name it, with the schema of an enum, domain or extension; null for a type that the
 * database does not have.
 */
export function toTypeSql(declared: string, catalog: Catalog): string | null {
  const [, name = '', rest = ''] = /^\s*"?(.+?)"?(\s*\(.*|\s*\[.*)?$/s.exec(declared) ?? []
  const [first = ''] = name.toLowerCase().split(' ')
  if (builtIn.has(first)) return declared
  const type = findType(name.replaceAll('"', ''), catalog)
  return type && toQualified(type) + rest
}

function findType(name: string, { enums, domains, composites, extensions }: Catalog) {
  const isNamed = (type: { schema: string; name: string }) =>
    type.name === name || `${type.schema}.${type.name}` === name
  const own = [...enums, ...domains, ...composites].filter(isNamed)
  const found = own.find(({ schema }) => schema === 'public') ?? own[0]
  if (found) return found
  const extension = extensions.find((one) => extensionTypes[one.name]?.includes(name))
  return extension ? { schema: extension.schema, name } : null
}
