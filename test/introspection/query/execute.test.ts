import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { queryResultSchema } from '../../../src/introspection/query/execute.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

/** Sends a plan to a studio. */
async function post(studio: Studio, plan: unknown) {
  const response = await studio.fetch(
    new Request('http://studio.test/ai/query/execute', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof plan === 'string' ? plan : JSON.stringify(plan),
    }),
  )
  return { status: response.status, body: (await response.json()) as { detail?: string } }
}

const tables = `
  create table authors (id int primary key, name text not null, password_hash text);
  create table books (
    id uuid primary key default gen_random_uuid(), title varchar(80) not null, year int,
    price numeric(10,2), pages bigint, sold boolean, tags text[], facts jsonb, cover bytea,
    printed date, added_at timestamptz, author_id int references authors
  );
  create table "odd ""table" ("select" int primary key, "a b" text);
  insert into authors values (1, 'Ada', 'hush'), (2, 'Bel', 'hush');
  insert into books (id, title, year, price, pages, sold, tags, facts, cover, printed, added_at, author_id)
  values ('00000000-0000-4000-8000-000000000001', 'A% of_it\\all', 2019, 19.90, 9007199254740993, true,
      '{a,b}', '{"k": [1]}', '\\x00ff', '2019-02-28', '2020-01-01 12:00:00.123456+02', 1),
    ('00000000-0000-4000-8000-000000000002', 'b', 2020, 7.5, 2, false, null, null, null, null, null, 1),
    ('00000000-0000-4000-8000-000000000003', 'C', null, null, 3, null, null, null, null, null, null, 2);
  insert into "odd ""table" values (1, 'x');
`

describePostgres('POST /ai/query/execute', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase({ connection: { TimeZone: 'Asia/Kolkata', DateStyle: 'SQL' } })).sql
    await sql.unsafe(tables)
    const names = { 'odd "table': 'Odd' }
    const apps = [{ label: 'library', models: databaseModels({ names }) }]
    const project = sampleProject({ apps, resources: [] })
    studio = new Studio([], { allow: ['read_data'], project, database: postgresDatabase(sql) })
  })

  const query = async (plan: object) => {
    const { status, body } = await post(studio, plan)
    expect([status, body.detail]).toEqual([200, undefined])
    const result = queryResultSchema.parse(body)
    return { ...result, rows: result.rows ?? [] }
  }
  const titles = async (...filters: [field: string, lookup: string, value: unknown][]) => {
    const { rows } = await query({
      model: 'Book',
      filters: filters.map(([field, lookup, value]) => ({ field, lookup, value })),
      sorting: [{ field: 'title' }],
    })
    return rows.map(({ title }) => title).join(' ')
  }
  const first = 'A% of_it\\all'

  it('a query returns rows together with the plan, whose defaults are filled in', async () => {
    const { plan, rows, count, limited } = await query({ model: 'library.Author' })
    expect(plan).toEqual({
      model: 'library.Author',
      filters: [],
      sorting: [],
      pagination: { limit: 50, offset: 0 },
      select_fields: null,
      debug_notes: null,
    })
    expect(rows).toEqual([
      { id: 1, name: 'Ada' },
      { id: 2, name: 'Bel' },
    ])
    expect([count, limited]).toEqual([2, false])
  })

  it('a query returns exact numbers as text and times as ISO 8601 in UTC', async () => {
    const { rows } = await query({ model: 'Book', pagination: { limit: 1 } })
    expect(rows[0]).toEqual({
      id: '00000000-0000-4000-8000-000000000001',
      title: first,
      year: 2019,
      price: '19.90',
      pages: '9007199254740993',
      sold: true,
      tags: ['a', 'b'],
      facts: { k: [1] },
      cover: '\\x00ff',
      printed: '2019-02-28',
      added_at: '2020-01-01T10:00:00.123456+00:00',
      author_id: 1,
    })
  })

  it.each<[string, [string, string, unknown], string]>([
    ['text', ['title', 'exact', 'b'], 'b'],
    ['a number', ['year', 'exact', 2019], first],
    ['a boolean', ['sold', 'exact', true], first],
    ['the other boolean', ['sold', 'exact', false], 'b'],
    ['null', ['year', 'exact', null], 'C'],
    ['an identifier', ['id', 'exact', '00000000-0000-4000-8000-000000000003'], 'C'],
    ['a foreign key', ['author_id', 'exact', 1], `${first} b`],
    ['a date', ['printed', 'lt', '2019-03-01'], first],
    ['a time', ['added_at', 'gte', '2020-01-01T10:00:00.123456Z'], first],
    ['a decimal', ['price', 'gt', 7.5], first],
    ['at most a decimal', ['price', 'lte', '7.50'], 'b'],
    ['one of several', ['year', 'in', [2020, 2021]], 'b'],
    ['an empty list', ['year', 'in', []], ''],
    ['being null', ['year', 'isnull', true], 'C'],
    ['not being null', ['year', 'isnull', false], `${first} b`],
    ['a part, case-sensitively', ['title', 'contains', 'c'], ''],
    ['a part, ignoring case', ['title', 'icontains', 'c'], 'C'],
    ['literal wildcards', ['title', 'contains', '% of_it\\'], first],
    ['literal quotes', ['title', 'exact', `'; drop table books; --`], ''],
  ])('a filter by %s finds the right rows', async (_what, filter, found) => {
    const order = await titles(filter)
    expect(order.split(' ').sort()).toEqual(found.split(' ').sort())
  })

  it('a query combines filters with AND', async () => {
    expect(await titles(['author_id', 'exact', 1], ['year', 'gte', 2020])).toBe('b')
  })

  it('a query pages without overlap; `limited` is true exactly if more rows follow', async () => {
    const page = (offset: number, limit = 2) =>
      query({ model: 'Book', sorting: [{ field: 'sold' }], pagination: { limit, offset } })
    const [one, two, full] = [await page(0), await page(2), await page(0, 3)]
    expect([one.limited, two.limited, full.limited]).toEqual([true, false, false])
    expect([one.count, two.count, full.count]).toEqual([2, 1, 3])
    const seen = [...one.rows, ...two.rows].map(({ id }) => id)
    expect(new Set(seen).size).toBe(3)
  })

  it('a query sorts by several fields, in both directions', async () => {
    const sorting = [{ field: 'author_id', direction: 'desc' }, { field: 'year' }]
    const { rows } = await query({ model: 'Book', sorting, select_fields: ['title'] })
    expect(rows.map(({ title }) => title)).toEqual(['C', first, 'b'])
  })

  it('a query returns the selected fields and the primary key', async () => {
    const { rows } = await query({ model: 'Author', select_fields: ['name', 'name'] })
    expect(rows[0]).toEqual({ id: 1, name: 'Ada' })
  })

  it('a query quotes unusual names of tables and columns', async () => {
    const filters = [{ field: 'a b', value: 'x' }]
    expect((await query({ model: 'Odd', filters })).rows).toEqual([{ select: 1, 'a b': 'x' }])
  })

  it('a query treats a sensitive field like an unknown one', async () => {
    const text = JSON.stringify((await query({ model: 'Author' })).rows)
    expect(text).not.toMatch(/password|hush/)
    for (const plan of [
      { filters: [{ field: 'password_hash', lookup: 'contains', value: 'h' }] },
      { sorting: [{ field: 'password_hash' }] },
      { select_fields: ['password_hash'] },
    ]) {
      const { status, body } = await post(studio, { model: 'Author', ...plan })
      expect([status, body.detail]).toEqual([
        400,
        'Model "Author" has no field "password_hash". Fields: id, name',
      ])
    }
    const context = await studio.fetch(new Request('http://studio.test/ai/context/full'))
    expect(await context.text()).not.toContain('password_hash')
  })

  it.each<[string, object | string, RegExp]>([
    ['an empty plan', {}, /^Invalid query plan: model/],
    ['a body that is not JSON', 'select 1', /JSON/],
    ['an unknown key', { model: 'Book', where: [] }, /^Invalid query plan: .*where/],
    ['an unknown nested key', { model: 'Book', pagination: { page: 1 } }, /page/],
    ['a limit of 0', { model: 'Book', pagination: { limit: 0 } }, /limit/],
    ['a limit of 501', { model: 'Book', pagination: { limit: 501 } }, /limit/],
    ['an offset below 0', { model: 'Book', pagination: { offset: -1 } }, /offset/],
    ['a filter without a value', { model: 'Book', filters: [{ field: 'id' }] }, /value/],
    ['an unknown model', { model: 'Film' }, /"Film" not found\. Models: Author, Book, Odd/],
    ['a table in place of a model', { model: 'pg_authid' }, /not found/],
    ['an unknown filter field', filter('nope', 'exact', 1), /"nope"\. Fields: id, title, year/],
    ['an unknown sorting field', { model: 'Book', sorting: [{ field: 'nope' }] }, /"nope"/],
    ['an unknown selected field', { model: 'Book', select_fields: ['nope'] }, /"nope"/],
    ['an SQL field', filter('id" = id or "id', 'exact', 1), /has no field/],
    ['an unknown lookup', filter('title', 'startswith', 'a'), /"startswith"\. Lookups: exact, gt/],
    ['an inherited lookup', filter('title', 'constructor', 'a'), /Unsupported lookup/],
    ['a list for exact', filter('title', 'exact', ['a']), /"title"/],
    ['a text for in', filter('title', 'in', 'a'), /must be a list/],
    ['a text for isnull', filter('title', 'isnull', 'yes'), /true or false/],
    ['a value of the wrong type', filter('year', 'exact', 'soon'), /^Invalid query plan: a value/],
    ['a number out of range', filter('year', 'gt', 1e12), /^Invalid query plan: a value/],
    ['malformed JSON for a JSON field', { model: 'Book', filters: [lt('facts', '{')] }, /^Invalid/],
  ])('POST /ai/query/execute refuses %s with 400 and a reason', async (_what, plan, detail) => {
    const { status, body } = await post(studio, plan)
    expect(status).toBe(400)
    expect(body.detail).toMatch(detail)
    expect(body.detail).not.toMatch(/select |invalid input syntax/i)
  })

  it('a query leaves no open transaction and no changed setting', async () => {
    await query({ model: 'Book' })
    const open = sql`select 1 from pg_stat_activity where state like 'idle in transaction%'`
    expect(await open).toHaveLength(0)
    const [row] = await sql`select current_setting('TimeZone') as zone`
    expect(row).toEqual({ zone: 'Asia/Kolkata' })
  })

  it('a query that waits too long for a lock answers 503', async () => {
    await sql.unsafe(`create table slow (id int primary key)`)
    const apps = [{ label: 'a', models: zodModels({ Slow: z.object({ id: z.int() }) }) }]
    const project = sampleProject({ apps, resources: [] })
    const failures: unknown[] = []
    const slow = new Studio([], {
      allow: ['read_data'],
      project,
      database: postgresDatabase(sql),
      onError: (error) => void failures.push(error),
    })
    expect((await post(slow, { model: 'Slow' })).status).toBe(400) // the table is "slow", not "slows"
    await sql.unsafe('alter table slow rename to slows')
    await sql.begin(async (transaction) => {
      await transaction`lock table slows in access exclusive mode`
      const { status, body } = await post(slow, { model: 'Slow' })
      expect([status, body.detail]).toEqual([503, 'The query failed: a lock was not available'])
      expect(failures).toMatchObject([{ code: '55P03' }])
    })
    expect((await post(slow, { model: 'Slow' })).status).toBe(200)
  })
})

describe('the capability read_data', () => {
  it('read_data and query_execute are in the handshake with a database', async () => {
    const { get } = createTestStudio({ database: fakeDatabase() })
    expect(await get('/studio/handshake')).toMatchObject({
      capabilities: ['read_schema', 'read_data', 'read_migrations', 'ai_tools', 'ai_query'],
      endpoints: { query_execute: '/ai/query/execute' },
    })
  })

  it('POST /ai/query/execute answers 403 without a database and is not in the handshake', async () => {
    const { studio, get } = createTestStudio()
    expect((await post(studio, { model: 'Book' })).status).toBe(403)
    const { endpoints } = (await get('/studio/handshake')) as { endpoints: object }
    expect(endpoints).not.toHaveProperty('query_execute')
  })

  it('POST /ai/query/execute answers 503 without an address while the database is unavailable', async () => {
    const failure = Object.assign(new Error('10.0.0.7'), { code: 'ECONNREFUSED' })
    const ping = () => Promise.reject(failure)
    const { studio } = createTestStudio({ database: fakeDatabase({ ping }) })
    expect(await post(studio, { model: 'Book' })).toMatchObject({
      status: 503,
      body: { detail: 'The database is unavailable: connection refused' },
    })
  })
})

function filter(field: string, lookup: string, value: unknown) {
  return { model: 'Book', filters: [{ field, lookup, value }] }
}

function lt(field: string, value: unknown) {
  return { field, lookup: 'lt', value }
}
