/** What a dispatcher is given to work with. */
export interface DispatcherWork {
  /** Advances a run as far as it goes; harmless when there is nothing to do or somebody else does it. */
  advance(runId: string): Promise<void>
  /** Runs that could be advanced now. */
  due(): Promise<readonly string[]>
  /** When the next run becomes due: milliseconds since 1970, or null when none will by itself. */
  nextDue(): Promise<number | null>
  /** True when other processes may leave due work behind, so that somebody has to look for it. */
  readonly shared: boolean
}

/**
 * Decides who calls `advance(run)` and when. Correctness never depends on it: a run woken twice, or by two machines, is
 * advanced once, because `advance` claims.
 */
export interface Dispatcher {
  /** Called once, before the first `wake`. */
  start(work: DispatcherWork): void
  /** Has a run advanced, now or at `at` (milliseconds since 1970). May resolve when the run ended or waits. */
  wake(runId: string, at?: number): void | Promise<void>
  /** Resolves when nothing of its work is in progress any more. */
  stop(): Promise<void>
}
