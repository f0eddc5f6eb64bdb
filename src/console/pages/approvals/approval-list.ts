import { useRef } from 'preact/hooks'
import type { ApprovalInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'

/** Which approvals the list shows. */
export type ApprovalView = 'pending' | 'resolved'

/** Approvals as far as they were read. */
export interface ApprovalRows {
  readonly items: readonly ApprovalInfo[]
  readonly hasMore: boolean
}

const pageSize = 100
/** How often the list is read again, in milliseconds for each of its pages. */
const everyMs = 3_000

/** Reads a list of approvals, as many pages as were asked for, and keeps it current. */
export function useApprovalList(
  status: ApprovalView,
  agentId: string,
): Loaded<ApprovalRows> & { more(): void } {
  const asked = useRef({ key: '', pages: 1 })
  const key = `${status} ${agentId}`
  if (asked.current.key !== key) asked.current = { key, pages: 1 }
  const loaded = useLoaded<ApprovalRows>(
    (signal) => readPages(status, agentId, { pages: asked.current.pages, signal }),
    [status, agentId],
    { everyMs: everyMs * asked.current.pages },
  )
  const { data, reload } = loaded
  const more = () => {
    const read = Math.ceil((data?.items.length ?? 0) / pageSize)
    if (!data?.hasMore || asked.current.pages > read) return
    asked.current.pages = read + 1
    reload()
  }
  return { ...loaded, more }
}

async function readPages(
  status: ApprovalView,
  agentId: string,
  { pages, signal }: { readonly pages: number; readonly signal: AbortSignal },
): Promise<ApprovalRows> {
  const filter = agentId === '' ? {} : { agentId }
  const order = status === 'pending' ? 'asc' : 'desc'
  const list = client.approvals.list({ status, ...filter, order, limit: pageSize, signal })
  const items: ApprovalInfo[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < pages && cursor !== null; page++) {
    const read = await list.page(cursor)
    items.push(...read.items)
    cursor = read.nextCursor
  }
  return { items, hasMore: typeof cursor === 'string' }
}
