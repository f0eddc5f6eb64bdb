/** Lets the process exit while this timer is pending. Only Node-like hosts have `unref`; elsewhere nothing happens. */
export function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref()
  }
}

/** Waits for `ms` milliseconds. Resolves early, and clears the timer, when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}

/** Controls a task that `repeat` started. */
export interface Repetition {
  /** Runs the task now, or once more as soon as the current round ends. */
  nudge(): void
  /** Prevents further rounds; resolves when the current one has ended. */
  stop(): Promise<void>
}

/**
 * Runs a task now, and again about `everyMs` after each round ended. Rounds never overlap. The pause varies by half in both
 * directions, so that many processes do not act at the same moment.
 */
export function repeat(
  task: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): Repetition {
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: Promise<void> | null = null
  let isNudged = false
  let isStopped = false
  const run = (): void => {
    clearTimeout(timer)
    isNudged = current !== null
    current ??= task().catch(onError).then(scheduleNext)
  }
  const scheduleNext = () => {
    current = null
    if (isStopped) return
    if (isNudged) return run()
    timer = setTimeout(run, everyMs * (0.5 + Math.random()))
    unref(timer)
  }
  run()
  return {
    nudge: () => isStopped || run(),
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await current
    },
  }
}
