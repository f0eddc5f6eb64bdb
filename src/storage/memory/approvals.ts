import type { ApprovalFilter, ApprovalStore } from '../store.ts'
import type { Approval } from '../../records/approval.ts'
import {
  expireApprovals,
  parseCursor,
  patchRun,
  resolveApproval,
  type State,
  timestamp,
  toPage,
} from './state.ts'

/** Creates an approval store in memory. */
export function createMemoryApprovalStore(state: State): ApprovalStore {
  const find = (tenant: string, id: string) => {
    const row = state.runs.get(state.approvals.get(id)?.runId ?? '')
    const approval = row?.approvals.get(id)
    return row && approval?.tenant === tenant ? { row, approval } : null
  }
  return {
    async get(tenant, id) {
      return find(tenant, id)?.approval ?? null
    },
    async list(filter) {
      return toPage(matching(state, filter), filter.limit, ({ approval }) => approval)
    },
    async pendingOf(runIds) {
      return runIds
        .flatMap((id) => [...(state.runs.get(id)?.approvals.values() ?? [])])
        .filter(({ status }) => status === 'pending')
    },
    async resolvedOf(ids) {
      return ids.flatMap((id) => {
        const approval = state.runs.get(state.approvals.get(id)?.runId ?? '')?.approvals.get(id)
        return approval && approval.status !== 'pending' ? [approval] : []
      })
    },
    async decide(tenant, id, decision) {
      const found = find(tenant, id)
      if (!found) return null
      const { row } = found
      expireApprovals(state, row)
      const approval = row.approvals.get(id) ?? found.approval
      if (approval.status !== 'pending') return { decided: false, approval }
      const decided = resolveApproval(state, row, approval, {
        status: decision.approved ? 'approved' : 'rejected',
        decisionReason: decision.reason,
        decidedBy: decision.decidedBy,
        ...(decision.input === undefined ? {} : { input: decision.input }),
        ...(decision.output === undefined ? {} : { output: decision.output }),
      })
      patchRun(row, { wakeAt: timestamp(state) })
      return { decided: true, approval: decided }
    },
  }
}

function* matching(
  state: State,
  filter: ApprovalFilter,
): Generator<{ approval: Approval; serial: number }> {
  const after = parseCursor(filter.cursor)
  const isDown = filter.order === 'desc'
  const rows = isDown ? [...state.approvals].reverse() : state.approvals
  for (const [id, { runId, serial }] of rows) {
    if (after !== null && (isDown ? serial >= after : serial <= after)) continue
    const approval = state.runs.get(runId)?.approvals.get(id)
    if (approval && isMatch(approval, filter)) yield { approval, serial }
  }
}

function isMatch(approval: Approval, filter: ApprovalFilter): boolean {
  return (
    approval.tenant === filter.tenant &&
    (filter.statuses?.includes(approval.status) ?? true) &&
    (filter.runId === null || approval.runId === filter.runId) &&
    (filter.agentId === null || approval.agentId === filter.agentId) &&
    (filter.sessionId === null || approval.sessionId === filter.sessionId)
  )
}
