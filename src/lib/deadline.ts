/**
 * Settles like `promise`, or rejects with the signal's reason as soon as the signal aborts. The promise itself keeps
 * running then, and its outcome is dropped.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/**
 * Runs a task that may never settle. After `milliseconds` the task's signal aborts, and the returned promise rejects with
 * `reason`.
 */
export async function withDeadline<T>(
  milliseconds: number,
  reason: Error,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(reason), milliseconds)
  try {
    return await abortable(run(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
  }
}
