import { isUnavailable } from '../../errors.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import type { ClaimedRun, RunStore } from '../store.ts'
import type { Collector } from './collector.ts'
import { cutEntries, cutHistory } from './cut.ts'
import { isPayloadLost } from './failures.ts'
import type { ArchivedLogs } from './logs/archived-logs.ts'
import { readLog } from './logs/read-log.ts'
import { type Payloads, referencesIn } from './payloads.ts'
import { entryPlace, historyPlace, turnPlace } from './places.ts'
import {
  walkAdmission,
  walkAll,
  walkApproval,
  walkChange,
  walkClaim,
  walkEntries,
  walkJournal,
  walkNewRun,
  walkPage,
  walkSummary,
} from './walks.ts'

/** What the run store of stores with blobs is made of. */
export interface BlobRuns {
  readonly inner: RunStore
  readonly payloads: Payloads
  readonly collector: Collector
  readonly logs: ArchivedLogs
}

/** Creates a run store that keeps what is large as blobs. */
export function createBlobRuns({ inner, payloads, collector, logs }: BlobRuns): RunStore {
  const { load } = payloads
  return {
    async create(request) {
      const stored = payloads.store(request.id, request, walkNewRun)
      const admission = await inner.create(stored ? await stored : request)
      // nobody will ask for the payloads of a run that was not admitted
      if (stored && admission.kind !== 'created') await collector.forgetUnused(request.id)
      return load(admission, walkAdmission)
    },
    get: async (tenant, id) => loadFound(payloads, await inner.get(tenant, id)),
    getByTrace: async (tenant, traceId) =>
      loadFound(payloads, await inner.getByTrace(tenant, traceId)),
    list: async (filter) => load(await inner.list(filter), walkPage(walkSummary)),
    ...(inner.progress ? { progress: async (ids) => (await inner.progress?.(ids)) ?? [] } : {}),
    journals: async (runIds) => [
      ...(await load(await inner.journals(runIds), walkAll(walkJournal))),
    ],
    claim: createClaim(inner, payloads),
    renew: (ref, leaseMs) => inner.renew(ref, leaseMs),
    commit(ref, change) {
      // A journal with a reference says that its log may have some too, see `countLog`.
      const stored = payloads.store(ref.runId, change, walkChange, turnPlace)
      return stored ? stored.then((small) => inner.commit(ref, small)) : inner.commit(ref, change)
    },
    async cancelApprovals(ref, reason) {
      const approvals = await inner.cancelApprovals(ref, reason)
      return approvals && [...(await load(approvals, walkAll(walkApproval)))]
    },
    requestCancel: async (tenant, id, reason) =>
      loadFound(payloads, await inner.requestCancel(tenant, id, reason)),
    async readLog(runId, after, limit) {
      const entries = await readLog(inner, logs, { runId, after, limit })
      return [...(await load(cutEntries(entries), walkEntries))]
    },
    due: (limit, agents) => inner.due(limit, agents),
    nextDue: () => inner.nextDue(),
  }
}

function loadFound({ load }: Payloads, run: Awaited<ReturnType<RunStore['get']>>) {
  return run && load(run, walkSummary)
}

/**
 * Creates the function that claims a run. When the blobs are away the run is given back, because an owner that is lost counts as
 * an attempt. When they have lost a payload it counts, so that the run ends as `crashed` and is not tried for ever.
 */
function createClaim(inner: RunStore, payloads: Payloads): RunStore['claim'] {
  return async (runId, claimant) => {
    const claimed = await inner.claim(runId, claimant)
    if (!claimed) return null
    try {
      return await complete(inner, payloads, claimed)
    } catch (error) {
      if (isUnavailable(error) && !isPayloadLost(error)) {
        const { epoch } = claimed.journal.run
        await inner.commit({ runId, epoch }, { release: { to: 'yield' } }).catch(() => undefined) // the lease ends by itself
      }
      throw error
    }
  }
}

async function complete(
  inner: RunStore,
  { load }: Payloads,
  claimed: ClaimedRun,
): Promise<ClaimedRun> {
  if (referencesIn(claimed, walkClaim).length === 0) return claimed
  const { history, logBytes, journal } = claimed
  const isInput = journal.run.sessionId === null && historyPlace.held(history) !== null
  const cut = isInput ? claimed : { ...claimed, history: cutHistory(history) }
  const whole = await load(cut, walkClaim)
  return logBytes ? { ...whole, logBytes: await countLog(inner, journal.run.id, logBytes) } : whole
}

const pageSize = 500

/** Counts the bytes of a log with what its entries refer to. */
async function countLog(inner: RunStore, runId: string, logBytes: number): Promise<number> {
  let bytes = logBytes
  for (let after = -1; ;) {
    const entries = await inner.readLog(runId, after, pageSize)
    for (const entry of entries) {
      const reference = entryPlace.held(entry)
      if (reference) bytes += reference.bytes - utf8Length(entry.json)
    }
    const last = entries.at(-1)
    if (!last) return bytes
    after = last.seq
  }
}
