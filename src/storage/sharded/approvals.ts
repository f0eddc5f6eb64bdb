import type { Approval } from '../../records/approval.ts'
import type { ApprovalStore } from '../store.ts'
import { earliestFirst, latestFirst, readMergedPage } from './merged-page.ts'
import type { Routes } from './routes.ts'

/** Creates an approval store over several. An approval is where its run is. */
export function createShardedApprovals({ shards, find, mayHave }: Routes): ApprovalStore {
  const gather = async (
    ids: readonly string[],
    ask: (approvals: ApprovalStore, ids: readonly string[]) => Promise<Approval[]>,
  ) => {
    const parts = await Promise.all(
      shards.map(async ({ approvals }, index) => {
        const own = ids.filter((id) => mayHave(index, id))
        return own.length > 0 ? ask(approvals, own) : []
      }),
    )
    return parts.flat()
  }
  const canRead = shards.every(({ approvals }) => approvals.resolvedOf)
  return {
    get: (tenant, id) => find(id, ({ approvals }) => approvals.get(tenant, id)),
    list: (filter) =>
      readMergedPage(shards, filter, {
        list: ({ approvals }, part) => approvals.list(part),
        compare(a, b) {
          const compare = filter.order === 'desc' ? latestFirst : earliestFirst
          return compare([a.requestedAt, a.id], [b.requestedAt, b.id])
        },
      }),
    pendingOf: (runIds) => gather(runIds, (approvals, ids) => approvals.pendingOf(ids)),
    ...(canRead
      ? {
          resolvedOf: (ids) =>
            gather(ids, async (approvals, own) => (await approvals.resolvedOf?.(own)) ?? []),
        }
      : {}),
    decide: (tenant, id, decision) =>
      find(id, ({ approvals }) => approvals.decide(tenant, id, decision)),
  }
}
