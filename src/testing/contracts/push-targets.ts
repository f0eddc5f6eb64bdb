import type { PushTargetStore, Stores } from '../../storage/store.ts'
import { equal } from './assert.ts'
import type { StoreCase } from './case.ts'
import { startRun } from './records.ts'

/** Runs a case only on stores that keep push targets, which is optional. */
function targetCase(
  name: string,
  run: (targets: PushTargetStore, stores: Stores) => Promise<void>,
): StoreCase {
  return {
    name,
    run: async ({ stores }) => stores.pushTargets && run(stores.pushTargets, stores),
  }
}

/** What the push targets of every store promise. */
export const pushTargetCases: readonly StoreCase[] = [
  targetCase(
    'push targets of a run are listed and deleted by their ids',
    async (targets, stores) => {
      const { runId } = await startRun(stores)
      const { runId: other } = await startRun(stores)
      equal(await targets.list(runId), [])
      equal(await targets.put({ id: 'a', runId, data: { url: 'x' } }, 2), true)
      equal(await targets.put({ id: 'a', runId: other, data: { url: 'y' } }, 2), true)
      equal(await targets.list(runId), [{ id: 'a', runId, data: { url: 'x' }, sent: [] }])
      equal(await targets.delete({ id: 'b', runId }), false)
      equal(await targets.delete({ id: 'a', runId }), true)
      equal(await targets.delete({ id: 'a', runId }), false)
      equal(await targets.list(runId), [])
      equal((await targets.list(other)).length, 1)
    },
  ),
  targetCase(
    'a push target beyond the limit is refused, and a known one is replaced',
    async (targets, stores) => {
      const { runId } = await startRun(stores)
      equal(await targets.put({ id: 'a', runId, data: { n: 1 } }, 1), true)
      equal(await targets.put({ id: 'b', runId, data: {} }, 1), false)
      equal(await targets.put({ id: 'a', runId, data: { n: 2 } }, 1), true)
      equal(await targets.list(runId), [{ id: 'a', runId, data: { n: 2 }, sent: [] }])
    },
  ),
  targetCase(
    'a push target keeps what it was told, also when it is replaced',
    async (targets, stores) => {
      const { runId } = await startRun(stores)
      await targets.noteSent({ id: 'a', runId }, 'f0')
      await targets.put({ id: 'a', runId, data: {} }, 9)
      await targets.noteSent({ id: 'a', runId }, 'f1')
      await targets.put({ id: 'a', runId, data: { n: 2 } }, 9)
      await targets.noteSent({ id: 'a', runId }, 'f2')
      equal(await targets.list(runId), [{ id: 'a', runId, data: { n: 2 }, sent: ['f1', 'f2'] }])
    },
  ),
]
