import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { defineProject } from '../../src/index.ts'
import { databaseModels, postgresDatabase, sqlMigrations } from '../../src/postgres.ts'
import { createTestStudio, memoryFiles } from '../support/project.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

const role = `odd_${crypto.randomUUID().replaceAll('-', '')}`

const statements = String.raw`
  create type mood as enum ('ok', 'sad');
  create table authors (id bigint primary key, name text not null check (name <> 'a\b'), mood mood default 'ok',
    born date default '2001-02-03', seen timestamptz not null default '2024-01-02 03:04:05+00',
    pause interval default '1 day 02:00', icon bytea default '\x00ff', price money default 12.5,
    ratio float8 default 0.1, tags text[] default '{"a b",c}', extra jsonb default '{"k": [1.50]}');
  create table events (id int, at timestamptz not null, note text) partition by range (at);
  create table events_2024 partition of events for values from ('2024-01-01 00:00+00') to ('2025-01-01 00:00+00');
  create index on authors (id) where seen > '2024-01-01 00:00+00';
  create view adults as select id, name from authors where born < '2010-01-01';
  alter table authors enable row level security; create policy own on authors using (name = current_user or true);
  comment on column authors.name is 'The Name';
  insert into authors (id, name) values (9007199254740993, 'x'), (2, 'Y');
  insert into authors (id, name, seen, mood) values (3, 'z', 'infinity', null);
  create role ${role} login password 'x'; grant select on all tables in schema public to ${role};`

let admin: Sql
let url = ''
let usual: Record<string, unknown> = {}
beforeAll(async () => {
  ;({ sql: admin, url } = await createSharedDatabase())
  await admin.unsafe(statements)
  usual = await readAll(postgres(url, { max: 3 }))
})
afterAll(async () => {
  await admin.unsafe(`drop owned by ${role}; drop role ${role}`)
  await admin.end()
})

/** Reads every kind of answer over a pool, and ends the pool. */
async function readAll(sql: Sql): Promise<Record<string, unknown>> {
  const files = memoryFiles({ '001_first.sql': 'select 1' })
  const studio = createTestStudio({
    allow: ['read_data'],
    database: postgresDatabase(sql),
    project: defineProject({
      name: 'Shop',
      apps: [{ label: 'shop', models: databaseModels(), migrations: sqlMigrations(files) }],
    }),
  })
  const { checksums } = (await studio.get('/studio/handshake')) as {
    checksums: Record<string, string>
  }
  const { models } = (await studio.get('/ai/context/full')) as { models: unknown[] }
  const health = (await studio.get('/ai/schema/health')) as Record<string, unknown>
  const answers = {
    schema: checksums['schema_checksum'],
    versions: checksums['migrations_checksum'],
    models,
    issues: health['issues'],
    migrations: await studio.get('/studio/migrations'),
    rows: await ask('Author'),
    events: await ask('Event'),
  }
  await sql.end({ timeout: 1 })
  return answers

  async function ask(model: string) {
    const request = new Request('http://studio.test/ai/query/execute', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, sorting: [{ field: 'id' }] }),
    })
    const answer = await studio.studio.fetch(request)
    return ((await answer.json()) as { rows: unknown }).rows
  }
}

const shout = (text: string) => text.toUpperCase()
const everyType = [16, 20, 21, 23, 25, 114, 700, 701, 1043, 1082, 1114, 1184, 1700, 3802, 19, 26]
const formats = {
  DateStyle: 'German, DMY',
  IntervalStyle: 'iso_8601',
  TimeZone: 'Asia/Kathmandu',
  standard_conforming_strings: 'off',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  quote_all_identifiers: 'on',
  row_security: 'off',
}

const pools: Record<string, object> = {
  'transform: postgres.camel': { transform: postgres.camel },
  'transform: postgres.pascal': { transform: postgres.pascal },
  'a transform of column names': { transform: { column: { from: shout } } },
  'a transform of null': { transform: { value: { from: (value: unknown) => value ?? undefined } } },
  'a transform of every value': { transform: { value: { from: () => 'x' } } },
  'a transform of rows': { transform: { row: { from: (row: object) => ({ row }) } } },
  'a transform of rows into nothing': { transform: { row: { from: () => null } } },
  'parsers of every type': {
    types: { all: { to: 25, from: everyType, parse: shout, serialize: shout } },
  },
  'bigint as BigInt': { types: { bigint: postgres.BigInt } },
  'no fetched types': { fetch_types: false },
  'no prepared statements': { prepare: false },
  'one connection': { max: 1 },
  'odd formats': { connection: formats },
  'another search path': { connection: { search_path: 'nowhere' } },
  'a search path with PostgreSQL last': { connection: { search_path: 'public, pg_catalog' } },
}

it('a usual pool reads all kinds of answers', () => {
  expect(usual).toMatchObject({
    rows: [{}, {}, {}],
    events: [],
    issues: expect.anything() as object,
  })
})

it.each(Object.entries(pools))('a pool with %s changes no answer', async (_name, options) => {
  expect(await readAll(postgres(url, { max: 3, ...options } as never))).toEqual(usual)
})

it('the settings of a role change no answer', async () => {
  const mine = new URL(url)
  mine.username = role
  mine.password = 'x'
  const plain = await readAll(postgres(mine.href, { max: 3 }))
  for (const [name, value] of Object.entries(formats)) {
    if (name !== 'row_security') await admin.unsafe(`alter role ${role} set ${name} = '${value}'`)
  }
  expect(await readAll(postgres(mine.href, { max: 3 }))).toEqual(plain)
  expect(plain['schema']).toBe(usual['schema'])
})

it('a pool keeps its own settings', async () => {
  const sql = postgres(url, { max: 1, connection: { DateStyle: 'German, DMY' } as never })
  await postgresDatabase(sql).read({ one: 'select 1' })
  expect(await sql`show datestyle`).toEqual([{ DateStyle: 'German, DMY' }])
  await sql.end()
})
