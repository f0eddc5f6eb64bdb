/** Lets a process end although this timer still runs; only Node-like hosts have `unref`. */
export function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref()
  }
}

/** Something that is done again and again. */
export interface Repetition {
  /** Has it done now, or right after the one in progress. */
  nudge(): void
  /** Resolves when the one in progress is over; none follows. */
  stop(): Promise<void>
}

/**
 * Does a task at once, and again `everyMs` (give or take a half, so that many processes do not act all at once) after it
 * was done. Never twice at a time.
 */
export function repeat(
  task: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): Repetition {
  let timer: ReturnType<typeof setTimeout> | undefined
  let current: Promise<void> | null = null
  let again = false
  let stopped = false
  const run = (): void => {
    clearTimeout(timer)
    again = current !== null
    current ??= task().catch(onError).then(goOn)
  }
  const goOn = () => {
    current = null
    if (stopped) return
    if (again) return run()
    timer = setTimeout(run, everyMs * (0.5 + Math.random()))
    unref(timer)
  }
  run()
  return {
    nudge: () => stopped || run(),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await current
    },
  }
}
