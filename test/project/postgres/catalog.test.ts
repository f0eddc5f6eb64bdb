import { expect, it } from 'vitest'
import { postgresDatabase, readCatalog, readStatistics } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

const shop = `
  create schema shop;
  create type public.role as enum ('reader', 'it''s me');
  create domain shop.email as varchar(20) check (value <> '');
  create domain shop.work_email as shop.email;
  create type shop.pair as (a int, b text);
  create table public.users (
    id int generated always as identity primary key,
    address shop.work_email not null unique,
    roles public.role[] not null default '{reader}',
    age int check (age > 0),
    doubled int generated always as (1 + 1) stored
  );
  comment on table public.users is 'People';
  comment on column public.users.age is 'In years';
  create table shop.orders (
    id bigserial primary key,
    user_id int references public.users on delete set null deferrable
  );
  create view shop.buyers as select u.id from public.users u join shop.orders o on o.user_id = u.id;
  create function shop.total(a int, out b int) language sql stable as 'select 1';
`

describePostgres('readCatalog', ({ createDatabase }) => {
  it('readCatalog() returns every schema except those of PostgreSQL and extensions, sorted', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(shop)
    const catalog = await readCatalog(postgresDatabase(sql))
    expect(catalog.schemas.map(({ name }) => name)).toEqual(['public', 'shop'])
    expect(catalog.tables.map(({ schema, name }) => `${schema}.${name}`)).toEqual([
      'public.users',
      'shop.orders',
    ])
    expect(catalog.tables[0]).toMatchObject({
      kind: 'table',
      comment: 'People',
      primaryKey: { columns: ['id'], index: 'users_pkey' },
      keys: [{ kind: 'unique', columns: ['address'] }],
      checks: [{ definition: 'CHECK ((age > 0))', isEnforced: true, isInherited: false }],
      columns: [
        { name: 'id', type: 'integer', identity: 'always', notNull: true },
        {
          type: 'shop.work_email',
          baseType: 'varchar',
          maxLength: 20,
          domain: { schema: 'shop', name: 'work_email' },
        },
        {
          type: 'public.role[]',
          isArray: true,
          enum: { schema: 'public', name: 'role' },
          default: `'{reader}'::public.role[]`,
        },
        { name: 'age', notNull: false, comment: 'In years' },
        { generated: { expression: '(1 + 1)', kind: 'stored' }, default: null },
      ],
    })
    expect(catalog.tables[1]?.foreignKeys).toMatchObject([
      {
        columns: ['user_id'],
        target: { schema: 'public', name: 'users' },
        targetColumns: ['id'],
        onDelete: 'SET NULL',
        isDeferrable: true,
        isDeferred: false,
      },
    ])
    expect(catalog.views).toMatchObject([
      { name: 'buyers', kind: 'view', reads: [{ name: 'users' }, { name: 'orders' }] },
    ])
    expect(catalog.enums).toMatchObject([{ name: 'role', labels: ['reader', `it's me`] }])
    expect(catalog.domains).toMatchObject([
      { name: 'email', type: 'character varying(20)' },
      { name: 'work_email', type: 'shop.email' },
    ])
    expect(catalog.composites).toMatchObject([
      { name: 'pair', attributes: [{ name: 'a', type: 'integer' }, { name: 'b' }] },
    ])
    expect(catalog.functions).toMatchObject([
      { name: 'total', arguments: 'a integer, OUT b integer', volatility: 'stable' },
    ])
  })

  it('readCatalog({ schemas }) returns those schemas, and the outside types and tables they refer to', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`${shop} alter table shop.orders add role public.role`)
    const catalog = await readCatalog(postgresDatabase(sql), { schemas: ['shop', 'nowhere'] })
    expect(catalog.schemas.map(({ name }) => name)).toEqual(['shop'])
    expect(catalog.tables.map(({ name }) => name)).toEqual(['orders'])
    expect(catalog.tables[0]?.foreignKeys).toMatchObject([
      { target: { schema: 'public', name: 'users' }, targetColumns: ['id'] },
    ])
    expect(catalog.enums.map(({ name }) => name)).toEqual(['role'])
  })

  it('readCatalog({ schemas }) treats quotes and SQL in a schema name as part of the name', async () => {
    const { sql } = await createDatabase()
    const name = `it's "odd" \\ '; drop table x; --`
    await sql`create schema ${sql(name)}`
    const catalog = await readCatalog(postgresDatabase(sql), { schemas: [name] })
    expect(catalog.schemas.map((schema) => schema.name)).toEqual([name])
  })

  it('readStatistics() returns the counters of the server', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`${shop} insert into shop.orders default values; analyze shop.orders`)
    const statistics = await readStatistics(postgresDatabase(sql), ['shop'])
    expect(statistics).toMatchObject({ isReplica: false, databaseAge: expect.any(Number) })
    expect([...statistics.tables.keys()]).toEqual(['shop.orders'])
    expect(statistics.tables.get('shop.orders')?.age).toBeGreaterThan(0)
    expect([...statistics.indexScans.keys()]).toEqual(['shop.orders_pkey'])
    expect([...statistics.sequenceValues]).toEqual([['shop.orders_id_seq', '1']])
  })
})
