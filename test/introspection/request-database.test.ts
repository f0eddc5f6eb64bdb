import { describe, expect, it } from 'vitest'
import { healthSchema } from '../../src/introspection/studio/health.ts'
import { postgresDatabase } from '../../src/postgres.ts'
import { withPostgres } from '../support/postgres.ts'
import { createTestStudio, fakeDatabase } from '../support/project.ts'

/** A database function that counts, and a `close` that takes as long as the test says. */
function counted(closing: () => Promise<void> = async () => undefined) {
  const seen: { env: unknown; request: Request }[] = []
  const state = { opened: 0, closed: 0 }
  const database = (given: { env: unknown; request: Request }) => {
    seen.push(given)
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
  it('is opened once a request, with its environment, and closed with it', async () => {
    const { seen, state, database } = counted()
    const { studio } = createTestStudio({ database })
    const env = { DATABASE_URL: 'secret' }
    const request = new Request('http://studio.test/studio/handshake')
    const response = await studio.fetch(request, env)
    expect(await response.json()).toMatchObject({ database: { connected: true } })
    expect(state).toEqual({ opened: 1, closed: 1 })
    expect(seen).toEqual([{ env, request }])
  })

  it('is not opened where nobody asks for it', async () => {
    const { state, database } = counted()
    await createTestStudio({ database }).send('/studio/schema/handshake')
    expect(state.opened).toBe(0)
  })

  it('closes behind the answer where the host can wait', async () => {
    let finish = (): void => undefined
    const { state, database } = counted(() => new Promise((resolve) => (finish = resolve)))
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

  it('is never shared: requests at the same time have one each', async () => {
    const { state, database } = counted()
    const { send } = createTestStudio({ database })
    await Promise.all(Array.from({ length: 5 }, () => send('/studio/context/summary')))
    expect(state).toEqual({ opened: 5, closed: 5 })
  })

  it('that cannot be opened is a database that is away', async () => {
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

describe('over a real server', () => {
  const { createDatabase } = withPostgres()

  it('leaves no connection behind', async () => {
    const { sql, url } = await createDatabase()
    const { default: postgres } = await import('postgres')
    const connection = { application_name: 'per-request' }
    const { get } = createTestStudio({
      database: () => postgresDatabase(postgres(url, { max: 3, connection })),
    })
    const health = healthSchema.parse(await get('/studio/health'))
    expect(health.database).toMatchObject({ connected: true, pool_size: 3 })
    const left = () =>
      sql`select 1 from pg_stat_activity where application_name = 'per-request'`.then(
        ({ length }) => length,
      )
    await expect.poll(left).toBe(0)
  })
})
