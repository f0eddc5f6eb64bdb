import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pgliteStores } from '../../src/postgres.ts'
import { pgliteDriver, type PgliteLike } from '../../src/storage/postgres/driver/pglite.ts'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import { clockedDriverStores } from '../support/postgres-stores.ts'
import { logEntries, newSession, startRun, succeed } from '../support/records.ts'
import { uuidAt } from '../support/uuid-at.ts'
import { installTool } from '../support/tools.ts'

interface Pglite extends PgliteLike {
  close(): Promise<void>
}

let pglite: Pglite
beforeAll(async () => {
  const modules = await installTool('pglite', '@electric-sql/pglite@0.5.14')
  const entry = join(modules, '@electric-sql/pglite/dist/index.js')
  const { PGlite } = (await import(pathToFileURL(entry).href)) as {
    PGlite: { create(): Promise<Pglite> }
  }
  pglite = await PGlite.create()
}, 120_000)
afterAll(() => pglite.close())

describe('pgliteStores by a test clock', () => {
  itKeeps(
    storesContract(() => {
      const clock = fixedClock()
      return { clock, stores: clockedDriverStores(pgliteDriver(pglite), clock) }
    }),
  )
})

describe('pgliteStores', () => {
  it('drops whole days of event logs, and keeps their runs', async () => {
    const clock = fixedClock()
    const options = { retention: { logs: 86_400_000 }, daysAhead: 0 }
    const stores = clockedDriverStores(pgliteDriver(pglite), clock, options)
    const ref = await startRun(stores, { id: uuidAt(clock.now()) })
    await stores.runs.commit(ref, { entries: logEntries(0, 2), release: succeed })
    clock.advance(3 * 86_400_000)
    expect(await stores.prune?.()).toMatchObject({ runs: 0, logDays: 1, logs: 0 })
    expect(await stores.runs.readLog(ref.runId, -1, 10)).toEqual([])
    expect(await stores.runs.get('', ref.runId)).toMatchObject({ status: 'succeeded' })
  })

  it('makes its tables in its schema and works by the database’s clock', async () => {
    const stores = pgliteStores(pglite, { schema: 'Mine "here"', retention: { runs: 0 } })
    const session = newSession()
    await stores.sessions.create(session)
    const inSession = await startRun(stores, { sessionId: session.id })
    const alone = await startRun(stores)
    for (const ref of [inSession, alone]) await stores.runs.commit(ref, { release: succeed })
    await new Promise((resolve) => setTimeout(resolve, 2))
    expect(await stores.prune?.()).toMatchObject({ runs: 1, sessions: 0 })
    expect(await stores.runs.get('', inSession.runId)).toMatchObject({ status: 'succeeded' })
  })
})
