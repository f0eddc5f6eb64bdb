import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { currentCatalog } from '../../../src/project/postgres/catalog/cache.ts'
import { fingerprintSelect } from '../../../src/project/postgres/catalog/fingerprint.ts'
import type { Database } from '../../../src/index.ts'
import { createBigSchema } from '../../../bench/support/big-schema.ts'
import { postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

const setup = `
  create type mood as enum ('good');
  create domain email as text;
  create type pair as (a int);
  create sequence numbers;
  create function twice(a int) returns int language sql as 'select a * 2';
  create function touch() returns trigger language plpgsql as 'begin return new; end';
  create table authors (id int primary key, name text, age int);
  create table books (id int, author_id int references authors, title text);
  create view titles as select title from books;
  create materialized view names as select name from authors with no data;
  create table parts (id int, note text) partition by range (id);
  create table part_1 partition of parts for values from (0) to (10);
  create policy own on authors using (true);
  create trigger touch before update on authors for each row execute function touch();
`

/** Each statement changes one thing that the catalog contains. */
const changes = [
  `comment on column books.title is 'Printed on the cover'`,
  `comment on table books is 'Bound'`,
  `comment on function twice(int) is 'Doubles'`,
  `comment on schema public is 'Everything'`,
  `comment on type mood is 'How one feels'`,
  `alter table books add column pages int`,
  `alter table books drop column pages`,
  `alter table books rename column title to heading`,
  `alter table books alter column author_id set not null`,
  `alter table books alter column heading set default 'none'`,
  `alter table books alter column heading set default 'other'`,
  `alter table parts alter column note type varchar(20)`,
  `alter table parts alter column note type varchar(30)`,
  `alter table books add constraint thick check (id > 0) not valid`,
  `alter table books validate constraint thick`,
  `create index by_heading on books (heading)`,
  `alter index by_heading rename to by_title`,
  `alter table authors alter column id add generated always as identity`,
  `alter table authors enable row level security`,
  `alter policy own on authors using (id = 1)`,
  `alter table authors disable trigger touch`,
  `alter type mood add value 'bad'`,
  `alter type mood rename value 'bad' to 'sad'`,
  `alter domain email add check (value <> '')`,
  `alter domain email set default 'x'`,
  `alter type pair add attribute b text`,
  `alter sequence numbers increment by 5`,
  `alter sequence numbers owned by books.id`,
  `alter function twice(int) stable`,
  `alter function twice(int) set search_path = ''`,
  `create function twice(a text) returns text language sql as 'select a'`,
  `create or replace view titles as select heading as title from books where id > 1`,
  `alter view titles set (security_barrier = true)`,
  `refresh materialized view names`,
  `alter table parts detach partition part_1`,
  `create rule quiet as on delete to books do instead nothing`,
  `alter table books owner to fingerprint_owner`,
  `alter role fingerprint_owner rename to fingerprint_boss`,
  `create schema annex`,
  `alter table books set schema annex`,
  `alter schema annex rename to extension`,
  `alter table authors set (fillfactor = 70)`,
]

const readFingerprint = async (database: Database): Promise<unknown> => {
  const { rows } = await database.read({ rows: fingerprintSelect })
  return rows[0]?.[0]
}

async function shake(sql: Sql): Promise<void> {
  await sql.unsafe(`
    insert into authors select n, 'x', n from generate_series(1, 500) n;
    insert into books select n, n, 'y' from generate_series(1, 500) n;
    update books set title = 'z'; delete from books where id > 100; select nextval('numbers');
  `)
  await sql.unsafe('vacuum analyze')
  await sql.unsafe('vacuum freeze')
  await sql.unsafe(`create temporary table scratch (id serial primary key, mood mood)`)
}

describePostgres('the fingerprint of a catalog', ({ createDatabase }) => {
  it('the fingerprint of a catalog is unaffected by rows, counters and temporary tables', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(setup)
    const database = postgresDatabase(sql)
    const before = await readFingerprint(database)
    expect(before).toMatch(/^\d+ \w+( -?\d+){20,}$/)
    await shake(sql)
    expect(await readFingerprint(database)).toBe(before)
  })

  it('the fingerprint of a catalog changes with everything that the catalog contains', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`${setup} create role fingerprint_owner`)
    const database = postgresDatabase(sql)
    let before = await readFingerprint(database)
    const unseen: string[] = []
    for (const change of changes) {
      await sql.unsafe(change)
      const after = await readFingerprint(database)
      if (after === before) unseen.push(change)
      before = after
    }
    expect(unseen).toEqual([])
  })
})

describePostgres('currentCatalog', ({ createDatabase }) => {
  it('currentCatalog() returns the same object until the catalog changes, then a new one', async () => {
    const { sql } = await createDatabase()
    const database = postgresDatabase(sql)
    const unknown = await currentCatalog(database, database, null)
    const first = await currentCatalog(database, database, null)
    expect(first).toEqual(unknown)
    expect(await currentCatalog(database, database, null)).toBe(first)
    await sql`create table notes (id int)`
    const second = await currentCatalog(database, database, null)
    expect(second.tables.map(({ name }) => name)).toEqual(['notes'])
    expect(await currentCatalog(database, database, null)).toBe(second)
    expect(await currentCatalog(database, database, ['public'])).not.toBe(second)
  })

  it('currentCatalog() caches a large catalog from the first read on', async () => {
    const { sql } = await createDatabase()
    await createBigSchema(sql, { tables: 1_000, schemas: 1 })
    const database = postgresDatabase(sql)
    const first = await currentCatalog(database, database, null)
    expect(await currentCatalog(database, database, null)).toBe(first)
  })

  it('currentCatalog() reads once for callers that ask at the same time', async () => {
    const { sql } = await createDatabase()
    const database = postgresDatabase(sql)
    let reads = 0
    const counted: Database = {
      ...database,
      read: (selects, signal) => {
        reads++
        return database.read(selects, signal)
      },
    }
    const read = () => currentCatalog(counted, counted, null)
    const [one, other] = await Promise.all([read(), read()])
    expect(one).toBe(other)
    expect(reads).toBe(1)
  })
})
