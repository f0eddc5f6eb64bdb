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

const followers = new WeakMap<AbortSignal, Set<AbortController>>()

/**
 * Aborts a controller together with a signal, until the returned function is called. A signal may live as long as its process:
 * it gets one listener, and keeps nothing of what has ended. `AbortSignal.any` keeps some bytes for each call.
 */
export function abortWith(
  signal: AbortSignal | undefined,
  controller: AbortController,
): () => void {
  if (!signal) return () => undefined
  if (signal.aborted) controller.abort(signal.reason)
  let all = followers.get(signal)
  if (!all) {
    const made = (all = new Set<AbortController>())
    followers.set(signal, made)
    const abort = () => {
      for (const one of made) one.abort(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  }
  all.add(controller)
  return () => void followers.get(signal)?.delete(controller)
}
