/** The operations that a studio provides to its dispatcher. */
export interface DispatcherWork {
  /** Advances a run until it ends or waits. Does nothing if it is not due or another process advances it. */
  advance(runId: string): Promise<void>
  /** Returns the ids of runs that are due now. */
  due(): Promise<readonly string[]>
  /** Returns when the next run becomes due, in milliseconds since 1970; null if no run has such a time. */
  nextDue(): Promise<number | null>
  /** True if other processes may leave due work, so that the dispatcher must poll for it. */
  readonly shared: boolean
}

/**
 * Decides when, and in which process, runs are advanced. Correctness never depends on it: a run that is woken twice, or on
 * two machines, is advanced once, because `advance` claims it.
 */
export interface Dispatcher {
  /** Starts the dispatcher. A studio calls it once, before the first `wake`. */
  start(work: DispatcherWork): void
  /** Schedules a run to be advanced now, or at `at` (milliseconds since 1970). May resolve once the run ended or waits. */
  wake(runId: string, at?: number): void | Promise<void>
  /** Stops the dispatcher. Resolves when it advances no run. */
  stop(): Promise<void>
}
