import type { Clock } from '../../lib/clock.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** A snapshot is served stale up to this many times `snapshotMaxAgeMs`. */
const staleFactor = 5

/**
 * Returns a snapshot that requests share. `read` gets the latest one; `revalidate` gets a read that goes on after this
 * request was answered. With `isFresh`, the read begins after the call.
 */
export type ReadShared = (
  read: (previous: Snapshot | null) => Promise<Snapshot>,
  revalidate: (reading: Promise<Snapshot>) => void,
  isFresh?: boolean,
) => Promise<Snapshot>

/**
 * Caches the latest snapshot for `snapshotMaxAgeMs`, and joins a read in progress.
 *
 * Stale-while-revalidate (RFC 5861): up to five times that age, the old snapshot is returned while a new one is read in the
 * background. A snapshot with problems is never served stale, because they may be over
 * (docs/decisions/016-how-old-an-answer-may-be.md).
 */
export function createSharedSnapshot({
  clock,
  snapshotMaxAgeMs,
}: {
  readonly clock: Clock
  readonly snapshotMaxAgeMs: number
}): ReadShared {
  let latest: { readonly snapshot: Snapshot; readonly readAt: number } | null = null
  let pending: Promise<Snapshot> | null = null
  let next: Promise<Snapshot> | null = null
  const start = (read: Parameters<ReadShared>[0]): Promise<Snapshot> => {
    const reading = read(latest?.snapshot ?? null)
      .then((snapshot) => {
        latest = { snapshot, readAt: clock.now() }
        return snapshot
      })
      .finally(() => {
        if (pending === reading) pending = null
      })
    return (pending = reading)
  }
  return async (read, revalidate, isFresh) => {
    if (isFresh) {
      // A read in progress began before the call. All who come before the next one begins, wait for it.
      next ??= pending = Promise.resolve(pending)
        .catch(() => null)
        .then(() => {
          next = null
          return start(read)
        })
      return next
    }
    const age = latest ? clock.now() - latest.readAt : Infinity
    if (latest && age < snapshotMaxAgeMs) return latest.snapshot
    const isFirst = pending === null
    pending ??= start(read)
    const mayServeStale =
      latest?.snapshot.problems.length === 0 && age < staleFactor * snapshotMaxAgeMs
    if (!latest || !mayServeStale) return pending
    if (isFirst) revalidate(pending)
    return latest.snapshot
  }
}
