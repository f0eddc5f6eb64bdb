/** Lets the process exit while this timer is pending. Only Node-like hosts have `unref`; elsewhere nothing happens. */
export function unref(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    if (typeof timer.unref === 'function') timer.unref()
  }
}

/** A timer that was started. */
export interface Timer {
  /** Prevents every later call. */
  stop(): void
  /** Lets the process exit while the timer is pending. */
  unref(): void
}

// A host's timer with a longer delay fires at once.
const maxDelayMs = 2_147_483_647

/** Calls back once after `ms` milliseconds, also after more than the 24.8 days of a host's timer; never after Infinity. */
export function startTimer(ms: number, callback: () => void): Timer {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isUnref = false
  const start = (left: number): void => {
    if (left === Infinity) return
    const delay = Math.min(left, maxDelayMs)
    timer = setTimeout(() => (left > delay ? start(left - delay) : callback()), delay)
    if (isUnref) unref(timer)
  }
  start(ms)
  return {
    stop: () => clearTimeout(timer),
    unref() {
      isUnref = true
      unref(timer)
    },
  }
}

/** Calls back every `ms` milliseconds until it is stopped; `ms` is as long as `startTimer` takes. */
export function startInterval(ms: number, callback: () => void): Timer {
  let isUnref = false
  const tick = (): void => {
    timer = startTimer(ms, tick)
    if (isUnref) timer.unref()
    callback()
  }
  let timer = startTimer(ms, tick)
  return {
    stop: () => timer.stop(),
    unref() {
      isUnref = true
      timer.unref()
    },
  }
}

/** Waits for `ms` milliseconds. Resolves early, and clears the timer, when the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      timer.stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = startTimer(ms, done)
    signal.addEventListener('abort', done)
  })
}

/** How long a reader has waited for what comes next. One timer serves all of its waits, since most are short. */
export interface Silence {
  /** Begins a wait. It is silent after `ms` milliseconds. */
  start(ms: number): void
  /** Ends the wait. */
  end(): void
  /** Returns true if the last wait was silent. */
  isOver(): boolean
  /** Closes the reader, and ends the timer. After `end` alone the timer ends by itself within the time of the last wait. */
  close(): void
}

/** Nudges a reader when it has waited for its time, and again after each such time until the wait ends. */
export function watchSilence(reader: { nudge(): void; close(): void }): Silence {
  let timer: ReturnType<typeof setInterval> | undefined
  let dueAt = Infinity
  let waitMs = 0
  let isOver = false
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  const fireIn = (ms: number) => {
    stop()
    timer = setInterval(check, ms)
    unref(timer)
  }
  const check = () => {
    const left = dueAt - performance.now()
    if (left > 0) return left < Infinity ? fireIn(left) : stop()
    isOver = true
    dueAt = performance.now() + waitMs
    fireIn(waitMs)
    reader.nudge()
  }
  return {
    start(ms) {
      isOver = false
      dueAt = performance.now() + ms
      if (!timer || ms !== waitMs) fireIn(ms)
      waitMs = ms
    },
    end: () => void (dueAt = Infinity),
    isOver: () => isOver,
    close() {
      stop()
      reader.close()
    },
  }
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
  let timer: Timer | undefined
  let current: Promise<void> | null = null
  let isNudged = false
  let isStopped = false
  const run = (): void => {
    timer?.stop()
    isNudged = current !== null
    current ??= round().then(scheduleNext, scheduleNext)
  }
  const round = async (): Promise<void> => {
    try {
      await task()
    } catch (error) {
      onError(error)
    }
  }
  const scheduleNext = () => {
    current = null
    if (isStopped) return
    if (isNudged) return run()
    timer = startTimer(everyMs * (0.5 + Math.random()), run)
    timer.unref()
  }
  run()
  return {
    nudge: () => isStopped || run(),
    async stop() {
      isStopped = true
      timer?.stop()
      await current
    },
  }
}
