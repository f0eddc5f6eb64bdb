import { describe, expect, it } from 'vitest'
import { healthSchema } from '../../src/introspection/studio/studio-answers.ts'
import { postgresDatabase } from '../../src/postgres.ts'
import { withPostgres } from '../support/postgres.ts'
import { createTestStudio, fakeDatabase } from '../support/project.ts'

/** Returns a `database` function that counts calls of itself and of `close`, which takes as long as `closing`. */
function createCountedDatabase(closing: () => Promise<void> = async () => undefined) {
  const seen: { env: unknown; request: Request }[] = []
  const state = { opened: 0, closed: 0 }
  const database = (input: { env: unknown; request: Request }) => {
    seen.push(input)
    state.opened++
    const close = async () => {
      await closing()
      state.closed++
    }
    return fakeDatabase({ close })
  }
  return { seen, state, database }
}

describe('a database opened for each request', () => {
  it('a database function is called once a request, with its env, and the database is closed with the request', async () => {
    const { seen, state, database } = createCountedDatabase()
    const { studio } = createTestStudio({ database })
    const env = { DATABASE_URL: 'secret' }
    const request = new Request('http://studio.test/studio/handshake')
    const response = await studio.fetch(request, env)
    expect(await response.json()).toMatchObject({ database: { connected: true } })
    expect(state).toEqual({ opened: 1, closed: 1 })
    expect(seen).toEqual([{ env, request }])
  })

  it('a database function is not called by an endpoint that needs no database', async () => {
    const { state, database } = createCountedDatabase()
    await createTestStudio({ database }).send('/studio/schema/handshake')
    expect(state.opened).toBe(0)
  })

  it('the database of a request is closed after the answer on a host with waitUntil', async () => {
    let finish = (): void => undefined
    const { state, database } = createCountedDatabase(
      () => new Promise((resolve) => (finish = resolve)),
    )
    const waiting: Promise<unknown>[] = []
    const response = await createTestStudio({ database }).studio.fetch(
      new Request('http://studio.test/studio/health'),
      {},
      { waitUntil: (promise) => void waiting.push(promise) },
    )
    expect(response.status).toBe(200)
    expect(state.closed).toBe(0)
    finish()
    await Promise.all(waiting)
    expect(state.closed).toBe(1)
  })

  it('concurrent requests open a database each', async () => {
    const { state, database } = createCountedDatabase()
    const { send } = createTestStudio({ database })
    await Promise.all(Array.from({ length: 5 }, () => send('/studio/context/summary')))
    expect(state).toEqual({ opened: 5, closed: 5 })
  })

  it('a database function that throws counts as a database that is unavailable', async () => {
    const failure = Object.assign(new Error('bad dsn postgres://a:b@c'), {
      code: 'ERR_INVALID_URL',
    })
    const database = () => {
      throw failure
    }
    const { get, failures } = createTestStudio({ database })
    const health = healthSchema.parse(await get('/studio/health'))
    expect(health.database).toMatchObject({
      connected: false,
      last_error: 'failed for an unexpected reason',
    })
    expect(failures).toContain(failure)
  })
})

describe('a database opened for each request over a real server', () => {
  const { createDatabase } = withPostgres()

  it('a request leaves no connection to PostgreSQL open', async () => {
    const { sql, url } = await createDatabase()
    const { default: postgres } = await import('postgres')
    const connection = { application_name: 'per-request' }
    const { get } = createTestStudio({
      database: () => postgresDatabase(postgres(url, { max: 3, connection })),
    })
    const health = healthSchema.parse(await get('/studio/health'))
    expect(health.database).toMatchObject({ connected: true, pool_size: 3 })
    const openConnections = () =>
      sql`select 1 from pg_stat_activity where application_name = 'per-request'`.then(
        ({ length }) => length,
      )
    await expect.poll(openConnections).toBe(0)
  })
})
