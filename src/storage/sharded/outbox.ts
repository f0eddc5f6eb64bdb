import { isUnavailable } from '../../errors.ts'
import type { OutboxMessage } from '../../records/outbox.ts'
import type { OutboxStore, Stores } from '../store.ts'
import { earliestFirst, latestFirst, readMergedPage } from './merged-page.ts'
import type { Routes } from './routes.ts'

/** Creates an outbox over several. A message is where its run is. */
export function createShardedOutbox(routes: Routes): OutboxStore {
  const { shards, find, mayHave, everywhere } = routes
  return {
    subscribe(subscription) {
      const ends = shards.map((shard) => outboxOf(shard).subscribe(subscription))
      return () => {
        for (const end of ends) end()
      }
    },
    claim: createClaim(routes),
    async settle(refs, settlement) {
      await everywhere(async (shard, index) => {
        const own = refs.filter(({ id }) => mayHave(index, id))
        if (own.length > 0) await outboxOf(shard).settle(own, settlement)
      })
    },
    list: (filter) =>
      readMergedPage(shards, filter, {
        list: (shard, part) => outboxOf(shard).list(part),
        compare: (a, b) => latestFirst([a.createdAt, a.id], [b.createdAt, b.id]),
      }),
    get: (tenant, id) => find(id, (shard) => outboxOf(shard).get(tenant, id)),
    redeliver: (tenant, id) => find(id, (shard) => outboxOf(shard).redeliver(tenant, id)),
    async count(target) {
      const counts = await everywhere((shard) => outboxOf(shard).count(target))
      const sum = (kind: 'pending' | 'dead') =>
        Math.min(
          10_000,
          counts.reduce((total, count) => total + count[kind], 0),
        )
      return { pending: sum('pending'), dead: sum('dead') }
    },
  }
}

function outboxOf(shard: Stores | undefined): OutboxStore {
  if (!shard?.outbox) throw new Error('A shard has no outbox')
  return shard.outbox
}

function createClaim({ shards, learn }: Routes): OutboxStore['claim'] {
  let turn = 0
  return async (target, limit, leaseMs) => {
    const claimed: OutboxMessage[] = []
    let failure: unknown = null
    const start = turn++ // so that none of them always comes last
    for (let place = 0; place < shards.length && claimed.length < limit; place++) {
      const index = (start + place) % shards.length
      const messages = await outboxOf(shards[index])
        .claim(target, limit - claimed.length, leaseMs)
        .catch((error: unknown) => {
          if (!isUnavailable(error)) throw error
          failure = error
          return []
        })
      learn(
        index,
        messages.map(({ id }) => id),
      )
      claimed.push(...messages)
    }
    if (failure !== null && claimed.length === 0) throw failure
    return claimed.sort((a, b) => earliestFirst([a.createdAt, a.id], [b.createdAt, b.id]))
  }
}
