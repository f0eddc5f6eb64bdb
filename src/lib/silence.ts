import { unref } from './timer.ts'

/** Watches how long a reader waits for the next text. One timer serves all waits of a stream, since most are short. */
export interface Silence {
  /** Begins a wait. It is silent after `ms` milliseconds. */
  start(ms: number): void
  /** Ends the wait. */
  end(): void
  /** Returns true if the last wait was silent. */
  isOver(): boolean
  /** Ends the wait and the timer; after `end` alone the timer ends by itself within the time of the last wait. */
  stop(): void
}

/** Calls back when a wait has been silent for its time, and again after each such time until it ends. */
export function watchSilence(onSilence: () => void): Silence {
  let timer: ReturnType<typeof setInterval> | undefined
  let firesAt = Infinity
  let dueAt = Infinity
  let waitMs = 0
  let isOver = false
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  const fireIn = (ms: number) => {
    stop()
    firesAt = performance.now() + ms
    timer = setInterval(check, ms)
    unref(timer)
  }
  const check = () => {
    if (dueAt === Infinity) return stop()
    const left = dueAt - performance.now()
    if (left > 0) return fireIn(left)
    isOver = true
    dueAt = performance.now() + waitMs
    fireIn(waitMs)
    onSilence()
  }
  return {
    start(ms) {
      isOver = false
      waitMs = ms
      dueAt = performance.now() + ms
      if (!timer || firesAt > dueAt) fireIn(ms)
    },
    end: () => void (dueAt = Infinity),
    isOver: () => isOver,
    stop() {
      dueAt = Infinity
      stop()
    },
  }
}
