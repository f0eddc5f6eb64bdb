import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** Advances what one request wakes, at once; what becomes due later is for a `tick`. */
export function inRequestDispatcher(): Dispatcher {
  let work: DispatcherWork | null = null
  return {
    start: (given) => void (work = given),
    wake: (runId, at) => (at === undefined ? work?.advance(runId) : undefined),
    stop: async () => undefined,
  }
}
