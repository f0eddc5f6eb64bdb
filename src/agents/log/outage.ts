import { StudioError } from '../../errors.ts'
import { sleep } from '../../lib/timer.ts'

/** Repeats a call while the store is away. */
export type Patiently = <T>(call: () => Promise<T>) => Promise<T>

const firstDelayMs = 50
const longestDelayMs = 2_000

/** Does this error say that the store cannot work now, and may later? */
export function isAway(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'unavailable'
}

/** Makes a handler for `catch` that answers with `value` while the store is away, and passes on everything else. */
export function whenAway<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (!isAway(error)) throw error
    return value
  }
}

/**
 * Repeats a call while the store says it is `unavailable`, with growing pauses, for `patienceMs` at most. Anything else,
 * and the last refusal, is passed on.
 */
export async function withPatience<T>(
  patienceMs: number,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  const until = Date.now() + patienceMs
  for (let delay = firstDelayMs; ; delay = Math.min(delay * 2, longestDelayMs)) {
    try {
      return await call()
    } catch (error) {
      if (!isAway(error) || signal.aborted || Date.now() + delay > until) throw error
      await sleep(delay, signal).catch(() => undefined)
    }
  }
}
