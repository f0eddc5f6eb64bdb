import type { Run } from '../../records/run.ts'
import { isoTime } from '../../lib/clock.ts'
import type { Claimant, RunFilter, RunRef, RunStore, TimeRange } from '../store.ts'
import { admit, requestCancel } from './admission.ts'
import { claimRun, isFor, toJournal } from './claim.ts'
import { commitChange } from './commit.ts'
import {
  isClaimable,
  parseCursor,
  patchRun,
  resolveApproval,
  type RunRow,
  type State,
  timestamp,
  toPage,
  toSummary,
} from './state.ts'

/** Creates a run store in memory. */
export function createMemoryRunStore(state: State): RunStore {
  const find = (tenant: string, id: string | undefined) => {
    const run = id === undefined ? undefined : state.runs.get(id)?.run
    return run?.tenant === tenant ? toSummary(run) : null
  }
  const owned = (ref: RunRef) => findOwned(state, ref)
  return {
    async create(request) {
      return admit(state, request)
    },
    async get(tenant, id) {
      return find(tenant, id)
    },
    async getByTrace(tenant, traceId) {
      return find(tenant, state.traces.get(traceId))
    },
    list: (filter) => listRuns(state, filter),
    progress: (ids) => readProgress(state, ids),
    async journals(runIds) {
      return runIds.flatMap((id) => {
        const row = state.runs.get(id)
        return row ? [toJournal(row)] : []
      })
    },
    async claim(runId, claimant) {
      const row = state.runs.get(runId)
      if (!row || !isClaimable(state, row, timestamp(state)) || !isFor(claimant, row)) return null
      return claimRun(state, row, claimant)
    },
    async renew(ref, leaseMs) {
      const row = owned(ref)
      if (!row) return null
      const run = patchRun(row, { leaseUntil: isoTime(state.clock.now() + leaseMs) })
      return { cancelRequested: run.cancelRequestedAt !== null, wake: [] }
    },
    async commit(ref, change) {
      const row = state.runs.get(ref.runId)
      const isRepeated = row?.run.epoch === ref.epoch && row.writes === change.write
      return row && (isRepeated || owned(ref)) ? commitChange(state, row, change) : null
    },
    async cancelApprovals(ref, reason) {
      const row = owned(ref)
      if (!row) return null
      return [...row.approvals.values()].map((approval) =>
        resolveApproval(state, row, approval, { status: 'cancelled', decisionReason: reason }),
      )
    },
    async requestCancel(tenant, id, reason) {
      const run = find(tenant, id) && requestCancel(state, id, reason)
      return run && toSummary(run)
    },
    async readLog(runId, after, limit) {
      return state.runs.get(runId)?.log.slice(after + 1, after + 1 + limit) ?? []
    },
    due: async (limit, agents) => listDue(state, limit, agents),
    nextDue: async () => findNextDue(state),
  }
}

// The time since when a claimable run has been due.
function dueSince({ run }: RunRow): string {
  return run.leaseUntil ?? run.wakeAt ?? run.createdAt
}

function liveRows(state: State): RunRow[] {
  return [...state.live].flatMap((id) => state.runs.get(id) ?? [])
}

async function listRuns(state: State, filter: RunFilter) {
  const isFound = filter.search ? await findBy(filter.search) : () => true
  return toPage(matching(state, filter, isFound), filter.limit, (row) => toSummary(row.run))
}

async function findBy(search: string) {
  const { runHolds } = await import('../search.ts')
  return (run: Run) => runHolds(run, search)
}

function* matching(
  state: State,
  filter: RunFilter,
  isFound: (run: Run) => boolean,
): Generator<RunRow> {
  const after = parseCursor(filter.cursor) ?? Infinity
  for (const row of [...state.runs.values()].reverse()) {
    if (row.serial < after && isMatch(row.run, filter) && isFound(row.run)) yield row
  }
}

function isMatch(run: Run, filter: RunFilter): boolean {
  return (
    run.tenant === filter.tenant &&
    (filter.statuses?.includes(run.status) ?? true) &&
    (filter.agentId === null || run.agentId === filter.agentId) &&
    (filter.sessionId === null || run.sessionId === filter.sessionId) &&
    isWithin(run.createdAt, filter.created) &&
    isWithin(run.endedAt, filter.ended)
  )
}

/** A run that has not ended is in no range of ends but the open one. */
function isWithin(time: string | null, { from, to }: TimeRange = {}): boolean {
  return (!from || (time ?? '') >= from) && (!to || (time ?? to) < to)
}

function listDue(state: State, limit: number, agents: Claimant['agents']): string[] {
  const now = timestamp(state)
  const rows = liveRows(state).filter(
    (row) => isClaimable(state, row, now) && isFor({ agents }, row),
  )
  rows.sort((a, b) => dueSince(a).localeCompare(dueSince(b)))
  return rows.slice(0, limit).map((row) => row.run.id)
}

function findNextDue(state: State): number | null {
  const now = timestamp(state)
  const times = liveRows(state).flatMap((row) => {
    if (isClaimable(state, row, now)) return [state.clock.now()]
    const time = row.run.leaseUntil ?? row.run.wakeAt
    return time === null ? [] : [Date.parse(time)]
  })
  return times.length > 0 ? Math.min(...times) : null
}

function findOwned(state: State, { runId, epoch }: RunRef): RunRow | null {
  const row = state.runs.get(runId)
  return row && row.run.epoch === epoch && row.run.owner !== null ? row : null
}

async function readProgress(state: State, ids: readonly string[]) {
  return ids.flatMap((id) => {
    const run = state.runs.get(id)?.run
    if (!run) return []
    const { status, nextSeq, takeoverSeq } = run
    return [{ id, status, nextSeq, takeoverSeq }]
  })
}
