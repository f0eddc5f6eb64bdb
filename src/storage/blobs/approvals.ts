import type { Decision } from '../../records/approval.ts'
import type { ApprovalStore } from '../store.ts'
import type { Payloads } from './payloads.ts'
import { walkAll, walkApproval, walkDecision, walkPage } from './walks.ts'

/** Creates an approval store whose arguments and outputs may be blobs. */
export function createBlobApprovals(inner: ApprovalStore, payloads: Payloads): ApprovalStore {
  const { load } = payloads
  const small = async (
    tenant: string,
    id: string,
    decision: Decision,
  ): Promise<Decision | null> => {
    if (!payloads.isStored(decision, walkDecision)) return decision
    const approval = await inner.get(tenant, id)
    return approval && payloads.store(approval.runId, decision, walkDecision)
  }
  return {
    async get(tenant, id) {
      const approval = await inner.get(tenant, id)
      return approval && load(approval, walkApproval)
    },
    list: async (filter) => load(await inner.list(filter), walkPage(walkApproval)),
    pendingOf: async (runIds) => [
      ...(await load(await inner.pendingOf(runIds), walkAll(walkApproval))),
    ],
    ...(inner.resolvedOf
      ? {
          async resolvedOf(ids) {
            const approvals = (await inner.resolvedOf?.(ids)) ?? []
            return [...(await load(approvals, walkAll(walkApproval)))]
          },
        }
      : {}),
    async decide(tenant, id, decision) {
      const stored = await small(tenant, id, decision)
      const outcome = stored && (await inner.decide(tenant, id, stored))
      return outcome && { ...outcome, approval: await load(outcome.approval, walkApproval) }
    },
  }
}
