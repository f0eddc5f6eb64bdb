import { expect, it } from 'vitest'
import { postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

const signal = () => new AbortController().signal
const text = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.map(String))

describePostgres('postgresDatabase', ({ createDatabase }) => {
  it('database.read() runs several SELECTs in one snapshot and returns their rows by name, including empty ones', async () => {
    const { sql } = await createDatabase()
    const { none, two, settings } = await postgresDatabase(sql).read({
      none: 'select 1 where false',
      two: `select 'a' as x, 1 union all select 'b', 2`,
      settings: `select current_setting('transaction_isolation'),
        current_setting('transaction_read_only'), current_setting('statement_timeout')`,
    })
    expect(none).toEqual([])
    expect(text(two)).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
    expect(text(settings)).toEqual([['repeatable read', 'on', '15s']])
  })

  it('database.read() refuses writes, and leaves the connection usable with its own settings', async () => {
    const { sql } = await createDatabase({ max: 1 })
    await sql`create table notes (id serial)`
    const database = postgresDatabase(sql)
    const write = `select nextval('notes_id_seq')`
    await expect(database.read({ write })).rejects.toMatchObject({ code: '25006' })
    await expect(database.read({ broken: 'select nonsense' })).rejects.toMatchObject({
      code: '42703',
    })
    await database.read({ path: `select set_config('search_path', '', true)` })
    expect(await sql`select is_called from notes_id_seq`).toEqual([{ is_called: false }])
    const [row] = await sql`select current_setting('search_path') as path,
      current_setting('transaction_read_only') as read_only`
    expect(row).toEqual({ path: '"$user", public', read_only: 'off' })
  })

  it('database.read() returns rows by position from a pool that renames columns', async () => {
    const { default: postgres } = await import('postgres')
    const { sql } = await createDatabase({ transform: postgres.camel })
    const { rows } = await postgresDatabase(sql).read({ rows: 'select 1 as one_two' })
    expect(text(rows)).toEqual([['1']])
  })

  it('database.pool() counts the connections in use, and a finished read releases its connection', async () => {
    const { sql } = await createDatabase({ max: 3 })
    const database = postgresDatabase(sql)
    expect(database.pool()).toEqual({ size: 3, available: 3 })
    const slow = database.read({ slow: 'select pg_sleep(0.2)' })
    expect(database.pool()).toEqual({ size: 3, available: 2 })
    await slow
    await expect(database.read({ broken: 'select nonsense' })).rejects.toMatchObject({
      code: '42703',
    })
    expect(database.pool()).toEqual({ size: 3, available: 3 })
  })

  it('an aborted signal makes database.read() reject, and the query ends on the server', async () => {
    const { sql } = await createDatabase({ max: 2 })
    const database = postgresDatabase(sql)
    await database.ping(signal())
    const controller = new AbortController()
    const reason = new Error('enough')
    const read = database.read({ slow: `select pg_sleep(60)` }, controller.signal)
    const running = () =>
      sql`select 1 from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active'
        and pid <> pg_backend_pid()`.then(({ length }) => length)
    await expect.poll(running).toBe(1)
    controller.abort(reason)
    await expect(read).rejects.toBe(reason)
    await expect.poll(running).toBe(0)
    await expect.poll(() => database.pool().available).toBe(2)
    await database.ping(signal())
  })

  it('pings that are aborted before a connection opens leave the pool complete', async () => {
    const { sql } = await createDatabase({ max: 2 })
    const database = postgresDatabase(sql)
    for (let round = 0; round < 6; round++) {
      const controller = new AbortController()
      const ping = database.ping(controller.signal)
      controller.abort(new Error('enough'))
      await expect(ping).rejects.toThrow('enough')
    }
    await expect.poll(() => database.pool().available).toBe(2)
    await Promise.all([database.ping(signal()), sql`select 1`, sql`select 2`, sql`select 3`])
  })
})
