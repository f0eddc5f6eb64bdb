import { describe, expect, it } from 'vitest'
import { matchSqlType } from '../../../src/health/drift/column-types.ts'
import { compareExpressions } from '../../../src/health/drift/expressions.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

/** Returns the types of the columns of a table as PostgreSQL prints them. */
async function printTypes(types: readonly string[]): Promise<readonly string[]> {
  const { sql } = await createSharedDatabase()
  try {
    await sql.unsafe(`create schema dd; create type dd."user-role" as enum ('a');
      create type vector as (x float8); create table t (${types.map((type, at) => `c${at} ${type}`).join(', ')})`)
    const { tables } = await readCatalog(postgresDatabase(sql))
    return tables[0]?.columns.map(({ type }) => type) ?? []
  } finally {
    await sql.end()
  }
}

/** Returns the conditions of partial indexes as PostgreSQL prints them. */
async function printConditions(conditions: readonly string[]): Promise<readonly string[]> {
  const { sql } = await createSharedDatabase()
  try {
    const indexes = conditions.map(
      (condition, at) =>
        `create index i${String(at).padStart(3, '0')} on t (id) where ${condition};`,
    )
    await sql.unsafe(`create type mood as enum ('sunny', 'dark');
      create table t (id int, name varchar(20), note text, price numeric(10,2), mood mood, at timestamptz, day date, data jsonb, "createdAt" int, active bool, tags text[]);
      ${indexes.join('\n')}`)
    const { tables } = await readCatalog(postgresDatabase(sql))
    return tables[0]?.indexes.map(({ predicate }) => predicate ?? '') ?? []
  } finally {
    await sql.end()
  }
}

describe('matchSqlType', () => {
  const same = [
    ['numeric(10)', 'numeric(10,0)'],
    ['decimal', 'numeric'],
    ['char', 'char(1)'],
    ['bit', 'bit(1)'],
    ['bpchar', 'bpchar'],
    ['"char"', '"char"'],
    ['float(10)', 'real'],
    ['float', 'double precision'],
    ['timestamp', 'timestamp(6)'],
    ['timestamp (3) with time zone', 'timestamptz(3)'],
    ['time(0)', 'time(0) without time zone'],
    ['interval', 'interval(6)'],
    ['interval day to second(3)', 'interval day to second(3)'],
    ['varchar(10)[]', 'character varying(10)[]'],
    ['user-role', 'dd."user-role"'],
    ['dd."user-role"', 'dd."user-role"'],
    ['integer[][]', 'int[]'],
    ['bigserial', 'bigint'],
  ] as const
  const related = [
    ['varchar', 'varchar(10)'],
    ['varchar(20)', 'varchar(10)'],
    ['numeric', 'numeric(5,2)'],
    ['numeric(5)', 'numeric(5,2)'],
    ['timestamp', 'timestamp(0)'],
    ['time(3)', 'time'],
    ['bit(3)', 'bit'],
    ['interval', 'interval year'],
    ['json', 'jsonb'],
  ] as const

  it('accepts each spelling of one type', async () => {
    const printed = await printTypes(same.map(([, type]) => type))
    const wrong = same.filter(
      ([declared], at) => matchSqlType(declared, { type: printed[at] ?? '' }) !== 'same',
    )
    expect(wrong).toEqual([])
  })

  it('finds each modifier that differs, also one that is not declared', async () => {
    const printed = await printTypes(related.map(([, type]) => type))
    const wrong = related.filter(
      ([declared], at) => matchSqlType(declared, { type: printed[at] ?? '' }) !== 'related',
    )
    expect(wrong).toEqual([])
  })

  it('compares modifiers of a type from an extension only as numbers', () => {
    expect(matchSqlType('vector(3)', { type: 'public.vector(3)' })).toBe('same')
    expect(matchSqlType('vector(3)', { type: 'public.vector(4)' })).toBe('related')
    expect(matchSqlType('geometry(point)', { type: 'public.geometry(Point,4326)' })).toBe('same')
  })
})

describe('compareExpressions', () => {
  const same = [
    ['price > 5'],
    ['"t"."price" > 5 and active'],
    ["note like 'a%'"],
    ["note not ilike 'a%'"],
    ["name = 'x'"],
    ["mood = 'sunny'"],
    ["mood in ('sunny', 'dark')"],
    ["name in ('x', 'y')"],
    ['price != -1'],
    ['"createdAt" is not null'],
    ["(data ->> 'kind') = 'a'"],
    ["coalesce(name, 'none') <> ''"],
    ['not active'],
    ['price between 1 and 2'],
    ["at > '2020-01-01'"],
    ["day = '2020-01-01'"],
    ["note similar to 'a'"],
    ['extract(year from day) > 2000'],
    ["tags @> array['a']"],
    ['(price * 2) > (id + 1)'],
    ['case when active then id else 1 end > 0'],
    ["lower(name) || note = 'x'"],
    ['at is distinct from null'],
  ] as const
  const different = [
    ['price > 5', 'price > 100'],
    ['price > 5', 'price >= 5'],
    ["lower(name) = 'x'", "upper(name) = 'x'"],
    ["note like 'a%'", "note like 'b%'"],
    ["mood = 'sunny'", "mood = 'dark'"],
    ['"createdAt" is not null', '"createdAt" is null'],
    ['active', 'not active'],
    ["(data ->> 'kind') = 'a'", "(data ->> 'sort') = 'a'"],
    ['price > 5 and active', 'price > 5 or active'],
    ['price > 5', 'id > 5'],
  ] as const

  it('never calls an expression different from what PostgreSQL prints for it', async () => {
    const printed = await printConditions(same.map(([condition]) => condition))
    const wrong = same.filter(
      ([condition], at) => compareExpressions(condition, printed[at] ?? '') === 'different',
    )
    expect(wrong).toEqual([])
  })

  it('finds expressions that differ for certain', async () => {
    const printed = await printConditions(different.map(([, actual]) => actual))
    const wrong = different.filter(
      ([declared], at) => compareExpressions(declared, printed[at] ?? '') !== 'different',
    )
    expect(wrong).toEqual([])
  })
})
