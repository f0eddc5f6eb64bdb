import { startInterval } from '../../lib/timer.ts'
import type { RunRef } from '../../storage/store.ts'
import type { LoopHost, StopReason } from './host.ts'
import type { OutageRetry } from '../log/outage.ts'

/** The lease of a claimed run, renewed in the background. */
export interface Lease {
  /**
   * Returns true if this process still owns the run. Asks the store if the lease may have expired: a process can be paused
   * (SIGSTOP, VM migration) for longer than its lease without noticing.
   */
  confirm(): Promise<boolean>
  /** Renews the lease soon, and obeys a cancellation that the store then reports. */
  check(): void
  /** Stops the renewal. The lease expires later. */
  close(): void
}

/** How a lease is kept. */
export interface LeaseOptions {
  /** When the claim was sent, in milliseconds since 1970. */
  readonly since: number
  readonly stop: (reason: StopReason) => void
  readonly retryOutage: OutageRetry
}

const noop = (): void => undefined

/** Renews a lease whenever a third of its time has passed. */
export function keepLease(
  { stores, clock, leaseMs, onError }: LoopHost,
  ref: RunRef,
  { since, stop, retryOutage }: LeaseOptions,
): Lease {
  let expiresAt = since + leaseMs
  let renewing: Promise<boolean> | null = null
  const renew = async (): Promise<boolean> => {
    const sentAt = clock.now()
    const renewed = await stores.runs.renew(ref, leaseMs)
    if (!renewed) {
      stop('lost')
      return false
    }
    expiresAt = sentAt + leaseMs
    if (renewed.cancelRequested) stop('cancelled')
    return true
  }
  const report = (error: unknown) => onError(error, undefined, { runId: ref.runId })
  // One renewal at a time: they would pile up during an outage of the store.
  const renewOnce = () => (renewing ??= renew().finally(() => (renewing = null)))
  const timer = startInterval(leaseMs / 3, () => void renewOnce().catch(report))
  return {
    async confirm() {
      while (clock.now() >= expiresAt) {
        if (!(await retryOutage(renewOnce))) return false
      }
      return true
    },
    check() {
      // A renewal on its way may have read the run before the change.
      const after = renewing?.then(noop, noop) ?? Promise.resolve()
      after.then(renewOnce).catch(report)
    },
    close: () => timer.stop(),
  }
}
