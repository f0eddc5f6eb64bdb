import type { Approval } from '../../records/approval.ts'
import type { LogEntry, RunProgress } from '../../records/run.ts'
import type { RunStore, Stores } from '../store.ts'
import { latestFirst, readMergedPage } from './merged-page.ts'
import type { Routes } from './routes.ts'

/** Creates a run store over several. A run is where its session is. */
export function createShardedRuns(routes: Routes): RunStore {
  const { shards, find, mayHave, everywhere } = routes
  const readProgress = shards.every(({ runs }) => runs.progress)
    ? async (ids: readonly string[]): Promise<RunProgress[]> => {
        const parts = await everywhere(async ({ runs }, index) => {
          const own = ids.filter((id) => mayHave(index, id))
          return own.length > 0 ? ((await runs.progress?.(own)) ?? []) : []
        })
        return parts.flat()
      }
    : null
  return {
    create: createAdmission(routes),
    get: (tenant, id) => find(id, ({ runs }) => runs.get(tenant, id)),
    getByTrace: (tenant, traceId) =>
      find(`trace ${traceId}`, ({ runs }) => runs.getByTrace(tenant, traceId)),
    list: (filter) =>
      readMergedPage(shards, filter, {
        list: ({ runs }, part) => runs.list(part),
        compare: (a, b) => latestFirst([a.createdAt, a.id], [b.createdAt, b.id]),
      }),
    ...(readProgress ? { progress: readProgress } : {}),
    async journals(runIds) {
      const parts = await Promise.all(
        shards.map(async ({ runs }, index) => {
          const own = runIds.filter((id) => mayHave(index, id))
          return own.length > 0 ? runs.journals(own) : []
        }),
      )
      const journals = parts.flat()
      const byId = new Map(journals.map((journal) => [journal.run.id, journal]))
      return runIds.flatMap((id) => byId.get(id) ?? [])
    },
    ...createWrites(routes),
    cancelApprovals: (ref, reason) =>
      find(ref.runId, ({ runs }) => runs.cancelApprovals(ref, reason)),
    requestCancel: (tenant, id, reason) =>
      find(id, ({ runs }) => runs.requestCancel(tenant, id, reason)),
    readLog: (runId, after, limit): Promise<LogEntry[]> =>
      find(
        runId,
        ({ runs }) => runs.readLog(runId, after, limit),
        (entries) => entries.length > 0,
      ),
    ...createDue(routes),
  }
}

function createDue({ everywhere, learn }: Routes): Pick<RunStore, 'due' | 'nextDue'> {
  return {
    async due(limit, agents) {
      const lists = await everywhere(async ({ runs }, index) => {
        const ids = await runs.due(limit, agents)
        learn(index, ids)
        return ids
      })
      return takeInTurn(lists, limit)
    },
    async nextDue() {
      const times = await everywhere(({ runs }) => runs.nextDue())
      const next = Math.min(...times.map((time) => time ?? Infinity))
      return next === Infinity ? null : next
    },
  }
}

/** The calls of an owner. It remembers where the approvals of its runs are, because it asks for them after every tool call. */
function createWrites({
  find,
  known,
  learn,
}: Routes): Pick<RunStore, 'claim' | 'renew' | 'commit'> {
  const learnApprovals = (runId: string, approvals: readonly Approval[]) => {
    const place = known(runId)
    if (place !== undefined) {
      learn(
        place,
        approvals.map(({ id }) => id),
      )
    }
  }
  return {
    async claim(runId, claimant) {
      const claimed = await find(runId, ({ runs }) => runs.claim(runId, claimant))
      learnApprovals(runId, claimed?.journal.approvals ?? [])
      return claimed
    },
    renew: (ref, leaseMs) => find(ref.runId, ({ runs }) => runs.renew(ref, leaseMs)),
    async commit(ref, change) {
      const result = await find(ref.runId, ({ runs }) => runs.commit(ref, change))
      learnApprovals(ref.runId, change.approvals ?? [])
      return result
    },
  }
}

function createAdmission({ home, find, shards, create, known, learn }: Routes): RunStore['create'] {
  return async (request) => {
    const { id, tenant, sessionId, idempotency } = request
    const admit = async (shard: Stores) => shard.runs.create(request)
    if (sessionId !== null) {
      const admission = await find(sessionId, admit, ({ kind }) => kind !== 'no_session')
      const place = known(sessionId)
      if (place !== undefined) learn(place, [id])
      return admission
    }
    if (idempotency === null) return create(id, admit)
    const shard = shards[home(`${tenant} ${idempotency.key}`)]
    if (!shard) throw new Error('There is no shard')
    return admit(shard)
  }
}

/** Takes the first of each list, then the second of each, so that no shard waits for another. */
function takeInTurn(lists: readonly (readonly string[])[], limit: number): string[] {
  const taken: string[] = []
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  for (let place = 0; place < longest && taken.length < limit; place++) {
    taken.push(...lists.flatMap((list) => list[place] ?? []))
  }
  return taken.slice(0, limit)
}
