import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** Advances the runs that one request wakes. Runs that become due later wait for a `tick`. */
export function inRequestDispatcher(): Dispatcher {
  let work: DispatcherWork | null = null
  return {
    start: (studioWork) => void (work = studioWork),
    wake: (runId, at) => (at === undefined ? work?.advance(runId) : undefined),
    stop: async () => undefined,
  }
}
