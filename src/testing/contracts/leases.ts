import { equal, holds, matches } from './assert.ts'
import type { StoreCase } from './case.ts'
import { agents, claimant, newRun, startRun } from './records.ts'

/** What leases, due runs and cancellations of every store promise. */
export const dueCases: readonly StoreCase[] = [
  {
    name: 'runs.renew extends the lease from the present time of the store',
    async run({ stores, clock }) {
      const ref = await startRun(stores, {}, 1_000)
      await clock.advance(900)
      equal(await stores.runs.renew(ref, 1_000), { cancelRequested: false, wake: [] })
      await clock.advance(900)
      equal(await stores.runs.claim(ref.runId, claimant('other')), null)
    },
  },
  {
    name: 'runs.due and runs.nextDue report a run when its lease expires',
    async run({ stores, clock }) {
      const { runId } = await startRun(stores, {}, 1_000)
      equal(await stores.runs.due(10, agents), [])
      equal(await stores.runs.nextDue(), clock.now() + 1_000)
      await clock.advance(1_000)
      equal(await stores.runs.due(10, agents), [runId])
      const due = await stores.runs.nextDue()
      holds(due !== null && due <= clock.now(), 'nextDue to be in the past')
    },
  },
  {
    name: 'runs.due reports a run at once after a release to yield',
    async run({ stores }) {
      const ref = await startRun(stores)
      matches(await stores.runs.commit(ref, { release: { to: 'yield' } }), { wake: [ref.runId] })
      equal(await stores.runs.due(10, agents), [ref.runId])
    },
  },
  {
    name: 'runs.due returns the longest due runs first, at most as many as requested',
    async run({ stores, clock }) {
      const abandoned = await startRun(stores, {}, 10_000)
      await clock.advance(1_000)
      const queued = newRun()
      await stores.runs.create(queued)
      await clock.advance(5_000)
      const late = await startRun(stores)
      await stores.runs.commit(late, { release: { to: 'yield' } })
      await clock.advance(4_000)
      equal(await stores.runs.due(10, agents), [queued.id, late.runId, abandoned.runId])
      equal(await stores.runs.due(1, agents), [queued.id])
    },
  },
]
