import { type Clock, systemClock } from '../../lib/clock.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkDuration } from '../../lib/options/numbers.ts'
import { createReport } from '../../lib/options/report.ts'
import { startTimer, type Timer } from '../../lib/timer.ts'
import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** Options of `inProcessDispatcher`; each has a default. */
export interface InProcessDispatcherOptions {
  /** The source of the current time. @default the host's clock */
  clock?: Clock
  /** How often to poll for work that other processes left, in milliseconds, varied by half. @default 2_000 */
  sweepMs?: number
  /** Receives errors of background work. A hook that throws or rejects changes nothing. @default prints them */
  onError?: (error: unknown) => void
}

const knownOptions: KnownKeys<InProcessDispatcherOptions> = {
  clock: true,
  sweepMs: true,
  onError: true,
}

const maxSleepMs = 3_600_000

/**
 * Advances runs in this process: immediately when woken, and with one timer for the earliest run that is due later.
 *
 * @throws TypeError for an unknown option, and for a `sweepMs` that is no positive number.
 */
export function inProcessDispatcher(options: InProcessDispatcherOptions = {}): Dispatcher {
  refuseUnknownKeys('inProcessDispatcher', options, knownOptions)
  const { clock = systemClock } = options
  const sweepMs = checkDuration('sweepMs', options.sweepMs ?? 2_000)
  const onError: (error: unknown) => void = createReport(options.onError)
  const running = new Set<Promise<void>>()
  let work: DispatcherWork | null = null
  let timer: Timer | undefined
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
    timer?.stop()
    alarm = at
    const delay = Math.min(Math.max(at - clock.now(), 0), maxSleepMs)
    timer = startTimer(delay, () => (sweeping = sweep().catch(onError)))
    timer.unref()
  }
  const sweep = async () => {
    alarm = Infinity
    try {
      const due = (await work?.due()) ?? []
      // shuffled, so that processes with the same list do not all start with the same run
      const order = work?.shared ? due.toSorted(() => Math.random() - 0.5) : due
      const done = order.map((runId) => run(runId).catch(onError))
      const isNew = due.some((runId) => !seen.has(runId)) // the others could not be claimed last time
      seen = new Set(due)
      if (isNew) void Promise.all(done).then(() => sleepUntil(clock.now())) // the list may have been full
      const next = work?.shared ? null : await work?.nextDue()
      if (typeof next === 'number') sleepUntil(Math.max(next, clock.now() + 1000))
    } finally {
      // with jitter, so that many instances do not poll at the same time
      if (work?.shared) sleepUntil(clock.now() + sweepMs * (0.5 + Math.random()))
    }
  }
  return {
    start(studioWork) {
      work = studioWork
      sleepUntil(clock.now()) // an earlier process may have left due runs
    },
    wake(runId, at) {
      return at === undefined ? run(runId) : sleepUntil(at)
    },
    async stop() {
      work = null
      timer?.stop()
      await Promise.allSettled([...running, sweeping])
    },
  }
}
