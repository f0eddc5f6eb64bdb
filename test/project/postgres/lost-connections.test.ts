import { expect, it, onTestFinished } from 'vitest'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { startFaultProxy } from '../../support/fault-proxy.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

/** Collects what nobody handles during a test. In a process without a listener it would end the process. */
function watchUnhandled(): unknown[] {
  const seen: unknown[] = []
  const listen = (error: unknown) => void seen.push(error)
  const events = ['unhandledRejection', 'uncaughtException'] as const
  for (const event of events) process.on(event, listen)
  onTestFinished(() => events.forEach((event) => process.off(event, listen)))
  return seen
}

/** Lets postgres.js write what it has queued for closed connections. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 100))

const plan = { model: 'Book', filters: [{ field: 'id', lookup: 'gte', value: 0 }] }
const slowPlan = {
  model: 'Book',
  filters: [{ field: 'title', lookup: 'icontains', value: 'a1' }],
  sorting: [{ field: 'title' }],
}

describePostgres('Lost connections', ({ createDatabase, openPool }) => {
  async function createLibrary() {
    const { sql, url } = await createDatabase()
    await sql`create table books (id int primary key, title text)`
    // Enough rows that queries are running when their connection ends.
    await sql`insert into books select n, md5(n::text) from generate_series(1, 60000) n`
    return { sql, url }
  }

  function createStudio(url: string, options: object = {}) {
    const pool = openPool(url, { max: 4, ...options })
    const studio = new Studio([], {
      project: sampleProject({ apps: [{ label: 'app', models: databaseModels() }], resources: [] }),
      database: postgresDatabase(pool),
      allow: ['read_data'],
      pingTimeoutMs: 500,
      onError: () => undefined,
    })
    const send = (path: string, body?: object) =>
      studio.fetch(
        new Request(`http://studio.test${path}`, {
          ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
          headers: { 'content-type': 'application/json' },
        }),
      )
    return { send, pool }
  }

  it('terminating the backends of queries, pings and reads gives 200 or 503 and never an unhandled error', async () => {
    const { sql, url } = await createLibrary()
    const { send } = createStudio(url, { connection: { application_name: 'studio' } })
    const unhandled = watchUnhandled()
    const seen = new Set<number>()
    for (let round = 0; round < 15; round++) {
      const answers = [
        send('/ai/query/execute', slowPlan),
        send('/ai/query/execute', plan),
        send('/ai/schema/health'),
        send('/studio/health'),
      ]
      await new Promise((resolve) => setTimeout(resolve, round * 7))
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'studio'`
      for (const { status } of await Promise.all(answers)) seen.add(status)
    }
    await settle()
    expect(unhandled).toEqual([])
    expect([...seen].filter((status) => status !== 200 && status !== 503)).toEqual([])
    await expect.poll(async () => (await send('/ai/query/execute', plan)).status).toBe(200)
  })

  it('a server that falls silent and then refuses connections gives degraded answers and no unhandled error', async () => {
    const { url } = await createLibrary()
    const proxy = await startFaultProxy(new URL(url))
    onTestFinished(() => proxy.close())
    const { send } = createStudio(proxy.through(url), { connect_timeout: 1 })
    expect((await send('/ai/query/execute', plan)).status).toBe(200)
    const unhandled = watchUnhandled()
    await proxy.set('refuse')
    const { status } = await (await send('/studio/health')).json()
    await send('/studio/health')
    expect(status).toBe('degraded')
    expect((await send('/ai/query/execute', plan)).status).toBe(503)
    await settle()
    expect(unhandled).toEqual([])
  })

  it('a half-open connection costs one connection, and the next request uses another one', async () => {
    const { url } = await createLibrary()
    const proxy = await startFaultProxy(new URL(url))
    onTestFinished(() => proxy.close())
    const { send } = createStudio(proxy.through(url))
    const connected = async () => {
      const { database } = await (await send('/studio/handshake')).json()
      return (database as { connected: boolean }).connected
    }
    expect(await connected()).toBe(true)
    await proxy.set('half-open')
    await connected()
    await expect.poll(connected).toBe(true)
  })
})
