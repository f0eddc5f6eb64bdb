import { describe, expect, it } from 'vitest'
import { postgresStores, shardedStores } from '../../src/postgres.ts'
import { memoryChangesOf } from '../../src/storage/memory/changes.ts'
import { memoryStores } from '../../src/storage/memory/index.ts'
import { memoryPushTargets } from '../../src/storage/memory/push-targets.ts'
import { withMemoryOutbox } from '../../src/storage/memory/outbox.ts'
import type { RunRef, Stores } from '../../src/storage/store.ts'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { createRandom } from '../campaigns/random.ts'
import { itKeeps } from '../support/contract.ts'
import {
  claimant,
  newApproval,
  newRun,
  newSession,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { withPostgres } from '../support/postgres.ts'

function createFixture() {
  const clock = fixedClock()
  const shards = [1, 2, 3].map(() => {
    const shard = withMemoryOutbox(memoryStores({ clock }), clock)
    return { ...shard, pushTargets: memoryPushTargets(shard) }
  })
  const stores = shardedStores(shards)
  return { clock, stores: { ...stores, changes: memoryChangesOf(stores, clock) } }
}

describe('shardedStores', () => {
  // the order of what is due is that of each store
  const inOrder = 'runs.due returns the longest due runs first, at most as many as requested'
  itKeeps(storesContract(async () => createFixture()).filter(({ name }) => name !== inOrder))

  it('refuses an empty list, and stores of which only some have an outbox', () => {
    expect(() => shardedStores([])).toThrow(TypeError)
    const clock = fixedClock()
    const shards = [withMemoryOutbox(memoryStores({ clock }), clock), memoryStores({ clock })]
    expect(() => shardedStores(shards)).toThrow(TypeError)
  })
})

const all = { tenant: '', statuses: null, agentId: null, sessionId: null } as const

describe('rows of several stores', () => {
  it('are spread, and each list of any page size has all of them once, in order', async () => {
    const seed = Math.floor(Math.random() * 1e6)
    console.log(`seed ${seed}`)
    const random = createRandom(seed)
    const clock = fixedClock()
    const shards = [1, 2, 3].map(() => memoryStores({ clock }))
    const stores = shardedStores(shards)
    const ids: string[] = []
    for (let count = 0; count < 150; count++) {
      clock.advance(random.between(0, 3))
      const run = newRun()
      await stores.runs.create(run)
      ids.unshift(run.id)
    }
    const counts = await Promise.all(
      shards.map(
        async ({ runs }) => (await runs.list({ ...all, limit: 500, cursor: null })).items.length,
      ),
    )
    expect(Math.min(...counts)).toBeGreaterThan(20)
    for (const limit of [1, 7, 50, 500]) {
      const found: string[] = []
      let cursor: string | null = null
      do {
        const page: { items: readonly { id: string }[]; cursor: string | null } =
          await stores.runs.list({ ...all, limit, cursor })
        found.push(...page.items.map(({ id }) => id))
        cursor = page.cursor
      } while (cursor !== null)
      expect(found).toEqual(ids)
    }
  })

  it('are found by an instance that has never seen them, also after a store was added', async () => {
    const clock = fixedClock()
    const shards: Stores[] = [1, 2].map(() => memoryStores({ clock }))
    const before = shardedStores(shards)
    const session = await before.sessions.create(newSession())
    const waiting = await waitingRun(before, (run) => [newApproval(run)], { sessionId: session.id })
    const after = shardedStores([...shards, memoryStores({ clock })])
    const [approval] = waiting.approvals
    expect(await after.runs.get('', waiting.runId)).toMatchObject({ id: waiting.runId })
    expect(await after.sessions.get('', session.id)).toMatchObject({ id: session.id })
    const decision = { approved: true, reason: null, decidedBy: null }
    expect(await after.approvals.decide('', approval?.id ?? '', decision)).toMatchObject({
      decided: true,
    })
    const again = shardedStores([...shards, memoryStores({ clock })])
    const claimed = await again.runs.claim(waiting.runId, claimant())
    expect(claimed?.journal.approvals).toHaveLength(1)
    expect(await again.approvals.get('other', approval?.id ?? '')).toBeNull()
  })
})

const postgres = withPostgres()

describe('with two databases of which one is away', () => {
  it('its runs are unavailable and lost to nobody, and everything of the other goes on', async () => {
    const { url } = await postgres.createDatabase()
    const proxy = await startFaultProxy(new URL(url))
    const away = postgres.openPool(proxy.through(url), { connect_timeout: 1 })
    const here = (await postgres.createDatabase()).sql
    const stores = shardedStores([
      postgresStores(away, { timeoutMs: 1_000, listen: false }),
      postgresStores(here, { listen: false }),
    ])
    await stores.ready?.()
    const refs: RunRef[] = []
    for (let count = 0; count < 12; count++) refs.push(await startRun(stores, {}, 60_000))
    const [{ rows = 0 } = {}] = await here`select count(*)::integer as rows from studio.runs`
    expect(rows).toBeGreaterThan(0)
    expect(rows).toBeLessThan(12)
    await proxy.set('refuse')
    const ended = await Promise.allSettled(
      refs.map((ref) => stores.runs.commit(ref, { release: succeed, write: 1 })),
    )
    const failed = ended.filter(({ status }) => status === 'rejected')
    expect(failed).toHaveLength(12 - Number(rows))
    for (const one of failed) expect(one).toMatchObject({ reason: { code: 'unavailable' } })
    // New runs are created in the other one, and what is due there is found.
    const later = Array.from({ length: 6 }, () => newRun())
    for (const run of later)
      expect(await stores.runs.create(run)).toMatchObject({ kind: 'created' })
    const due = await stores.runs.due(100, claimant().agents)
    expect(due.toSorted()).toEqual(later.map(({ id }) => id).toSorted())
    await expect(stores.runs.list({ ...all, limit: 10, cursor: null })).rejects.toMatchObject({
      code: 'unavailable',
    })
    await proxy.set('pass')
    await expect
      .poll(
        () =>
          Promise.all(refs.map((ref) => stores.runs.commit(ref, { release: succeed, write: 1 }))),
        { timeout: 15_000 },
      )
      .toHaveLength(12)
    const { items } = await stores.runs.list({ ...all, limit: 100, cursor: null })
    expect(items.filter(({ status }) => status === 'succeeded')).toHaveLength(12)
    await stores.close?.()
    await proxy.close()
  }, 60_000)
})
