import type { PushTargetStore, Stores } from '../store.ts'
import type { Routes } from './routes.ts'

/** Creates a store of push targets over several. A target is where its run is. */
export function createShardedPushTargets({ find, mayHave, everywhere }: Routes): PushTargetStore {
  const targetsOf = ({ pushTargets }: Stores): PushTargetStore => {
    if (!pushTargets) throw new Error('A shard has no push targets')
    return pushTargets
  }
  const isTrue = (answer: boolean) => answer
  return {
    put: (target, max) => find(target.runId, (shard) => targetsOf(shard).put(target, max), isTrue),
    list: (runId) =>
      find(
        runId,
        (shard) => targetsOf(shard).list(runId),
        (targets) => targets.length > 0,
      ),
    async noteSent(target, fact) {
      await everywhere(async (shard, index) => {
        if (mayHave(index, target.runId)) await targetsOf(shard).noteSent(target, fact)
      })
    },
    delete: (target) => find(target.runId, (shard) => targetsOf(shard).delete(target), isTrue),
  }
}
