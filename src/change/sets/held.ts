import { StudioError } from '../../errors.ts'
import { startInterval } from '../../lib/timer.ts'
import type { ChangeSet, ChangeState } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'

/** A change set whose folder this process holds, under a lease that it renews. */
export interface HeldChange {
  readonly change: () => ChangeSet
  /** Replaces the state and keeps the folder. @throws StudioError `unavailable` when another process has taken it over. */
  keep(state: ChangeState): Promise<void>
  /** Replaces the state and gives the folder back. @throws StudioError `unavailable` likewise. */
  release(state: ChangeState): Promise<ChangeSet>
  /** @throws StudioError `unavailable` when the lease may have run out. */
  readonly mustHold: () => void
  /** Ends the renewal of the lease. */
  stop(): void
}

const lost = () =>
  new StudioError('unavailable', 'Another process has taken the change set over', {
    headers: { 'retry-after': '1' },
  })

/** Takes the folder of a change set. Resolves to null when its state has changed, or another change set has the folder. */
export async function hold(
  work: Pick<ChangeWork, 'changes' | 'leaseMs' | 'owner' | 'onError'>,
  change: ChangeSet,
  state: ChangeState,
): Promise<HeldChange | null> {
  const { changes, leaseMs } = work
  const lease = { owner: work.owner(), leaseMs }
  let current = change
  let until = performance.now() + leaseMs
  const save = async (next: ChangeState, kept: typeof lease | undefined) => {
    const asked = performance.now()
    const version = await changes.update(current, next, kept)
    if (version === null) return false
    current = { ...current, ...next, version }
    until = asked + leaseMs
    return true
  }
  if (!(await save(state, lease))) return null
  const renewal = startInterval(leaseMs / 3, () => {
    const asked = performance.now()
    const { version } = current
    changes.renew(current, lease).then(
      (isRenewed) => {
        if (isRenewed && version === current.version) until = asked + leaseMs
      },
      (error: unknown) => work.onError(error),
    )
  })
  renewal.unref()
  return {
    change: () => current,
    async keep(next) {
      if (!(await save(next, lease))) throw lost()
    },
    async release(next) {
      renewal.stop()
      if (!(await save(next, undefined))) throw lost()
      return current
    },
    mustHold() {
      if (performance.now() >= until) throw lost()
    },
    stop: () => renewal.stop(),
  }
}
