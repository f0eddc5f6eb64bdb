import postgresJs, { type Sql } from 'postgres'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import type { Stores } from '../../src/storage/store.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { withPostgres } from '../support/postgres.ts'
import { newRun, newSession, startRun } from '../support/records.ts'

const postgres = withPostgres()
let admin: Sql
let url: string

beforeAll(async () => {
  ;({ sql: admin, url } = await postgres.createDatabase())
  await postgresStores(admin).ready?.()
})

/** Stores whose connections go through a proxy that spoils them. */
async function storesBehindProxy(options: { timeoutMs: number; max: number }) {
  const proxy = await startFaultProxy(new URL(url))
  const sql = postgresJs(proxy.through(url), { max: options.max, onnotice: () => undefined })
  const stores = postgresStores(sql, { timeoutMs: options.timeoutMs })
  onTestFinished(async () => {
    await proxy.set('pass')
    await stores.close?.()
    await sql.end({ timeout: 1 })
    await proxy.close()
  })
  await stores.runs.get('', 'none')
  return { stores, proxy }
}

const countRuns = async (ids: readonly string[]) =>
  (await admin`select id from studio.runs where id in ${admin([...ids])}`).length

describe('a database that does not answer', () => {
  it('writes that were given up are not executed when the database answers again', async () => {
    const { stores, proxy } = await storesBehindProxy({ timeoutMs: 1_500, max: 2 })
    const session = await stores.sessions.create(newSession())
    const requests = Array.from({ length: 6 }, () => newRun({ sessionId: session.id })) // each takes a statement
    await stores.runs.create(newRun())
    await proxy.set('freeze')
    const outcomes = await Promise.all(
      requests.map((request) => stores.runs.create(request).catch((error: unknown) => error)),
    )
    const unavailable = expect.objectContaining({ code: 'unavailable' }) as unknown
    expect(outcomes).toEqual(requests.map(() => unavailable))
    const details = outcomes.map((error) => (error as { details?: unknown }).details)
    // two statements were sent on the two connections, the others never were
    expect(details.filter((detail) => detail !== undefined)).toEqual([
      { outcome: 'unknown' },
      { outcome: 'unknown' },
    ])
    await proxy.set('pass')
    const later = newRun()
    await eventuallyCreates(stores, later)
    expect(await countRuns(requests.map(({ id }) => id))).toBe(0)
    expect(await countRuns([later.id])).toBe(1)
  }, 30_000)

  it('a write that waits for a lock longer than its deadline changes nothing once it gets the lock', async () => {
    const sql = postgres.openPool(url)
    const stores = postgresStores(sql, { timeoutMs: 700 })
    const ref = await startRun(stores, {}, 60_000)
    const cancelled = stores.runs.requestCancel
    await admin.begin(async (transaction) => {
      await transaction`select 1 from studio.runs where id = ${ref.runId} for update`
      await expect(cancelled('', ref.runId, 'late')).rejects.toMatchObject({
        code: 'unavailable',
        details: { outcome: 'unknown' },
      })
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await stores.runs.get('', ref.runId)).toMatchObject({ cancelRequestedAt: null })
  }, 30_000)

  it('close ends while the database does not answer a listener', async () => {
    const { stores, proxy } = await storesBehindProxy({ timeoutMs: 1_000, max: 2 })
    const end = await stores.watch?.(() => undefined)
    await proxy.set('freeze')
    const started = performance.now()
    await end?.()
    await stores.close?.()
    expect(performance.now() - started).toBeLessThan(9_000)
  }, 30_000)

  it('a half-open connection costs one statement, and the others go on over other connections', async () => {
    const { stores, proxy } = await storesBehindProxy({ timeoutMs: 1_500, max: 3 })
    await proxy.set('half-open')
    const outcomes: string[] = []
    for (let count = 0; count < 5; count++) {
      outcomes.push(
        await stores.runs.get('', 'none').then(
          () => 'answered',
          () => 'lost',
        ),
      )
    }
    expect(outcomes.filter((outcome) => outcome === 'lost').length).toBeLessThan(3)
    expect(outcomes.at(-1)).toBe('answered')
  }, 30_000)
})

async function eventuallyCreates(stores: Stores, request: ReturnType<typeof newRun>) {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      return await stores.runs.create(request)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  throw new Error('The database did not answer again')
}

describe('backends that are terminated', () => {
  it('terminated backends lose no read and leave no rejection unhandled', async () => {
    const unhandled: unknown[] = []
    const note = (error: unknown) => void unhandled.push(error)
    process.on('unhandledRejection', note).on('uncaughtException', note)
    onTestFinished(() => {
      process.off('unhandledRejection', note).off('uncaughtException', note)
    })
    const sql = postgres.openPool(url, { max: 3, backoff: () => 0.05 })
    const stores = postgresStores(sql)
    const session = await stores.sessions.create(newSession())
    const end = await stores.watch?.(() => undefined)
    const ref = await startRun(stores, {}, 60_000)
    for (let round = 0; round < 10; round++) {
      const reads = Array.from({ length: 6 }, () => stores.sessions.get('', session.id))
      const write = stores.runs.renew(ref, 60_000).catch((error: unknown) => error)
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
      await write
      const read = await Promise.allSettled(reads)
      const failed = read.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
      expect(failed.every(({ code }: { code?: string }) => code === 'unavailable')).toBe(true)
    }
    await end?.()
    await stores.close?.()
    expect(await stores.sessions.get('', session.id)).toEqual(session)
    expect(unhandled).toEqual([])
  }, 60_000)
})

describe('refused listeners', () => {
  it('a refused LISTEN is repeated with pauses, one at a time, and close leaves no connection', async () => {
    const role = `listener_${crypto.randomUUID().slice(0, 8)}`
    await admin.unsafe(`create role ${role} login password 'studio' connection limit 1;
      grant usage on schema studio to ${role}; grant select on all tables in schema studio to ${role}`)
    const own = new URL(url)
    own.username = role
    const sql = postgres.openPool(own.href, { max: 1 })
    const stores = postgresStores(sql)
    await stores.runs.get('', 'none') // takes the only connection of the role
    let heard = 0
    const ends = await Promise.all(
      Array.from({ length: 20 }, () => stores.watch?.(() => void heard++)),
    )
    const listeners = () =>
      Object.values(
        (sql.listen as { channels?: Record<string, { listeners: unknown[] }> }).channels ?? {},
      ).map((channel) => channel.listeners.length)
    expect(listeners()).toEqual([])
    await admin.unsafe(`alter role ${role} connection limit 5`)
    await expect.poll(listeners, { timeout: 20_000 }).toEqual([1])
    await postgresStores(postgres.openPool(url)).runs.requestCancel(
      '',
      (await startRun(postgresStores(admin))).runId,
      null,
    )
    await expect.poll(() => heard, { timeout: 10_000 }).toBe(20)
    await Promise.all(ends.map((end) => end?.()))
    await stores.close?.()
    const connections = async () =>
      (
        await admin`select 1 from pg_stat_activity where usename = ${role} and query ilike 'listen%'`
      ).length
    await expect.poll(connections).toBe(0)
  }, 60_000)
})
