import type { PushTarget, PushTargetStore } from '../push-target-store.ts'
import type { Stores } from '../store.ts'

/** The most targets that are kept; the oldest goes first. */
const maxTargets = 10_000

const known = new WeakMap<Stores, PushTargetStore>()

/** Returns the push targets beside stores in memory. Equal stores have the same. */
export function memoryPushTargets(stores: Stores): PushTargetStore {
  const existing = known.get(stores)
  if (existing) return existing
  const created = createPushTargets()
  known.set(stores, created)
  return created
}

function createPushTargets(): PushTargetStore {
  const targets = new Map<string, PushTarget>()
  const keyOf = ({ runId, id }: Pick<PushTarget, 'id' | 'runId'>) => JSON.stringify([runId, id])
  const list = (runId: string) => [...targets.values()].filter((one) => one.runId === runId)
  return {
    async put(target, max) {
      const key = keyOf(target)
      const existing = targets.get(key)
      if (!existing && list(target.runId).length >= max) return false
      targets.set(key, structuredClone({ ...target, sent: existing?.sent ?? [] }))
      const [oldest] = targets.keys()
      if (targets.size > maxTargets && oldest !== undefined) targets.delete(oldest)
      return true
    },
    list: async (runId) => structuredClone(list(runId)),
    async noteSent(target, fact) {
      const existing = targets.get(keyOf(target))
      if (existing) targets.set(keyOf(target), { ...existing, sent: [...existing.sent, fact] })
    },
    delete: async (target) => targets.delete(keyOf(target)),
  }
}
