import { withDeadline } from '../../lib/deadline.ts'
import type { ReportError } from '../../lib/options/report.ts'
import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** How long a dispatcher may take to stop after `shutdownMs`, in milliseconds. */
const stopGraceMs = 10_000

/**
 * Isolates a dispatcher, which may be a user's: what it throws, also later, is reported, and `stop` has an end. Nothing is
 * lost by a `wake` that failed, because due runs are found again.
 *
 * @throws TypeError for a value that is no dispatcher.
 */
export function guardDispatcher(
  dispatcher: Dispatcher,
  shutdownMs: number,
  report: ReportError,
): Dispatcher {
  for (const method of ['start', 'wake', 'stop'] as const) {
    if (typeof dispatcher?.[method] === 'function') continue
    throw new TypeError(`dispatcher needs the method ${method}`)
  }
  return {
    start(work) {
      void guard(() => dispatcher.start(guardWork(work)), report)
    },
    async wake(runId, at) {
      await guard(
        () => dispatcher.wake(runId, at),
        (error) => report(error, undefined, { runId }),
      )
    },
    async stop() {
      const timeoutMs = shutdownMs + stopGraceMs
      const late = new Error(`The dispatcher did not stop within ${timeoutMs} ms`)
      await guard(() => withDeadline(timeoutMs, late, async () => dispatcher.stop()), report)
    },
  }
}

/** Calls a function and reports what it throws or rejects with. Never rejects. */
async function guard(call: () => unknown, report: (error: unknown) => void): Promise<void> {
  try {
    await call()
  } catch (error) {
    report(error)
  }
}

/** A dispatcher that drops a promise of the studio must not end the process: each rejection has a handler. */
function guardWork(work: DispatcherWork): DispatcherWork {
  return {
    advance: (runId) => handled(work.advance(runId)),
    due: () => handled(work.due()),
    nextDue: () => handled(work.nextDue()),
    shared: work.shared,
  }
}

function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}
