import type { Hint, LogArchive, Pruned, StoreCounts, Stores } from '../store.ts'
import { createShardedPushTargets } from './push-targets.ts'
import { createRoutes, type Routes } from './routes.ts'
import { createShardedApprovals } from './approvals.ts'
import { createShardedOutbox } from './outbox.ts'
import { createShardedRuns } from './runs.ts'
import { createShardedSessions } from './sessions.ts'

/**
 * Spreads sessions and runs over several stores, such as PostgreSQL servers. A session is in one of them with its runs, by its
 * id; a run without a session by its own. More stores may be added at the end of the list: rows are found wherever they are.
 *
 * Each write is a transaction of one store. Lists are merged, by time, and need all stores; a run, a session or an approval
 * needs its own. While a store is away its runs wait, those of the others go on, and new sessions and runs are created in
 * the others. Change sets are in the first store. An `Idempotency-Key` is compared in one store: by the key, or by the session of the
 * run.
 *
 * @throws TypeError for an empty list, and for stores of which only some have an outbox.
 * @example
 * new Studio(agents, { stores: shardedStores([postgresStores(first), postgresStores(second)]) })
 */
export function shardedStores(shards: readonly Stores[]): Stores {
  const [first] = shards
  if (!first) throw new TypeError('shardedStores needs at least one store')
  const withOutbox = shards.filter(({ outbox }) => outbox).length
  if (withOutbox > 0 && withOutbox < shards.length) {
    throw new TypeError('Either all stores of shardedStores have an outbox, or none')
  }
  const routes = createRoutes([...shards])
  const { everywhere } = routes
  const canCount = shards.every(({ counts }) => counts)
  return {
    shared: shards.some(({ shared }) => shared === true),
    kind: `sharded ${first.kind ?? 'custom'}`,
    sessions: createShardedSessions(routes),
    runs: createShardedRuns(routes),
    approvals: createShardedApprovals(routes),
    ...(first.changes ? { changes: first.changes } : {}),
    ...(withOutbox > 0 ? { outbox: createShardedOutbox(routes) } : {}),
    ...(shards.every(({ pushTargets }) => pushTargets)
      ? { pushTargets: createShardedPushTargets(routes) }
      : {}),
    // One that is away now prepares its tables with its first statement.
    ready: async () => void (await everywhere(async (shard) => shard.ready?.())),
    ...(canCount ? { counts: (tenant: string) => countAll(shards, tenant) } : {}),
    prune: (archive) => pruneAll(routes, archive),
    ...(shards.every(({ watch }) => watch)
      ? {
          watch: (onHint: (hint: Hint) => void) => watchAll(routes, onHint),
          listening: () => shards.every(({ listening }) => listening?.() === true),
        }
      : {}),
    close: async () => void (await Promise.all(shards.map((shard) => shard.close?.()))),
  }
}

const maxCount = 10_000

async function countAll(shards: readonly Stores[], tenant: string): Promise<StoreCounts> {
  const all = await Promise.all(shards.map(async ({ counts }) => counts?.(tenant)))
  const counts = all.filter((one) => one !== undefined)
  const sum = (read: (from: StoreCounts) => number) =>
    Math.min(
      maxCount,
      counts.reduce((total, one) => total + read(one), 0),
    )
  return {
    sessions: sum(({ sessions }) => sessions),
    runs: {
      queued: sum(({ runs }) => runs.queued),
      running: sum(({ runs }) => runs.running),
      waiting: sum(({ runs }) => runs.waiting),
      succeeded: sum(({ runs }) => runs.succeeded),
      failed: sum(({ runs }) => runs.failed),
      cancelled: sum(({ runs }) => runs.cancelled),
    },
    approvals: {
      pending: sum(({ approvals }) => approvals.pending),
      resolved: sum(({ approvals }) => approvals.resolved),
    },
  }
}

async function pruneAll({ everywhere }: Routes, archive?: LogArchive): Promise<Pruned> {
  const failures: unknown[] = []
  const noting = archive && {
    keep: (...log: Parameters<LogArchive['keep']>) =>
      archive.keep(...log).catch((error: unknown) => {
        failures.push(error) // or it would count as a shard that is away
        throw error
      }),
  }
  const all = await everywhere(async (shard) => (noting ? shard.prune?.(noting) : shard.prune?.()))
  if (failures.length > 0) throw failures[0]
  const sum = (read: (from: Pruned) => number | undefined) =>
    all.reduce((total, one) => total + ((one && read(one)) ?? 0), 0)
  return {
    runs: sum(({ runs }) => runs),
    sessions: sum(({ sessions }) => sessions),
    idempotencyKeys: sum(({ idempotencyKeys }) => idempotencyKeys),
    changes: sum(({ changes }) => changes),
    deliveries: sum(({ deliveries }) => deliveries),
    logDays: sum(({ logDays }) => logDays),
    logs: sum(({ logs }) => logs),
    ...(archive ? { archivedLogs: sum(({ archivedLogs }) => archivedLogs) } : {}),
  }
}

/** Watches all shards that can be watched now. */
async function watchAll(
  { everywhere }: Routes,
  onHint: (hint: Hint) => void,
): Promise<() => Promise<void>> {
  const ends = await everywhere(async ({ watch }) => watch?.(onHint))
  return async () => void (await Promise.all(ends.map((end) => end?.())))
}
