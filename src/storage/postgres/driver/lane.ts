import { onAbort } from '../../../lib/deadline.ts'

/** Limits how many statements a driver has at a time. */
export interface Lane {
  /**
   * Calls `send` as soon as fewer than `width` statements are in progress. A statement counts until the driver settles it,
   * also if its caller gave up: what the database does not answer fills the lane, and nothing else is sent.
   *
   * @throws the signal's reason if it aborts first; `send` is never called then.
   * @throws `full` if too many statements wait.
   */
  run<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T>
}

/** With more than this many statements in the queue, the last ones would not be sent in time. */
const maxWaiting = 5_000

/** Creates a lane with its own queue. `full` is the error for a statement that finds the queue at its limit. */
export function createLane(width: number, full: () => Error): Lane {
  const waiting = new Set<() => void>()
  let free = width
  const release = () => {
    const [next] = waiting
    if (next) next()
    else free++
  }
  const enter = (signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (free > 0) {
      free--
      return Promise.resolve()
    }
    if (waiting.size >= maxWaiting) return Promise.reject(full())
    return new Promise((resolve, reject) => {
      const start = () => {
        waiting.delete(start)
        remove()
        resolve()
      }
      waiting.add(start)
      const remove = onAbort(signal, () => {
        waiting.delete(start)
        reject(signal.reason)
      })
    })
  }
  return {
    async run(signal, send) {
      await enter(signal)
      try {
        return await send()
      } finally {
        release()
      }
    },
  }
}
