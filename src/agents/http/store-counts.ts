import type { Exchange } from '../../http/exchange.ts'
import { approvalStatuses } from '../../records/approval.ts'
import { type RunStatus, runStatuses } from '../../records/run.ts'
import type { StoreCounts, Stores } from '../../storage/store.ts'
import type { WireStatus } from '../answers/catalog-answers.ts'
import type { AgentsModule } from '../module.ts'
import { tenantOf } from './page.ts'

/** Names the stores and counts what the caller's tenant has in them. */
export async function readStores(
  { agents, sessions, engineOf }: AgentsModule,
  exchange: Exchange,
): Promise<Pick<WireStatus, 'storage' | 'counts'>> {
  const { stores } = engineOf(exchange)
  const tenant = tenantOf(exchange)
  const { kind = 'custom' } = stores
  const counts = await (stores.counts?.(tenant) ?? countLists(stores, tenant))
  const traces = Object.values(counts.runs).reduce((sum, count) => sum + count, 0)
  return {
    storage: sessions
      ? { sessions: kind, runs: kind, traces: kind, approvals: kind }
      : { runs: kind, approvals: kind },
    counts: { agents: agents.size, ...counts, traces: Math.min(traces, 10_000) },
  }
}

/** Counts the first page of each list, for stores that cannot count. */
async function countLists(
  { sessions, runs, approvals }: Stores,
  tenant: string,
): Promise<StoreCounts> {
  const page = { tenant, limit: 100, cursor: null, agentId: null, sessionId: null }
  const found = await Promise.all([
    sessions.list(page),
    runs.list({ ...page, statuses: null }),
    approvals.list({ ...page, statuses: ['pending'], runId: null }),
    approvals.list({ ...page, statuses: decided, runId: null }),
  ])
  const [allSessions, allRuns, pending, resolved] = found
  const count = (status: RunStatus) => allRuns.items.filter((run) => run.status === status).length
  return {
    sessions: allSessions.items.length,
    runs: Object.fromEntries(
      runStatuses.map((status) => [status, count(status)]),
    ) as StoreCounts['runs'],
    approvals: { pending: pending.items.length, resolved: resolved.items.length },
  }
}

const decided = approvalStatuses.filter((status) => status !== 'pending')
