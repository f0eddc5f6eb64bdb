import type { RunRef } from '../../storage/store.ts'
import type { LoopHost, StopReason } from './host.ts'
import type { Patiently } from '../log/outage.ts'

/** A claim's hold on its run, renewed in time. */
export interface Lease {
  /**
   * Is the run still ours? The store is asked when the lease may have run out since it was last renewed, for a process can
   * be stopped for longer than that without knowing.
   */
  confirm(): Promise<boolean>
  /** Stops renewing. */
  close(): void
}

/** What a lease is kept with. */
export interface LeaseOptions {
  /** When the claim was asked for, in milliseconds since 1970. */
  readonly since: number
  readonly stop: (reason: StopReason) => void
  readonly patiently: Patiently
}

/** Renews a lease that began at `since` at a third of its time. */
export function keepLease(
  { stores, clock, leaseMs, onError }: LoopHost,
  ref: RunRef,
  { since, stop, patiently }: LeaseOptions,
): Lease {
  let heldUntil = since + leaseMs
  let renewing: Promise<boolean> | null = null
  const renew = async (): Promise<boolean> => {
    const sentAt = clock.now()
    const renewed = await stores.runs.renew(ref, leaseMs)
    if (!renewed) {
      stop('lost')
      return false
    }
    heldUntil = sentAt + leaseMs
    if (renewed.cancelRequested) stop('cancelled')
    return true
  }
  /** One at a time: while the store is away they would pile up. */
  const renewOnce = () => (renewing ??= renew().finally(() => (renewing = null)))
  const timer = setInterval(() => void renewOnce().catch(onError), leaseMs / 3)
  return {
    async confirm() {
      while (clock.now() >= heldUntil) {
        if (!(await patiently(renewOnce))) return false
      }
      return true
    },
    close: () => clearInterval(timer),
  }
}
