import { describe, expect, it } from 'vitest'
import { memoryChangesOf } from '../../src/storage/memory/changes.ts'
import { withMemoryOutbox } from '../../src/storage/memory/outbox.ts'
import { memoryPushTargets } from '../../src/storage/memory/push-targets.ts'
import { memoryStores } from '../../src/storage/memory/index.ts'
import type { NewRun, Stores } from '../../src/storage/store.ts'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import {
  cancel,
  claimant,
  newApproval,
  newRun,
  newSession,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

async function createFixture() {
  const clock = fixedClock()
  const stores = withMemoryOutbox(memoryStores({ clock }), clock)
  const changes = memoryChangesOf(stores, clock)
  return { clock, stores: { ...stores, changes, pushTargets: memoryPushTargets(stores) } }
}

const firstPage = { tenant: '', limit: 100, cursor: null } as const

/** A session in which an ended run said so many messages. */
async function saidIn(stores: Stores, count: number, fields: Partial<NewRun> = {}) {
  const sessionId = await createSession(stores)
  const ref = await startRun(stores, { ...fields, sessionId })
  const messages = Array.from({ length: count }, (_, index) => promptOf(`m${index}`))
  await stores.runs.commit(ref, { messages })
  await stores.runs.commit(ref, { release: succeed })
  return { sessionId, runId: ref.runId }
}

async function createSession(stores: Stores): Promise<string> {
  const session = newSession()
  await stores.sessions.create(session)
  return session.id
}

describe('memoryStores', () => {
  itKeeps(storesContract(createFixture))
})

describe('memory stores', () => {
  it('keep at most maxRuns runs: the oldest ended ones go, live ones never', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxRuns: 2 })
    const waiting = await waitingRun(stores, (run) => [newApproval(run)])
    const ended = await startRun(stores)
    await stores.runs.commit(ended, { release: succeed })
    const live = await startRun(stores)
    expect(await stores.runs.get('', ended.runId)).toBeNull()
    expect(await stores.runs.getByTrace('', ended.run.traceId)).toBeNull()
    expect(await stores.runs.get('', waiting.runId)).not.toBeNull()
    await stores.runs.create(newRun())
    expect(await stores.runs.get('', live.runId)).not.toBeNull()
    expect(await stores.approvals.get('', waiting.approvals[0]?.id ?? '')).not.toBeNull()
  })

  it('forget the approvals of a forgotten run', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxRuns: 1 })
    const waiting = await waitingRun(stores, (run) => [newApproval(run)])
    await stores.runs.requestCancel('', waiting.runId, null)
    const claimed = await stores.runs.claim(waiting.runId, claimant())
    const ref = { runId: waiting.runId, epoch: claimed?.journal.run.epoch ?? 0 }
    await stores.runs.commit(ref, { release: cancel })
    await stores.runs.create(newRun())
    expect(await stores.approvals.get('', waiting.approvals[0]?.id ?? '')).toBeNull()
  })

  it('admit a run again when the one with its idempotency key is forgotten', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxRuns: 1 })
    const idempotency = { key: 'k', fingerprint: 'f' }
    const first = await startRun(stores, { idempotency })
    await stores.runs.commit(first, { release: succeed })
    await stores.runs.create(newRun())
    expect(await stores.runs.create(newRun({ idempotency }))).toMatchObject({ kind: 'created' })
  })

  it('above maxSessions delete the sessions that changed least recently with their runs and messages, never one with an open run', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxSessions: 2 })
    const busy = await startRun(stores, { sessionId: await createSession(stores) })
    const old = await saidIn(stores, 1)
    const young = await saidIn(stores, 1)
    expect(await stores.sessions.get('', old.sessionId)).toBeNull()
    expect(await stores.runs.get('', old.runId)).toBeNull()
    expect(await stores.sessions.get('', busy.run.sessionId ?? '')).not.toBeNull()
    expect(await stores.sessions.get('', young.sessionId)).not.toBeNull()
    expect((await stores.sessions.list({ ...firstPage, agentId: null })).items).toHaveLength(2)
  })

  it('above maxMessages delete whole sessions, the least recently changed first, but never the newest', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxMessages: 10 })
    const old = await saidIn(stores, 6)
    const young = await saidIn(stores, 3)
    expect(await stores.sessions.get('', old.sessionId)).not.toBeNull()
    const newest = await saidIn(stores, 20)
    expect(await stores.sessions.get('', old.sessionId)).toBeNull()
    expect(await stores.sessions.get('', young.sessionId)).toBeNull()
    expect(await stores.sessions.get('', newest.sessionId)).toMatchObject({ messageCount: 20 })
  })

  it('keep no more than their limits, however many sessions, runs, keys and approvals pass through', async () => {
    const stores = memoryStores({ clock: fixedClock(), maxRuns: 5, maxMessages: 8 })
    for (let round = 0; round < 60; round++) {
      const idempotency = { key: `k${round}`, fingerprint: 'f' }
      await saidIn(stores, 2, { idempotency })
    }
    const sessions = await stores.sessions.list({ ...firstPage, agentId: null })
    const runs = await stores.runs.list({
      ...firstPage,
      statuses: null,
      agentId: null,
      sessionId: null,
    })
    expect(sessions.items.length).toBeLessThanOrEqual(4)
    expect(runs.items.length).toBeLessThanOrEqual(5)
  })
})
