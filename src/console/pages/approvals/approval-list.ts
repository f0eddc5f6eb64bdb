import type { ApprovalInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { usePaged } from '../../app/paged.ts'

/** Which approvals the list shows. */
export type ApprovalView = 'pending' | 'resolved'

/** How often the list is read again, in milliseconds. */
const refreshMs = 3_000

/** Reads the approvals that are pending, the oldest first, or those that were decided, the newest first. */
export function useApprovalList(status: ApprovalView, agentId: string) {
  const filter = {
    status,
    order: status === 'pending' ? ('asc' as const) : ('desc' as const),
    ...(agentId === '' ? {} : { agentId }),
  }
  return usePaged<ApprovalInfo>(
    (options) => client.approvals.list({ ...filter, ...options }),
    [status, agentId],
    refreshMs,
  )
}
