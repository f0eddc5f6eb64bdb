import { type Clock, systemClock } from '../../lib/clock.ts'
import { unref } from '../../lib/timer.ts'
import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** Options of `inProcessDispatcher`. */
export interface InProcessDispatcherOptions {
  /** Where time comes from. @default the host's clock */
  clock?: Clock
  /** How often to look for work that other processes left behind, in milliseconds, give or take a half. @default 2_000 */
  sweepMs?: number
  /** Gets what fails while nobody waits for it. @default console.error */
  onError?: (error: unknown) => void
}

const longestSleepMs = 3_600_000

/** Advances runs in this process: at once when woken, and by one timer for the earliest that is due later. */
export function inProcessDispatcher(options: InProcessDispatcherOptions = {}): Dispatcher {
  const { clock = systemClock, sweepMs = 2_000, onError = console.error } = options
  const running = new Set<Promise<void>>()
  let work: DispatcherWork | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let alarm = Infinity
  let seen: ReadonlySet<string> = new Set()
  let sweeping: Promise<void> = Promise.resolve()

  const run = (runId: string): Promise<void> => {
    if (!work) return Promise.resolve()
    const done = work.advance(runId).finally(() => running.delete(done))
    running.add(done)
    return done
  }
  const sleepUntil = (at: number) => {
    if (!work || at >= alarm) return
    clearTimeout(timer)
    alarm = at
    const delay = Math.min(Math.max(at - clock.now(), 0), longestSleepMs)
    timer = setTimeout(() => (sweeping = sweep().catch(onError)), delay)
    unref(timer)
  }
  const sweep = async () => {
    alarm = Infinity
    try {
      const due = (await work?.due()) ?? []
      // many processes that look at the same list should not all begin at its front
      const order = work?.shared ? due.toSorted(() => Math.random() - 0.5) : due
      const done = order.map((runId) => run(runId).catch(onError))
      const isNew = due.some((runId) => !seen.has(runId)) // not only what could not be taken last time
      seen = new Set(due)
      if (isNew) void Promise.all(done).then(() => sleepUntil(clock.now())) // there may be more
      const next = work?.shared ? null : await work?.nextDue()
      if (typeof next === 'number') sleepUntil(Math.max(next, clock.now() + 1000))
    } finally {
      sweepLater()
    }
  }
  /** Jittered, so that many instances do not look all at once. */
  const sweepLater = () => {
    if (work?.shared) sleepUntil(clock.now() + sweepMs * (0.5 + Math.random()))
  }
  return {
    start(given) {
      work = given
      sleepUntil(clock.now()) // what an earlier process left behind
    },
    wake(runId, at) {
      return at === undefined ? run(runId) : sleepUntil(at)
    },
    async stop() {
      work = null
      clearTimeout(timer)
      await Promise.allSettled([...running, sweeping])
    },
  }
}
