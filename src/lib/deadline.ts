import { startTimer } from './timer.ts'

/**
 * Calls a listener once the signal aborts: at once if it has aborted already, because such a signal never fires again.
 * Returns a function that removes the listener.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/**
 * Settles like `promise`, or rejects with the signal's reason as soon as the signal aborts. The promise itself keeps
 * running then, and its outcome is dropped.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const remove = onAbort(signal, () => reject(signal.reason))
    Promise.resolve(promise).then(resolve, reject).finally(remove)
  })
}

/**
 * Runs a task that may never settle. After `milliseconds` the task's signal aborts, and the returned promise rejects with
 * `reason`, or with the error that it makes. A deadline in the background lets the process exit before it.
 */
export async function withDeadline<T>(
  milliseconds: number,
  reason: Error | (() => Error),
  run: (signal: AbortSignal) => Promise<T>,
  { isBackground = false } = {},
): Promise<T> {
  const controller = new AbortController()
  const timer = startTimer(milliseconds, () =>
    controller.abort(typeof reason === 'function' ? reason() : reason),
  )
  if (isBackground) timer.unref()
  try {
    return await abortable(run(controller.signal), controller.signal)
  } finally {
    timer.stop()
  }
}

/** How long a schema or a policy of the user may take, in milliseconds. */
const userCodeMs = 60_000

/** Bounds a function of the user that may never answer. It does not keep the process alive: its run may be over. */
export function inTime<T>(what: string, call: () => Promise<T>): Promise<T> {
  const late = () =>
    new DOMException(`${what} did not answer within ${userCodeMs} ms`, 'TimeoutError')
  return withDeadline(userCodeMs, late, call, { isBackground: true })
}
