import { StudioClientError } from './error.ts'

/** The longest delay that timers of all runtimes accept. */
const longest = 2_147_483_647

/**
 * Settles as the promise does, or rejects before: with the reason of the signal, or with `timeout` after some milliseconds.
 * Whoever ignores the signal, such as a `fetch` in this process, is not waited for.
 */
export function within<T>(promise: Promise<T>, signal: AbortSignal, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => {
      reject(new StudioClientError('timeout', `The studio was silent for ${ms} ms`))
    }
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    const timer = setTimeout(late, Math.min(ms, longest))
    signal.addEventListener('abort', abort)
    void promise.then(resolve, reject).finally(() => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    })
  })
}
