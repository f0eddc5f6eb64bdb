import { expect, it } from 'vitest'
import { postgresDatabase } from '../../../src/postgres.ts'
import { startFaultProxy } from '../../support/fault-proxy.ts'
import { describePostgres } from '../../support/postgres.ts'

const limits = { timeoutMs: 400, bytes: 10_000 }

describePostgres('Reads that were given up', ({ createDatabase, openPool }) => {
  /** Counts statements that were executed: each of them notifies, which a read-only transaction may do. */
  async function createWitness() {
    const { sql, url } = await createDatabase()
    const heard: string[] = []
    await sql.listen('executed', (payload) => void heard.push(payload))
    const statement = (name: string) => ({
      text: `select pg_notify('executed', $1)::text`,
      values: [name],
    })
    /** Resolves once everything that was executed before has been heard. */
    const settle = async () => {
      await sql`select pg_notify('executed', 'end')`
      await expect.poll(() => heard.includes('end')).toBe(true)
      return heard.filter((name) => name !== 'end')
    }
    return { sql, url, statement, settle }
  }

  it('a query behind a slow statement of the application is not executed after its time', async () => {
    const { url, statement, settle } = await createWitness()
    const pool = openPool(url, { max: 1 })
    const database = postgresDatabase(pool)
    const { signal } = new AbortController()
    await database.query(statement('in time'), limits, signal)
    const slow = pool`select pg_sleep(1)`.execute()
    await expect(
      database.query(statement('late'), limits, AbortSignal.timeout(200)),
    ).rejects.toThrow('timeout')
    await slow
    await pool`select 1`
    expect(await settle()).toEqual(['in time'])
  })

  it('a query that waited for a frozen connection is not executed when it thaws', async () => {
    const { url, statement, settle } = await createWitness()
    const proxy = await startFaultProxy(new URL(url))
    const pool = openPool(proxy.through(url), { max: 1 })
    const database = postgresDatabase(pool)
    await database.query(statement('in time'), limits, new AbortController().signal)
    await proxy.set('freeze')
    await expect(
      database.query(statement('late'), limits, AbortSignal.timeout(200)),
    ).rejects.toThrow('timeout')
    await new Promise((resolve) => setTimeout(resolve, limits.timeoutMs))
    await proxy.set('pass')
    // the server may get the request to cancel only now, and cancel this one instead
    await pool`select 1`.catch(() => pool`select 1`)
    expect(await settle()).toEqual(['in time'])
    await proxy.close()
  })

  it('a query that was given up before its connection opened is not executed at all', async () => {
    const { url, statement, settle } = await createWitness()
    const proxy = await startFaultProxy(new URL(url))
    const pool = openPool(proxy.through(url), { max: 1, idle_timeout: 1 })
    const database = postgresDatabase(pool)
    await database.query(statement('in time'), limits, new AbortController().signal)
    await proxy.set('cut')
    await proxy.set('freeze')
    const long = { ...limits, timeoutMs: 60_000 }
    const late = database.query(statement('late'), long, AbortSignal.timeout(200))
    await expect(late).rejects.toThrow(/timeout|CONNECTION_CLOSED/)
    await proxy.set('pass')
    // the server may get the request to cancel only now, and cancel this one instead
    await pool`select 1`.catch(() => pool`select 1`)
    expect(await settle()).toEqual(['in time'])
    await proxy.close()
  })
})
