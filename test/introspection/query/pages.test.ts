import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create type mood as enum ('sad', 'glad');
  create table groups (id int primary key, name text);
  create table entries (
    id bigint primary key, group_id int references groups, mood mood, ratio float8, price numeric, at timestamptz,
    name text collate "C", done bool, span interval, bits bytea, code char(5)
  );
  insert into groups select n, case when n < 3 then 'g' || n end from generate_series(1, 4) n;
  insert into entries select n, nullif(n % 5, 0), (case n % 3 when 0 then 'sad' when 1 then 'glad' end)::mood,
    case n % 4 when 0 then null when 1 then 'NaN' when 2 then '-Infinity' else 1 / n::float8 end,
    case when n % 6 = 0 then null else n / 7::numeric end,
    timestamptz '2024-01-01 00:00:00.000001+00' + (n % 7) * interval '1 microsecond',
    case when n % 5 = 1 then null else chr(32 + n % 9) || '"\\' end, n % 2 = 0, (n % 4) * interval '1 month 2 days 3.000001 s',
    decode(to_hex(160 + n % 5), 'hex'), (n % 3)::text
    from generate_series(1, 60) n;
  create table keyless (v int, w int);
  insert into keyless select n % 3, n from generate_series(1, 20) n;
  create table pairs (a int, b text, primary key (a, b));
  insert into pairs select n % 4, n::text from generate_series(1, 20) n;
  create table parents (id int primary key);
  create table children () inherits (parents);
  insert into parents values (1), (2);
  insert into children values (1), (3);
`

describePostgres('pages of a plan', ({ createDatabase }) => {
  let sql: Sql
  let studio: ReturnType<typeof createQueryStudio>
  beforeAll(async () => {
    const connection = { TimeZone: 'Asia/Kolkata', DateStyle: 'SQL, DMY', extra_float_digits: -5 }
    sql = (await createDatabase({ connection })).sql
    await sql.unsafe(tables)
    studio = createQueryStudio(sql)
  })

  /** Reads all pages by cursor; the ids in the order in which they came. */
  const follow = async (plan: object, limit: number) => {
    const ids: unknown[] = []
    let after: string | null = null
    do {
      const page = await studio.query({
        ...plan,
        pagination: { limit, ...(after ? { after } : {}) },
      })
      ids.push(...(page.rows ?? []).map(({ id, a, b }) => id ?? [a, b]))
      after = page.next_cursor
    } while (after !== null)
    return ids
  }

  it.each<[string, object[]]>([
    ['the primary key alone', []],
    ['an enum', [{ field: 'mood' }]],
    ['doubles with NaN and infinity', [{ field: 'ratio', direction: 'desc' }]],
    ['decimals, nulls first', [{ field: 'price', nulls: 'first' }]],
    ['times', [{ field: 'at', direction: 'desc' }]],
    ['texts, nulls last', [{ field: 'name', direction: 'desc', nulls: 'last' }]],
    ['a boolean and an interval', [{ field: 'done' }, { field: 'span', direction: 'desc' }]],
    ['bytes and padded text', [{ field: 'bits' }, { field: 'code', direction: 'desc' }]],
    ['a relation', [{ field: 'group.name', direction: 'desc' }, { field: 'group.id' }]],
    ['the key downwards', [{ field: 'id', direction: 'desc' }]],
  ])('sorted by %s follow each other by cursor and have every row once', async (_what, sorting) => {
    const whole = await studio.rows({ model: 'Entry', sorting, pagination: { limit: 500 } })
    for (const limit of [1, 7, 59]) {
      expect(await follow({ model: 'Entry', sorting }, limit)).toEqual(whole.map(({ id }) => id))
    }
  })

  it('of a key of two fields follow each other by cursor', async () => {
    const whole = await studio.rows({ model: 'Pair', pagination: { limit: 500 } })
    expect(await follow({ model: 'Pair' }, 6)).toEqual(whole.map(({ a, b }) => [a, b]))
  })

  it('skip no row when rows before the cursor are deleted meanwhile', async () => {
    await sql`create table queue (id int primary key)`
    await sql`insert into queue select generate_series(1, 10)`
    const other = createQueryStudio(sql)
    const first = await other.query({ model: 'Queue', pagination: { limit: 4 } })
    await sql`delete from queue where id < 4`
    const pagination = { limit: 4, after: first.next_cursor }
    expect(await other.rows({ model: 'Queue', pagination })).toEqual(
      [5, 6, 7, 8].map((id) => ({ id })),
    )
  })

  it('use the index of the key', async () => {
    const { next_cursor } = await studio.query({ model: 'Entry', pagination: { limit: 3 } })
    const pagination = { limit: 3, after: next_cursor }
    const { explanation } = await studio.query({ model: 'Entry', pagination, explain: true })
    expect(explanation?.sql).toMatch(/where \("id"\) > \(\$1\) order by "id" asc limit 4/)
  })

  it.each<[string, object, boolean]>([
    ['a table without a key', { model: 'Keyless' }, true],
    ['a sorted table without a key', { model: 'Keyless', sorting: [{ field: 'v' }] }, false],
    ['a table whose children repeat its keys', { model: 'Parent' }, true],
  ])('have no cursor in %s', async (_what, plan, unstable) => {
    const page = await studio.query({ ...plan, pagination: { limit: 1 } })
    expect(page).toMatchObject({ unstable, next_cursor: null, limited: true })
    const { next_cursor } = await studio.query({ model: 'Entry', pagination: { limit: 3 } })
    const faults = await studio.refused({ ...plan, pagination: { after: next_cursor } })
    expect(faults['pagination.after']).toMatch(/use the offset/)
  })

  it('refuse a cursor that is none, or belongs to another model or order', async () => {
    const { next_cursor } = await studio.query({ model: 'Entry', pagination: { limit: 3 } })
    const forge = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signature = JSON.parse(
      Buffer.from(next_cursor ?? '', 'base64url').toString(),
    )[1] as unknown
    for (const [plan, after] of [
      [{ model: 'Entry' }, 'nonsense'],
      [{ model: 'Entry' }, ''],
      [{ model: 'Entry' }, forge([1, signature, []])],
      [{ model: 'Entry' }, forge([1, signature, ['x']])],
      [{ model: 'Entry' }, forge([1, signature, [{}]])],
      [{ model: 'Entry' }, forge([1, signature, ['1\0']])],
      [{ model: 'Group' }, next_cursor],
      [{ model: 'Entry', sorting: [{ field: 'at' }] }, next_cursor],
      [{ model: 'Entry', sorting: [{ field: 'id', direction: 'desc' }] }, next_cursor],
      [{ model: 'Entry', pagination: { offset: 1 } }, next_cursor],
    ] as const) {
      const pagination = { ...('pagination' in plan ? plan.pagination : {}), after }
      expect(Object.keys(await studio.refused({ ...plan, pagination }))).toEqual([
        'pagination.after',
      ])
    }
  })
})
