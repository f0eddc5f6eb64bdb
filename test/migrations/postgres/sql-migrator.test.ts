import { expect, it } from 'vitest'
import { sqlMigrator } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

const signal = new AbortController().signal
const create = { name: '0001_orders', sql: 'create table orders (id int);\n', isTransaction: true }
const index = {
  name: '0002_index',
  sql: '-- outside of a transaction\nCREATE INDEX CONCURRENTLY orders_id ON orders (id);\n',
  isTransaction: false,
}
const broken = {
  name: '0003_broken',
  sql: 'create table lines (id int);\ncreate table orders (id int);',
  isTransaction: true,
}
const job = (migrations: readonly (typeof create)[]) => ({
  app: `it's "shop"`,
  tool: 'sql',
  migrations,
  down: [
    { name: '0002_index', isTransaction: false, sql: 'drop index concurrently orders_id;' },
    { name: '0001_orders', isTransaction: true, sql: 'drop table orders;' },
  ],
})

describePostgres('sqlMigrator', ({ createDatabase, openPool }) => {
  async function setUp(options = {}) {
    const { sql, url } = await createDatabase()
    const migrator = sqlMigrator(openPool(url, { max: 3 }), options)
    const history = async (table = 'aksara_migrations') =>
      (await sql.unsafe(`select name, checksum from ${table} order by id`)).map((row) => ({
        ...row,
      }))
    const relations = async () =>
      (
        await sql`select relname from pg_class where relnamespace = 'public'::regnamespace and relname ~ '^(orders|lines)' order by 1`
      ).map(({ relname }) => relname as string)
    const openOther = () => openPool(url, { max: 1 })
    return { sql, url, migrator, history, relations, openOther }
  }

  it('runs each migration once, with its row, and takes all of them back', async () => {
    const { migrator, history, relations } = await setUp()
    await migrator.up(job([create]), signal)
    await migrator.up(job([create, index]), signal)
    expect(await relations()).toEqual(['orders', 'orders_id'])
    expect(await history()).toEqual([
      { name: '0001_orders', checksum: expect.stringMatching(/^[0-9a-f]{16}$/) },
      { name: '0002_index', checksum: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ])
    await migrator.down?.(job([create, index]), signal)
    expect(await relations()).toEqual([])
    expect(await history()).toEqual([])
  })

  it('goes on after a try whose statement ran, and whose row was not written', async () => {
    const { sql, migrator, history, relations } = await setUp()
    await migrator.up(job([create]), signal)
    await sql.unsafe(index.sql)
    await migrator.up(job([create, index]), signal)
    expect(await relations()).toEqual(['orders', 'orders_id'])
    expect(await history()).toHaveLength(2)
    await sql.unsafe('drop index orders_id')
    await migrator.down?.(job([create, index]), signal)
    expect(await relations()).toEqual([])
    expect(await history()).toEqual([])
  })

  it('builds an index anew that an earlier try left invalid', async () => {
    const { sql, migrator, history } = await setUp()
    await migrator.up(job([create]), signal)
    await sql`insert into orders values (1), (1)`
    const unique = { ...index, sql: index.sql.replace('CREATE', 'CREATE UNIQUE') }
    await expect(migrator.up(job([create, unique]), signal)).rejects.toThrow('could not create')
    const valid = () =>
      sql`select indisvalid from pg_index where indexrelid = 'orders_id'::regclass`
    expect(await valid()).toMatchObject([{ indisvalid: false }])
    expect(await history()).toHaveLength(1)
    await sql`delete from orders`
    await migrator.up(job([create, unique]), signal)
    expect(await valid()).toMatchObject([{ indisvalid: true }])
    expect(await history()).toHaveLength(2)
  })

  it('waits for the session of an earlier try that still builds the index', async () => {
    const { sql, migrator, history, openOther } = await setUp()
    await migrator.up(job([create]), signal)
    const other = openOther()
    let ended: Promise<unknown> = Promise.resolve()
    let again: Promise<void> = Promise.resolve()
    await sql.begin(async (writer) => {
      await writer`insert into orders values (1)` // the build waits for this transaction
      ended = Promise.resolve(other.unsafe(index.sql))
      const seen = () => sql`select 1 from pg_stat_progress_create_index`
      while ((await seen()).length === 0) await new Promise((done) => setTimeout(done, 20))
      again = migrator.up(job([create, index]), signal)
    })
    await Promise.all([ended, again])
    expect(await history()).toHaveLength(2)
  })

  it('builds an index again whose removal was cut off before the rest was taken back', async () => {
    const { sql, url, migrator, history, relations } = await setUp()
    await migrator.up(job([create, index]), signal)
    const abort = new AbortController()
    await sql.begin(async (reader) => {
      await reader`select count(*) from orders` // the removal waits for this transaction
      const removed = sqlMigrator(openPool(url, { max: 1 })).down?.(
        job([create, index]),
        abort.signal,
      )
      const waits = () =>
        sql`select 1 from pg_stat_activity where query ilike 'drop index concurrently%' and wait_event_type = 'Lock'`
      while ((await waits()).length === 0) await new Promise((done) => setTimeout(done, 20))
      abort.abort(new Error('cut off'))
      await expect(removed).rejects.toThrow('cut off')
    })
    await migrator.up(job([create, index]), signal)
    expect(await relations()).toEqual(['orders', 'orders_id'])
    expect(
      await sql`select indisvalid from pg_index where indexrelid = 'orders_id'::regclass`,
    ).toMatchObject([{ indisvalid: true }])
    expect(await history()).toHaveLength(2)
  })

  it('takes back only what has run, part by part, when it is asked again', async () => {
    const { sql, migrator, history, relations } = await setUp()
    await migrator.up(job([create]), signal)
    await migrator.down?.(job([create, index]), signal) // the index was never built
    expect(await history()).toEqual([])
    await sql`create table orders (id int)` // of somebody else
    await migrator.down?.(job([create, index]), signal)
    expect(await relations()).toEqual(['orders'])
  })

  it('leaves nothing of a migration that fails, and keeps those before it', async () => {
    const { migrator, history, relations } = await setUp()
    await expect(migrator.up(job([create, broken]), signal)).rejects.toThrow('already exists')
    expect(await relations()).toEqual(['orders'])
    expect(await history()).toHaveLength(1)
  })

  it('gives up instead of waiting for a lock that another session holds', async () => {
    const { sql, migrator, history } = await setUp({ lockTimeoutMs: 50 })
    await sql`create table orders (id int)`
    const alter = { ...create, sql: 'alter table orders add column note text;' }
    await sql.begin(async (other) => {
      await other`lock table orders in access share mode`
      await expect(migrator.up(job([alter]), signal)).rejects.toThrow('lock timeout')
    })
    expect(await history()).toEqual([])
  })

  it('writes into a history that has only names, and into one in another schema', async () => {
    const { sql, migrator, history, url } = await setUp()
    await sql`create table aksara_migrations (id serial, name text unique)`
    await migrator.up(job([create]), signal)
    expect(await sql`select name from aksara_migrations`).toMatchObject([{ name: '0001_orders' }])
    await sql`create schema "My App"`
    const elsewhere = sqlMigrator(openPool(url, {}), { table: '"My App".done' })
    await elsewhere.up(job([{ ...create, sql: 'create table lines (id int);' }]), signal)
    expect(await history('"My App".done')).toHaveLength(1)
  })

  it('runs a migration once when two processes run it at the same time', async () => {
    const { url, migrator, history } = await setUp()
    const other = sqlMigrator(openPool(url, {}))
    const results = await Promise.allSettled([
      migrator.up(job([create]), signal),
      other.up(job([create]), signal),
    ])
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(await history()).toHaveLength(1)
  })

  it('refuses unknown options and malformed tables', async () => {
    const { url } = await setUp()
    const pool = openPool(url, {})
    expect(() => sqlMigrator(pool, { tabel: 'x' } as object)).toThrow(TypeError)
    expect(() => sqlMigrator(pool, { table: 'a.b.c' })).toThrow(TypeError)
    expect(() => sqlMigrator(pool, { lockTimeoutMs: -1 })).toThrow(TypeError)
  })
})
