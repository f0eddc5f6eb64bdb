import { describe, expect, it } from 'vitest'
import type { SqlDriver } from '../../src/storage/postgres/driver/driver.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { fixedClock } from '../../src/testing.ts'
import { withPostgres } from '../support/postgres.ts'
import { clockedDriverStores } from '../support/postgres-stores.ts'
import { claimant, claimRun, newSession, promptOf, startRun, succeed } from '../support/records.ts'

const postgres = withPostgres()

/** Two instances, of which the first one is away for a while after each of its claims when `pause` says so. */
async function startInstances() {
  const { sql } = await postgres.createDatabase()
  const clock = fixedClock()
  const hooks: { pause?: (claimed: string) => Promise<unknown> } = {}
  const plain = postgresDriver(sql)
  const query: SqlDriver['query'] = async (text, parameters, isPrepared) => {
    const rows = await plain.query(text, parameters, isPrepared)
    if (text.includes('epoch = r.epoch + 1')) await hooks.pause?.(JSON.stringify(parameters))
    return rows
  }
  const schema = 'overtaken'
  const slow = clockedDriverStores({ ...plain, query }, clock, { schema })
  const quick = clockedDriverStores(plain, clock, { schema })
  return { clock, hooks, slow, quick }
}

describe('a claim whose run is claimed by another instance before it is read', () => {
  it.each([
    ['after a lost owner', 0, 0],
    ['in a session with many messages', 0, 150],
    ['after so many lost owners that the run is read alone', 5, 0],
  ])('is lost: %s', async (_, lost, messages) => {
    const { clock, hooks, slow, quick } = await startInstances()
    const session = newSession()
    await slow.sessions.create(session)
    const earlier = await startRun(slow, { sessionId: session.id })
    const prompts = Array.from({ length: messages }, (_, index) => promptOf(String(index)))
    await slow.runs.commit(earlier, { messages: prompts, release: succeed })
    const { runId } = await startRun(slow, { sessionId: session.id })
    for (let owner = 0; owner < lost; owner++) {
      clock.advance(1_000)
      await claimRun(quick, runId)
    }
    clock.advance(1_000)
    let winner: unknown
    hooks.pause = async () => {
      delete hooks.pause
      clock.advance(1_000)
      winner = await quick.runs.claim(runId, claimant('quick'))
    }
    expect(await slow.runs.claim(runId, claimant('slow'))).toBeNull()
    expect(winner).toMatchObject({ journal: { run: { owner: 'quick', epoch: lost + 3 } } })
  })

  it('is lost alone, where others are claimed and read with it', async () => {
    const { clock, hooks, slow, quick } = await startInstances()
    const refs = [await startRun(slow), await startRun(slow), await startRun(slow)]
    const ids = refs.map(({ runId }) => runId)
    const overtaken = String(ids[1])
    clock.advance(1_000)
    hooks.pause = async (claimed) => {
      if (!claimed.includes(overtaken)) return
      delete hooks.pause
      clock.advance(1_000)
      await claimRun(quick, overtaken)
    }
    const claims = await Promise.all(ids.map((id) => slow.runs.claim(id, claimant('slow'))))
    const owners = claims.map((claim) => claim && claim.journal.run.owner)
    expect(owners).toEqual(['slow', null, 'slow'])
  })
})
