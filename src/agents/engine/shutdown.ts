import { startTimer } from '../../lib/timer.ts'
import type { LoopHost } from '../loop/host.ts'
import type { Advancer } from './advancer.ts'
import type { Readers } from './readers.ts'

/** The shutdown of one engine, before, while and after it happens. */
export interface Shutdown {
  /** Resolves when `close` is done. */
  readonly done: Promise<void>
  /** Returns false once `close` was called. */
  readonly accepting: () => boolean
  /** Returns a signal that aborts when the engine stops waiting for work in progress. */
  signal(): AbortSignal
  close(host: LoopHost, advancer: Advancer, readers: Readers): Promise<void>
}

/** How long `close` waits after `shutdownMs` for calls of the store, in milliseconds. */
const graceMs = 8_000

/** Resolves when a task has settled, or after `ms`. Never rejects. */
function settled(ms: number, task: () => Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = startTimer(ms, resolve)
    task()
      .catch(() => undefined)
      .finally(() => {
        timer.stop()
        resolve()
      })
  })
}

/** Creates the shutdown of an engine that waits up to `shutdownMs` for turns and tools in progress. */
export function createShutdown(shutdownMs: number): Shutdown {
  let controller: AbortController | undefined
  // At first use, because Workers allow no controller while a module loads.
  const getController = () => (controller ??= new AbortController())
  let resolveDone = () => undefined as void
  const done = new Promise<void>((resolve) => (resolveDone = resolve))
  let isAccepting = true
  return {
    done,
    accepting: () => isAccepting,
    signal: () => getController().signal,
    async close({ active, dispatcher }, advancer, readers) {
      isAccepting = false
      const stopRuns = () => {
        getController().abort()
        for (const { stop } of active.values()) stop('shutdown')
      }
      const timer = startTimer(shutdownMs, stopRuns)
      advancer.release()
      // A database that hangs must not hold the process: its calls have deadlines, and what is left ends with its leases.
      await settled(shutdownMs + graceMs, async () => {
        await dispatcher.stop()
        await advancer.current()
      })
      timer.stop()
      stopRuns()
      readers.nudge()
      await settled(graceMs / 2, readers.close)
      resolveDone()
    },
  }
}
