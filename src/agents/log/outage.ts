import { isUnavailable } from '../../errors.ts'
import { sleep } from '../../lib/timer.ts'

/** Repeats a call of the store during an outage of the store. */
export type OutageRetry = <T>(call: () => Promise<T>) => Promise<T>

const firstDelayMs = 50
const maxDelayMs = 2_000

/** Returns a handler for `catch` that returns `value` if the store is unavailable, and rethrows all other errors. */
export function orWhenUnavailable<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (!isUnavailable(error)) throw error
    return value
  }
}

/**
 * Repeats a call with exponential backoff while the store is `unavailable`.
 *
 * @throws every other error at once; the last `unavailable` error after `maxOutageMs`, or when the signal aborts.
 */
export async function retryWhileUnavailable<T>(
  maxOutageMs: number,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + maxOutageMs
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, maxDelayMs)) {
    try {
      return await call()
    } catch (error) {
      if (!isUnavailable(error) || signal.aborted || Date.now() + delay > until) throw error
      await sleep(delay, signal)
    }
  }
}
