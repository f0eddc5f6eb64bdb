import { describe, expect, it } from 'vitest'
import { postgresDatabase, readCatalog, readStatistics } from '../../../src/postgres.ts'
import { describePostgres, withPostgres } from '../../support/postgres.ts'

describe('readCatalog on PostgreSQL 18', () => {
  const { createDatabase } = withPostgres(18)

  it('the catalog shows virtual columns, NOT ENFORCED, NOT VALID NOT NULL and NULLS NOT DISTINCT', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe(`
      create table target (a int, b int, primary key (a, b));
      create table t (
        a int, b int, c int generated always as (a + 1) virtual,
        constraint small check (a < 9) not enforced,
        constraint t_target foreign key (a, b) references target on delete set null (b) not enforced,
        unique nulls not distinct (b)
      );
      alter table t add constraint a_there not null a not valid, alter b set not null;
      create view v with (security_invoker = on) as select 1 as one;
    `)
    const catalog = await readCatalog(postgresDatabase(sql))
    const table = catalog.tables.find(({ name }) => name === 't')
    expect(table?.columns.map(({ notNull }) => notNull)).toEqual([false, true, false])
    expect(table?.columns[2]?.generated).toEqual({ expression: '(a + 1)', kind: 'virtual' })
    expect(table?.checks).toMatchObject([{ name: 'small', isEnforced: false }])
    expect(table?.foreignKeys).toMatchObject([{ isEnforced: false, onDeleteColumns: ['b'] }])
    expect(table?.indexes).toMatchObject([{ nullsNotDistinct: true }])
    expect(catalog.views).toMatchObject([{ isSecurityInvoker: true }])
  })
})

describePostgres('readStatistics', ({ createDatabase, openPool }) => {
  it('readStatistics() works for roles without rights, with null for the values of sequences they may not read', async () => {
    const { sql, url } = await createDatabase()
    const role = `counter_${crypto.randomUUID().slice(0, 8)}`
    await sql.unsafe(`
      create schema closed;
      create table closed.t (id serial primary key);
      create sequence closed.unused;
      insert into closed.t default values;
      create role ${role} login password 'x';
    `)
    const roleUrl = new URL(url)
    Object.assign(roleUrl, { username: role, password: 'x' })
    const seen = await readStatistics(postgresDatabase(openPool(roleUrl.href)))
    expect([...seen.tables.keys()]).toEqual(['closed.t'])
    expect(Object.fromEntries(seen.sequenceValues)).toEqual({
      'closed.t_id_seq': null,
      'closed.unused': null,
    })
    const ownerStatistics = await readStatistics(postgresDatabase(sql))
    expect(Object.fromEntries(ownerStatistics.sequenceValues)).toEqual({
      'closed.t_id_seq': '1',
      'closed.unused': null,
    })
  })

  it('readStatistics() returns the time of the last reset and the dead rows of the catalogs', async () => {
    const { sql } = await createDatabase()
    await sql.unsafe('create table t (id int)')
    const before = Date.now() - 60_000
    await sql.unsafe('select pg_stat_reset(); analyze t')
    const read = () => readStatistics(postgresDatabase(sql), ['public'])
    await expect
      .poll(async () => (await read()).resetAt, { timeout: 10_000 })
      .toBeGreaterThan(before)
    const { catalogDeadRows, tables } = await read()
    expect(catalogDeadRows).toBeGreaterThanOrEqual(0)
    expect(tables.get('public.t')?.vacuumedAt).toBeNull()
    await expect
      .poll(async () => (await read()).tables.get('public.t')?.analyzedAt, { timeout: 10_000 })
      .toBeGreaterThan(before)
  })
})
