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
        for (const stop of active.values()) stop('shutdown')
      }
      const timer = startTimer(shutdownMs, stopRuns)
      await dispatcher.stop()
      await advancer.current()
      timer.stop()
      readers.nudge()
      await readers.close()
      getController().abort()
      resolveDone()
    },
  }
}
