import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { parseExactJson } from '../../../src/lib/exact-json.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'
import { postPlan } from '../../support/query.ts'

const tables = `
  create domain snowflake as bigint;
  create domain flake as snowflake check (value > 0);
  create domain cents as numeric(30, 0);
  create type money_pair as (amount numeric, id bigint);
  create table numbers (
    id flake primary key, a snowflake, b cents, c bigint[], d numeric[], e flake[], f jsonb, g json, h json[],
    i float8, j real[], k money, l money_pair, m jsonb[], n float8
  );
  insert into numbers values (
    9007199254740993, 9007199254740993, 12345678901234567890, '{9007199254740993,null}', '{{1.10},{2.50}}',
    '{9007199254740995}', '{"id": 9007199254740993, "small": 1.5, "deep": [{"n": 0.12345678901234567891}]}',
    '{"id": -9007199254740993, "text": "9007199254740993"}', array['{"n": 9007199254740993}'::json],
    0.1, '{0.5}', 1.5, row(1.10, 9007199254740993), array['{"n": 9007199254740993}'::jsonb], 1e300
  ), (9007199254740992, 1, 1, '{}', '{}', '{}', '{}', '{}', '{}', 1, '{}', 1, null, '{}', 1);
  create table documents (id int primary key, body json);
  insert into documents values (1, '{"a": 1}'), (2, '{"a": "\\u0000"}'), (3, '  [ 1 ]');
  create table keyless (v int, w text, at json);
  insert into keyless select 1, n::text, '{}' from generate_series(1, 40) n;
  create table emails (email text not null unique, v int);
  create table secrets (token text primary key, note text);
  create table points (id int primary key, at point, n int, facts json, id2 uuid);
  create table private (id int primary key);
`

describePostgres('The values of a query', ({ createDatabase }) => {
  let studio: Studio
  let sql: Awaited<ReturnType<typeof createDatabase>>['sql']
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
    studio = open(databaseModels())
  })

  const open = (models: ReturnType<typeof databaseModels>, database = postgresDatabase(sql)) =>
    new Studio([], {
      project: sampleProject({ apps: [{ label: 'a', models }], resources: [] }),
      database,
      allow: ['read_data'],
      onError: () => undefined,
    })
  const rowsOf = async (plan: object, of = studio) => {
    const { status, body } = await postPlan(of, plan)
    expect([status, body.detail]).toEqual([200, undefined])
    return body.rows ?? []
  }

  it('keep every digit in domains, arrays, composites and JSON', async () => {
    const [, row] = await rowsOf({ model: 'Number', sorting: [{ field: 'id' }] })
    expect(row).toEqual({
      id: '9007199254740993',
      a: '9007199254740993',
      b: '12345678901234567890',
      c: ['9007199254740993', null],
      d: [['1.10'], ['2.50']],
      e: ['9007199254740995'],
      f: { id: '9007199254740993', small: 1.5, deep: [{ n: '0.12345678901234567891' }] },
      g: { id: '-9007199254740993', text: '9007199254740993' },
      h: [{ n: '9007199254740993' }],
      i: 0.1,
      j: [0.5],
      k: '$1.50',
      l: { amount: 1.1, id: '9007199254740993' },
      m: [{ n: '9007199254740993' }],
      n: 1e300,
    })
  })

  it('keep every digit where a zod model declares another type', async () => {
    const Number_ = z
      .object({ id: z.string(), a: z.int(), c: z.array(z.int()) })
      .meta({ table: 'numbers' })
    const declared = open(zodModels({ Number_ }))
    const rows = await rowsOf({ model: 'Number_', sorting: [{ field: 'a' }] }, declared)
    expect(rows[1]).toEqual({
      id: '9007199254740993',
      a: '9007199254740993',
      c: ['9007199254740993', null],
    })
  })

  it('name the same row again in a filter, and a number that lost digits is refused', async () => {
    const [, row] = await rowsOf({ model: 'Number', sorting: [{ field: 'id' }] })
    const again = await rowsOf({ model: 'Number', filters: [{ field: 'id', value: row?.['id'] }] })
    expect(again).toEqual([row])
    const plan = '{"model":"Number","filters":[{"field":"id","value":9007199254740993}]}'
    const { status, body } = await postPlan(studio, plan)
    expect([status, body.detail]).toEqual([
      400,
      'The value of "id" has lost digits as a JSON number: send it as text',
    ])
  })

  it('hold JSON that only the type json can store', async () => {
    expect(await rowsOf({ model: 'Document' })).toEqual([
      { id: 1, body: { a: 1 } },
      { id: 2, body: { a: '\u0000' } },
      { id: 3, body: [1] },
    ])
  })

  it('fill sorted pages of a table without a key without overlap, also when rows move', async () => {
    const seen: unknown[] = []
    for (const offset of [0, 10, 20, 30]) {
      const sorting = [{ field: 'v' }]
      const rows = await rowsOf({ model: 'Keyless', sorting, pagination: { limit: 10, offset } })
      seen.push(...rows.map(({ w }) => w))
      await sql`update keyless set v = 1 where w in ('1', '2', '3')`
    }
    expect(new Set(seen).size).toBe(40)
  })

  it.each([
    ['a table without a key', { model: 'Keyless' }, true],
    ['a table whose key is hidden', { model: 'Secret' }, true],
    ['a table with a unique column', { model: 'Email' }, false],
    ['a table with a key', { model: 'Point' }, false],
    ['a sorted table without a key', { model: 'Keyless', sorting: [{ field: 'w' }] }, false],
  ])('say of %s whether its pages are stable', async (_what, plan, unstable) => {
    const { body } = await postPlan(studio, plan)
    expect(body).toMatchObject({ unstable })
  })

  it('that the server refuses are named, each with its field and type', async () => {
    const filters = [
      { field: 'n', value: 'soon' },
      { field: 'id', value: 1 },
      { field: 'at', value: '(1,2)' },
      { field: 'id2', value: 'zz' },
    ]
    const { status, body } = await postPlan(studio, {
      model: 'Point',
      filters,
      sorting: [{ field: 'id' }, { field: 'facts' }],
    })
    expect(status).toBe(400)
    const { details } = (body as unknown as { error: { details: object[] } }).error
    expect(details).toEqual([
      { path: 'filters.0.value', message: 'a value does not fit its field: "n" (integer)' },
      { path: 'filters.2.value', message: 'the lookup exact is not possible: "at" (point)' },
      { path: 'filters.3.value', message: 'a value does not fit its field: "id2" (uuid)' },
      { path: 'sorting.1.field', message: 'sorting is not possible: "facts" (json)' },
    ])
  })

  it('of a table that the role may not read are refused with 403', async () => {
    const role = `reader_${crypto.randomUUID().slice(0, 8)}`
    await sql.unsafe(`create role ${role}; grant usage on schema public to ${role}`)
    const database = postgresDatabase(sql)
    const limited = open(databaseModels(), {
      ...database,
      query: async () => {
        await sql.begin(async (transaction) => {
          await transaction.unsafe(`set local role ${role}`)
          await transaction`select * from private`
        })
        throw new Error('the role may read the table')
      },
    })
    const { status, body } = await postPlan(limited, { model: 'Private' })
    expect([status, body.detail]).toEqual([
      403,
      'The role of the database may not read the model "Private"',
    ])
  })

  it('with names of more than 200 letters are refused in a short answer', async () => {
    const { status, body } = await postPlan(studio, { model: 'x'.repeat(300_000) })
    expect(status).toBe(400)
    expect(JSON.stringify(body).length).toBeLessThan(1_000)
  })
})

describe('parseExactJson()', () => {
  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', '9007199254740993'],
    ['1e2', 100],
    ['1e400', '1e400'],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.1000000000000000055', '0.1000000000000000055'],
    ['[-0.5,"1",{"2":3}]', [-0.5, '1', { 2: 3 }]],
    ['"\\"9007199254740993"', '"9007199254740993'],
    ['1.0000000000000000', 1],
  ])('reads %s as a number only if a double holds it', (text, value) => {
    expect(parseExactJson(text)).toEqual(value)
  })
})
