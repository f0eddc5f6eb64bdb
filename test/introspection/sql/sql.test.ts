import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { Studio, type StudioOptions } from '../../../src/index.ts'
import { sqlAnswerSchema } from '../../../src/introspection/sql/wire.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

const tables = `
  create table users (id int primary key, name text not null, password_hash text, balance numeric, big bigint, facts jsonb);
  create table orders (id int primary key, user_id int references users, total numeric(10,2), at timestamptz, "Odd ""name" int);
  create table internal_notes (id int primary key, text text);
  create view rich as select id, name, password_hash as p from users where balance > 1;
  create schema hidden;
  create table hidden.users (id int, secret_note text);
  create function leak(id int) returns text language sql stable as 'select password_hash from public.users limit 1';
  create function note(users) returns text language sql stable as 'select $1.password_hash';
  insert into users values (1, 'Ada', 'canary', 1.10, 9007199254740993, '{"n": 9007199254740993}'), (2, 'Bel', 'canary', 2, 1, '{}');
  insert into orders select n, 1 + n % 2, n, '2024-01-01 00:00:00.000001+00', n from generate_series(1, 20) n;
  insert into internal_notes values (1, 'canary');
  insert into hidden.users values (1, 'canary');
`

describePostgres('POST /ai/sql', ({ createDatabase }) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
  })
  const open = (options: StudioOptions = {}) => {
    const models = databaseModels({ expose: (table) => !table.startsWith('internal') })
    const project = sampleProject({ apps: [{ label: 'shop', models }], resources: [] })
    const database = postgresDatabase(sql)
    return new Studio([], {
      project,
      database,
      allow: ['ai_sql'],
      onError: () => undefined,
      ...options,
    })
  }
  const send = async (body: unknown, studio = open()) => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    const response = await studio.fetch(new Request('http://studio.test/ai/sql', init))
    const text = await response.text()
    return { status: response.status, text, body: JSON.parse(text) as { detail?: string } }
  }
  const run = async (text: string, rest: object = {}) => {
    const { status, body } = await send({ sql: text, ...rest })
    expect([status, body.detail]).toEqual([200, undefined])
    return sqlAnswerSchema.parse(body)
  }

  it('runs one SELECT and returns names, types and rows with every digit', async () => {
    const text = `
      -- the richest; first
      with sums as (select user_id, sum(total) as total, max(at) as last from orders group by 1) /* a /* nested */ comment */
      select u.id, u.name, s.total, u.big, u.facts, s.last, u.id as id from users u join sums s on s.user_id = u.id
      where u.name <> $$it's; $1$$ and u.name = $1 order by 3 desc;`
    expect(await run(text, { parameters: ['Ada'] })).toMatchObject({
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'text' },
        { name: 'total', type: 'numeric' },
        { name: 'big', type: 'bigint' },
        { name: 'facts', type: 'jsonb' },
        { name: 'last', type: 'timestamp with time zone' },
        { name: 'id', type: 'integer' },
      ],
      rows: [
        [
          1,
          'Ada',
          '110.00',
          '9007199254740993',
          { n: '9007199254740993' },
          '2024-01-01T00:00:00.000001+00:00',
          1,
        ],
      ],
      count: 1,
      limited: false,
      truncated: false,
      estimate: { cost: expect.any(Number) },
    })
  })

  it('returns at most as many rows as asked for, and says whether more follow', async () => {
    const { rows, limited } = await run('select id from public.orders order by id', { limit: 3 })
    expect([rows, limited]).toEqual([[[1], [2], [3]], true])
    expect(await run('values (1, null), (2, 3)')).toMatchObject({
      rows: [
        [1, null],
        [2, 3],
      ],
    })
    expect(await run('select id from orders where false')).toMatchObject({
      columns: [{ name: 'id' }],
      rows: [],
    })
    expect(await run(`select "Odd ""name" as "x:""y" from orders limit 1`)).toMatchObject({
      columns: [{ name: 'x:"y' }],
    })
  })

  it.each([
    ['a star', 'select * from users'],
    ['a whole row', 'select u, to_jsonb(u), row_to_json(u.*), u::text from users u'],
    [
      'a whole row in VALUES',
      'select v.* from users, lateral (values (users::text), (users::text)) v(x)',
    ],
    ['a view of a sensitive column', 'select * from rich'],
    ['a table through its schema', 'select * from public.users'],
  ])('shows no sensitive column through %s', async (_what, text) => {
    expect(JSON.stringify(await run(text))).not.toContain('canary')
  })

  it.each<[string, string]>([
    ['a sensitive column', 'select password_hash from users'],
    ['a sensitive column in a condition', `select id from users where password_hash like 'c%'`],
    ['a sensitive column of a view', 'select p from rich'],
    ['a hidden table', 'select * from internal_notes'],
    ['a table of another schema', 'select * from hidden.users'],
    ['the same, quoted', 'select * from "hidden" . "users"'],
    ['the same, with letters escaped', `select * from U&"\\0068idden".users`],
    ['a catalog', 'select rolname from pg_roles'],
    ['a catalog through its schema', 'select * from pg_catalog.pg_authid'],
    ['the information schema', 'select * from information_schema.tables'],
    ['a name of a type that shows names', `select 'internal_notes'::regclass`],
    ['a function of the project', 'select leak(1)'],
    ['a function of the project as an attribute', 'select u.note from users u'],
    ['a second statement', 'select 1; select 2'],
    ['COMMIT in front', 'commit; delete from users'],
    ['COMMIT alone', 'commit'],
    ['SET TRANSACTION', 'set transaction read write'],
    ['SET', `set statement_timeout = 0`],
    ['a statement behind a closed parenthesis', 'select 1) as a; delete from users; select (1'],
    ['a parenthesis that closes the frame', 'select 1) as "~q", (select 2'],
    ['a comment that hides the end', 'select 1) --'],
    ['a comment that does not end', 'select 1 /*'],
    ['dblink', `select dblink_exec('', 'delete from users')`],
    ['COPY', `copy (select 1) to program 'true'`],
    ['COPY to the client', 'copy users to stdout'],
    ['a file', `select pg_read_file('/etc/passwd')`],
    ['a file in LIMIT', `select 1 limit length(pg_read_file('/etc/passwd'))`],
    ['a file in VALUES', `select * from (values (pg_read_file('/etc/passwd')), ('')) v`],
    ['a file, quoted', `select "pg_read_file"('/etc/passwd')`],
    ['a file, with letters escaped', `select U&"pg\\005Fread_file"('/etc/passwd')`],
    ['a file as an attribute', `select ('/etc/hostname'::text).pg_read_file`],
    ['a file as an attribute of an item', `select (array['/etc/hostname'])[1].pg_read_file`],
    ['waiting as an attribute', 'select (0.3::float8).pg_sleep'],
    ['a large object', `select lo_from_bytea(0, '\\x00')`],
    ['NOTIFY', `select pg_notify('a', 'b')`],
    ['LISTEN', 'listen a'],
    ['an advisory lock', 'select pg_advisory_lock(1)'],
    ['text as SQL', `select query_to_xml('select * from public.users', true, true, '')`],
    ['a table as XML', `select table_to_xml('public.users', true, true, '')`],
    ['text as SQL in a search', `select ts_stat('select 1')`],
    ['a setting', `select set_config('role', 'none', true)`],
    [
      'a setting in a CTE',
      `with x as materialized (select set_config('role', 'none', true) r) select 1 from x`,
    ],
    ['reading a setting', `select current_setting('data_directory')`],
    ['the name of the user', 'select current_user'],
    ['DELETE', 'delete from users'],
    ['DELETE in a CTE', 'with x as (delete from orders returning *) select * from x'],
    ['INSERT in a CTE', 'with x as (insert into orders values (99) returning *) select * from x'],
    ['SELECT INTO', 'select 1 into copied'],
    ['FOR UPDATE', 'select id from users for update'],
    ['a temporary table', 'create temp table t (id int)'],
    ['a sequence', `select nextval('x')`],
    ['DO', 'do $$ begin delete from public.users; end $$'],
    ['EXPLAIN ANALYZE', 'explain analyze delete from users'],
    ['PREPARE', 'prepare x as select 1'],
    ['a text of a gigabyte', `select repeat('x', 1000000000)`],
    [
      'a cost above the ceiling',
      'select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b',
    ],
    ['a parameter without a value', 'select $1'],
    ['nothing', '  -- nothing'],
    ['nothing but a semicolon', ';'],
    ['a syntax error', 'select from where'],
    ['an unknown column', 'select nope from users'],
    ['no column at all', 'select from users'],
    ['a value that does not fit', `select name::int from users`],
  ])('refuses %s with 400 and changes nothing', async (_what, text) => {
    const { status, text: answer, body } = await send({ sql: text })
    expect([status, body.detail]).toEqual([400, expect.stringMatching(/^Invalid SQL: /)])
    expect(answer).not.toMatch(/canary|root:|Ada|internal_notes'|"~/)
    const [counts] =
      await sql`select (select count(*)::int from users) as users, (select count(*)::int from orders) as orders`
    expect(counts).toEqual({ users: 2, orders: 20 })
  })

  it('says of a write in WITH that a statement only reads, and of a start that TABLE is one too', async () => {
    for (const write of [
      'insert into users values (5)',
      'UPDATE users set id = 5',
      'delete from users',
    ]) {
      const { body } = await send({ sql: `with w as (${write} returning 1) select * from w` })
      expect(body.detail).toMatch(/only reads: WITH cannot contain INSERT, UPDATE/)
    }
    expect((await send({ sql: 'drop table users' })).body.detail).toMatch(/VALUES or TABLE$/)
    expect(await run('with w as (select 1 as delete) select delete from w')).toMatchObject({
      rows: [[1]],
    })
  })

  it('names every member of the body at fault', async () => {
    const { status, body } = await send({ parameters: [{}], limit: 0, query: 'select 1' })
    const { details } = (body as unknown as { error: { details: { path: string }[] } }).error
    expect(status).toBe(400)
    expect(details.map(({ path }) => path).sort()).toEqual([
      'limit',
      'parameters.0',
      'query',
      'sql',
    ])
  })

  it('runs with the rights of pg_read_all_data, under row security, and leaves no setting behind', async () => {
    await sql.unsafe(`alter table orders enable row level security`)
    expect(await run('select count(*) from orders')).toMatchObject({ rows: [['0']] })
    await sql.unsafe(`alter table orders disable row level security`)
    const [row] = await sql`select current_user as name, current_setting('search_path') as path`
    expect(row).toEqual({ name: 'postgres', path: '"$user", public' })
  })

  it('is refused with 403 and is not in the handshake unless `allow` names ai_sql', async () => {
    const closed = open({ allow: ['read_data'], auth: { token: 't' } })
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' }
    const request = new Request('http://studio.test/ai/sql', {
      method: 'POST',
      headers,
      body: '{}',
    })
    expect((await closed.fetch(request)).status).toBe(403)
    const handshake = async (studio: Studio) => {
      const response = await studio.fetch(
        new Request('http://studio.test/studio/handshake', { headers }),
      )
      return (await response.json()) as { capabilities: string[]; endpoints: object }
    }
    const enumOf = async (studio: Studio) => {
      const response = await studio.fetch(
        new Request('http://studio.test/studio/schema/handshake', { headers }),
      )
      return JSON.stringify(await response.json())
    }
    expect(JSON.stringify(await handshake(closed))).not.toMatch(/"(ai_)?sql"/)
    expect(await enumOf(closed)).not.toContain('ai_sql')
    const { capabilities, endpoints } = await handshake(open())
    expect(capabilities.at(-1)).toBe('ai_sql')
    expect(endpoints).toHaveProperty('sql', '/ai/sql')
    expect(await enumOf(open())).toContain('ai_sql')
    const withoutDatabase = await handshake(new Studio([], { allow: ['ai_sql'] }))
    expect(JSON.stringify(withoutDatabase)).not.toMatch(/"(ai_)?sql"/)
  })

  it('is refused with 503 for a role that may read files and is no member of pg_read_all_data', async () => {
    const role = `files_${crypto.randomUUID().slice(0, 8)}`
    await sql.unsafe(`create role ${role} login password 'x' in role pg_read_server_files`)
    const { default: postgres } = await import('postgres')
    const pool = postgres({ ...connectionOf(sql), username: role, password: 'x', max: 2 })
    const { status, body } = await send(
      { sql: 'select 1' },
      open({ database: postgresDatabase(pool) }),
    )
    expect([status, body.detail]).toEqual([503, expect.stringMatching(/grant it pg_read_all_data/)])
    await pool.end()
  })
})

function connectionOf({ options }: Sql) {
  return { host: options.host[0] ?? '', port: options.port[0] ?? 0, database: options.database }
}
