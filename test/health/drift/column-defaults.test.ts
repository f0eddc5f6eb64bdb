import { describe, expect, it } from 'vitest'
import { isOtherDefault } from '../../../src/health/drift/column-defaults.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

/** Type, default in the database, default as a project declares it. */
type Row = readonly [type: string, actual: string, declared: string]

const equal: readonly Row[] = [
  ['int', '0', "'0'"],
  ['int', '-1', '-1'],
  ['bigint', '9007199254740993', "'9007199254740993'"],
  ['numeric(10)', '5', '5.0'],
  ['numeric(10, 2)', "'1.50'", '1.5'],
  ['numeric', '1e3', '1000'],
  ['float8', '1', '1.0'],
  ['float4', '0.1', "'0.1'"],
  ['bool', "'t'", 'true'],
  ['bool', 'false', "'off'"],
  ['text', "'it''s'", "E'it\\'s'"],
  ['text', "'x'", '$$x$$'],
  ['text', "'x'", "'x'::text"],
  ['varchar(20)', 'null::varchar', 'NULL'],
  ['char(3)', "'x'", "'x  '"],
  ['mood', "'two words'", "'two words'::mood"],
  ['text[]', "array['a b', 'c']", '\'{"a b",c}\''],
  ['text[]', "array['a b', 'c']", "ARRAY['a b'::text, 'c']"],
  ['text[]', 'array[]::text[]', "'{}'"],
  ['int[][]', "'{{1,2},{3,4}}'", 'ARRAY[[1,2],[3,4]]'],
  ['bool[]', "'{t,f}'", "'{true,false}'"],
  ['mood[]', "'{sunny}'", "ARRAY['sunny'::mood]"],
  ['numeric(10, 2)[]', "'{1.50}'", "'{1.5}'"],
  ['jsonb', '\'{"b": 1, "a": [true]}\'', '\'{"a":[true],"b":1}\''],
  ['json', "'[]'", "'[ ]'::json"],
  ['date', "'2020-01-02'", "date '2020-01-02'"],
  ['time', "'10:00'", "'10:00:00'"],
  ['time(3)', "'10:00:00.5'", "'10:00:00.500'"],
  ['timetz', "'10:00+01'", "'10:00:00+01:00'"],
  ['timestamp', "'2020-01-02 03:04:05'", "'2020-01-02T03:04:05Z'"],
  ['timestamptz', "'2020-01-02 03:04:05+02'", "'2020-01-02T01:04:05.000Z'"],
  ['interval', "'24 hours'", "'24:00:00'"],
  ['interval', "'60 minutes'", "interval '1 hour'"],
  ['interval', "'P1Y2M3DT4H5M6S'", "'1 year 2 mons 3 days 04:05:06'"],
  ['interval', "'1.5 hours'", "'90 min'"],
  ['interval', "'1 week -1 day'", "'6 days'"],
  ['uuid', "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  ['bytea', "'\\x1F'", "'\\x1f'"],
  ['bit(3)', "B'101'", "'101'"],
  ['varbit', "X'1F'", "B'00011111'"],
  ['inet', "'10.0.0.1/32'", "'10.0.0.1'"],
  ['macaddr', "'08-00-2b-01-02-03'", "'08:00:2b:01:02:03'"],
  ['timestamptz', 'now()', 'CURRENT_TIMESTAMP'],
  ['timestamp', 'localtimestamp', 'now()'],
  ['timestamptz', 'current_timestamp(3)', 'CURRENT_TIMESTAMP(3)'],
  ['timestamptz', "now() + interval '1 day'", "now() + '1 day'::interval"],
  ['timestamp', "now() at time zone 'utc'", "(now() AT TIME ZONE 'utc')"],
  ['date', 'current_date', 'CURRENT_DATE'],
  ['uuid', 'uuid_generate_v4()', 'uuid_generate_v4()'],
  ['uuid', 'uuid_generate_v4()', 'public.uuid_generate_v4()'],
  ['text', 'ids.make()', 'make()'],
  ['text', 'ids."Odd-Name"()', '"Odd-Name"()'],
  ['text', "lower('ABC')", "LOWER('ABC')"],
  ['text', 'current_user', 'user'],
  // what only the server can tell is no drift
  ['timestamp', "'now'", "'now'"],
  ['int', '1 + 1', '2'],
  ['point', "'(1,2)'", "'1,2'"],
  ['jsonb', '\'{"id": 9007199254740993}\'', '\'{"id":9007199254740993}\''],
  ['money', "'1.00'", "'1'"],
  ['int4range', "'[1,3)'", "'[1,2]'"],
  ['timestamptz', "'2020-01-02 03:04:05'", "'2020-01-02 03:04:05'"],
]

const different: readonly Row[] = [
  ['int', '0', '1'],
  ['numeric', '1.50', '1.51'],
  ['text', "'1.0'", "'1'"],
  ['text', "'true'", "'t'"],
  ['bool', 'true', 'false'],
  ['text[]', "'{a,b}'", '\'{"a,b"}\''],
  ['int[]', "'{1,2}'", "'{2,1}'"],
  ['jsonb', '\'{"a": 1}\'', '\'{"a":2}\''],
  ['interval', "'1 day'", "'2 days'"],
  ['time', "'10:00'", "'10:00:01'"],
  ['timestamptz', "'2020-01-02 03:04:05+02'", "'2020-01-02T03:04:05Z'"],
  ['date', "'2020-01-02'", "'2020-01-03'"],
  ['mood', "'sunny'", "'two words'"],
  ['uuid', 'gen_random_uuid()', 'uuid_generate_v4()'],
  ['text', 'ids.make()', 'public.make()'],
  ['timestamptz', 'now()', "'2020-01-01T00:00:00Z'"],
  ['timestamptz', 'now()', 'clock_timestamp()'],
  ['bit(3)', "B'101'", "'111'"],
]

/** Returns the rows whose defaults differ, after PostgreSQL has stored and printed the actual ones. */
async function findDifferent(rows: readonly Row[]): Promise<string[]> {
  const { sql } = await createSharedDatabase()
  try {
    const columns = rows.map(([type, actual], at) => `c${at} ${type} default (${actual})`)
    await sql.unsafe(`create schema ids; create type mood as enum ('sunny', 'two words');
      create function uuid_generate_v4() returns uuid language sql as 'select gen_random_uuid()';
      create function ids.make() returns text language sql as 'select ''x''';
      create function make() returns text language sql as 'select ''x''';
      create function ids."Odd-Name"() returns text language sql as 'select ''x''';
      create table t (${columns.join(', ')})`)
    const { tables } = await readCatalog(postgresDatabase(sql))
    const found = new Map(tables[0]?.columns.map((column) => [column.name, column]))
    return rows.flatMap(([type, actual, declared], at) => {
      const column = found.get(`c${at}`)
      if (!column) throw new Error(`No column for ${actual}`)
      const isOther = isOtherDefault(declared, column.default, column)
      return isOther ? [`${type}: ${actual}, declared ${declared}, printed ${column.default}`] : []
    })
  } finally {
    await sql.end()
  }
}

describe('isOtherDefault', () => {
  it('accepts each spelling of one value, and what only the server could compare', async () => {
    expect(await findDifferent(equal)).toEqual([])
  })

  it('finds each default that differs for certain', async () => {
    expect((await findDifferent(different)).length).toBe(different.length)
  })

  it('takes NULL for no default', () => {
    const text = { baseType: 'text', isArray: false, enum: null }
    expect(isOtherDefault(null, 'NULL::character varying', text)).toBe(false)
    expect(isOtherDefault('null', null, text)).toBe(false)
    expect(isOtherDefault(null, "'x'::text", text)).toBe(true)
    expect(isOtherDefault("'x'", null, text)).toBe(true)
  })
})
