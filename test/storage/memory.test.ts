import { describe, expect, it } from 'vitest'
import { memoryStores } from '../../src/storage/memory/index.ts'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import {
  cancel,
  claimant,
  newApproval,
  newRun,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

async function createFixture() {
  const clock = fixedClock()
  return { clock, stores: memoryStores({ clock }) }
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
})
