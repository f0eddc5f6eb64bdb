import { StudioClientError } from './error.ts'

/** How long a reader of a stream goes on trying. */
export interface Patience {
  /** Notes that the stream brought something; after an event the next try follows at once. */
  renew(isEvent: boolean): void
  /** Waits before the next try. @throws StudioClientError `stream_lost` when the time is over. */
  wait(signal: AbortSignal, cause: unknown): Promise<void>
}

/**
 * Waits longer after each try that brought no event, and gives up after `limitMs` of tries without any line. The time is that
 * of a monotonic clock, so a clock that is set forward or back changes nothing (docs/decisions/161-a-client-measures-silence.md).
 */
export function createPatience(limitMs: number): Patience {
  let tries = 0
  let failingSince: number | null = null
  return {
    renew(isEvent) {
      failingSince = null
      if (isEvent) tries = 0
    },
    async wait(signal, cause) {
      const now = performance.now()
      failingSince ??= now
      const left = limitMs - (now - failingSince)
      const { retryAfterMs = null, runId = null } = cause instanceof StudioClientError ? cause : {}
      if (left <= 0) {
        const message = `The stream could not be continued within ${limitMs} ms`
        throw new StudioClientError('stream_lost', message, { cause, runId })
      }
      const backoff = Math.min(100 * 2 ** tries++, 5_000) * (0.5 + Math.random() / 2)
      await pause(Math.min(Math.max(retryAfterMs ?? 0, backoff), left), signal)
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
