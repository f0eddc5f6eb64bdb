import { expect, it, onTestFinished } from 'vitest'
import { postgresDatabase } from '../../src/postgres.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { type Condition, startFaultProxy } from '../support/fault-proxy.ts'
import { describePostgres } from '../support/postgres.ts'

const signal = new AbortController().signal
const limits = { timeoutMs: 10_000, bytes: 100_000 }

describePostgres('The answer of a connection that replaces a lost one', (server) => {
  /** Opens a pool of one connection, and a function that loses the connection within the answer to a statement. */
  async function createPool() {
    const { url } = await server.createDatabase()
    const proxy = await startFaultProxy(new URL(url))
    onTestFinished(() => proxy.close())
    const pool = server.openPool(proxy.through(url), { max: 1, backoff: () => 0.02 })
    const database = postgresDatabase(pool)
    const driver = postgresDriver(pool)
    await driver.query('select 1', []) // the array types are read
    const lose = async (condition: Condition, text: string) => {
      await proxy.set(condition)
      await expect(driver.query(text, ['x'], true)).rejects.toMatchObject({
        code: 'CONNECTION_CLOSED',
      })
      await proxy.set('pass')
    }
    const loseRows = async () => {
      const text = 'select $1::text, n from generate_series(1, 200) n'
      await driver.query(text, ['x'], true) // from now on, rows are the first thing that the server answers
      await lose('truncate', text)
    }
    return { database, driver, lose, loseRows }
  }

  it('has its own rows, and no missing ones for those of the lost answer', async () => {
    const { database, driver, loseRows } = await createPool()
    const statement = 'select n::text, $1::text from generate_series(1, 3) n'
    for (const isPrepared of [false, true]) {
      await loseRows()
      const rows = await driver.query(statement, ['a'], isPrepared)
      expect(Array.from(rows)).toEqual([
        ['1', 'a'],
        ['2', 'a'],
        ['3', 'a'],
      ])
    }
    await loseRows()
    await database.ping(signal)
    await loseRows()
    const { one, two } = await database.read({ one: 'select 1', two: 'select 2 as x' }, signal)
    expect([one, two]).toEqual([[[1]], [[2]]])
    await loseRows()
    const answer = await database.query({ text: 'select 7 as x', values: [] }, limits, signal)
    expect(answer).toEqual({ rows: [[7]], truncated: false })
  })

  it('is no error of the lost one, but says that the connection was lost', async () => {
    const { database, driver, lose } = await createPool()
    const lost = { code: 'CONNECTION_CLOSED' }
    for (const send of [
      () => driver.query('select $1::text', ['a']),
      () => database.ping(signal),
      () => database.read({ one: 'select 1' }, signal),
    ]) {
      await lose('cut-error', 'select $1::text from no_such_table')
      await expect(send()).rejects.toMatchObject(lost)
      await send()
    }
  })

  it('is an error of its own statement as PostgreSQL sent it', async () => {
    const { database, driver } = await createPool()
    await expect(driver.query('select $1::int4', ['x'])).rejects.toMatchObject({ code: '22P02' })
    await expect(driver.query('select 1 / 0', [])).rejects.toMatchObject({ code: '22012' })
    const read = database.read({ one: 'select * from no_such_table' }, signal)
    await expect(read).rejects.toMatchObject({ code: '42P01' })
  })
})
