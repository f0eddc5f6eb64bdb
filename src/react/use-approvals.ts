import { useCallback, useEffect, useRef, useState } from 'react'
import type { ApprovalDecision, ApprovalFilter } from '../client/call-options.ts'
import type { StudioClient } from '../client/client.ts'
import type { ApprovalInfo } from '../client/wire.ts'
import { useLatest } from './use-latest.ts'

/** Which approvals a component shows, and how often it asks. */
export interface ApprovalsOptions extends Omit<ApprovalFilter, 'signal' | 'cursor'> {
  /** How long to wait before the list is read again, in milliseconds. A hidden page asks again when it is shown. @default 3_000 */
  readonly intervalMs?: number
}

/** The approvals in a component. The functions never change. */
export interface ApprovalsHandle {
  /** Oldest first, up to `limit` (100). */
  readonly approvals: readonly ApprovalInfo[]
  /** True until the first answer. */
  readonly isLoading: boolean
  /** Why the list could not be read last time; null otherwise. The list of the time before stays. */
  readonly error: Error | null
  /** Decides about a tool call, and reads the list again. Rejects as `client.approvals.decide` does. */
  decide(approvalId: string, decision: ApprovalDecision): Promise<ApprovalInfo>
  /** Reads the list again. */
  reload(): Promise<void>
}

/** Shows the approvals that wait for a person, or those of another filter, and keeps the list current. */
export function useApprovals(
  client: StudioClient,
  { intervalMs = 3_000, ...filter }: ApprovalsOptions = {},
): ApprovalsHandle {
  const latest = useLatest({ client, filter, intervalMs })
  const [view, setView] = useState({
    approvals: [] as readonly ApprovalInfo[],
    isLoading: true,
    error: null as Error | null,
  })
  const reading = useRef<AbortController | null>(null)

  const reload = useCallback(async (): Promise<void> => {
    const { client, filter } = latest.current
    reading.current?.abort()
    const { signal } = (reading.current = new AbortController())
    const query = { status: 'pending' as const, limit: 100, ...filter, signal }
    try {
      const { items } = await client.approvals.list(query).page()
      if (!signal.aborted) setView({ approvals: items, isLoading: false, error: null })
    } catch (reason) {
      if (signal.aborted) return
      const error = reason instanceof Error ? reason : new Error(String(reason))
      setView(({ approvals }) => ({ approvals, isLoading: false, error }))
    }
  }, [latest])

  const key = JSON.stringify(filter)
  useEffect(() => {
    let isMounted = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const poll = async (): Promise<void> => {
      clearTimeout(timer)
      if (!document.hidden) await reload()
      clearTimeout(timer)
      if (isMounted) timer = setTimeout(poll, latest.current.intervalMs)
    }
    const wake = () => void poll()
    void poll()
    document.addEventListener('visibilitychange', wake)
    return () => {
      isMounted = false
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      reading.current?.abort()
    }
  }, [key, reload, latest])

  const decide = useCallback<ApprovalsHandle['decide']>(
    async (approvalId, decision) => {
      const decided = await latest.current.client.approvals.decide(approvalId, decision)
      await reload()
      return decided
    },
    [latest, reload],
  )
  return { ...view, decide, reload }
}
