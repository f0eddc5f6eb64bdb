import { StudioError } from '../../errors.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { blobsUnavailable } from './failures.ts'
import { createGate } from './gate.ts'
import type { Blobs } from './port.ts'

/** How many calls of the blobs are on their way at the same time. */
const mostCalls = 32

/** Makes blobs whose calls have a deadline, wait for each other, and reject with nothing but errors that are safe to send. */
export function boundBlobs(blobs: Blobs, timeoutMs: number): Blobs {
  const inTurn = createGate(mostCalls)
  const call = <T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withDeadline(
      timeoutMs,
      () => blobsUnavailable('The blobs do not answer'),
      (signal) =>
        inTurn(async () => {
          signal.throwIfAborted() // it may have waited too long for its turn
          return ask(signal)
        }),
    ).catch((error: unknown) => {
      throw error instanceof StudioError ? error : blobsUnavailable('The blobs failed', error)
    })
  return {
    put: (key, bytes) => call((signal) => blobs.put(key, bytes, signal)),
    get: (key) => call((signal) => blobs.get(key, signal)),
    delete: (keys) => call((signal) => blobs.delete(keys, signal)),
    list: (prefix, after) => call((signal) => blobs.list(prefix, after, signal)),
  }
}
