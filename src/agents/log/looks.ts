import { isUnavailable } from '../../errors.ts'
import { startTimer, type Timer } from '../../lib/timer.ts'
import { isEnded, type RunProgress } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'
import { type Channel, type Channels, type LogReader, notify } from './channel.ts'

/** Looks for the work of other processes on behalf of all readers of this one. */
export interface Looks {
  /** Looks at regular intervals from now on, for as long as a reader waits for a run that another process advances. */
  start(): void
  /** Looks soon at a run of which another process reports a change. */
  hurry(runId: string): void
  stop(): void
}

/** What looks need, and how often they happen. */
export interface LooksOptions {
  readonly channels: Channels
  readonly runs: Pick<RunStore, 'progress'>
  /** The pause between two looks, in milliseconds. */
  readonly pollMs: number
  /** The pause for runs that wait for people, while other processes report what they do. @default pollMs */
  readonly slowPollMs?: number
  /** Do other processes report what they do? @default never */
  readonly listening?: () => boolean
}

type Seen = RunProgress | 'missing'

/** How many runs one look asks for. */
const maxRuns = 1_000

/**
 * Creates the looks of one process: one statement for all runs that are read here, however many readers each of them has.
 *
 * @see docs/decisions/135-one-look-for-all-readers.md
 */
export function createLooks(options: LooksOptions): Looks {
  const { channels, runs, pollMs, slowPollMs = pollMs } = options
  const seen = new WeakMap<Channel, { readonly at: number; readonly progress: Seen }>()
  let timer: Timer | undefined
  let isLooking = false
  let isStopped = false
  const isDue = (channel: Channel) => {
    const last = seen.get(channel)
    if (!last || !options.listening?.()) return true
    const isIdle = last.progress !== 'missing' && last.progress.status === 'waiting'
    // What ends the wait, a decision or a cancellation, is a step of the run that sends a hint.
    return !isIdle || Date.now() - last.at >= slowPollMs
  }
  const compare = (channel: Channel, progress: Seen) => {
    const last = seen.get(channel)?.progress
    seen.set(channel, { at: Date.now(), progress })
    if (channel.tail) return // this process has begun to advance the run meanwhile
    if (needsWake(channel, progress, last)) notify(channel)
  }
  const look = async (due: readonly (readonly [string, Channel])[]) => {
    const rows = await runs.progress?.(due.map(([runId]) => runId))
    const found = new Map(rows?.map((row) => [row.id, row]))
    // A store that cannot tell is read by each reader.
    for (const [runId, channel] of due)
      if (rows) compare(channel, found.get(runId) ?? 'missing')
      else notify(channel)
  }
  const waiting = () =>
    [...channels].filter(([, { tail, readers }]) => tail === null && isWaiting(readers))
  const round = async () => {
    timer = undefined
    const all = waiting()
    if (all.length === 0) return
    isLooking = true
    const due = all.filter(([, channel]) => isDue(channel))
    for (let start = 0; start < due.length; start += maxRuns) {
      const part = due.slice(start, start + maxRuns)
      await look(part).catch((error: unknown) => {
        // The readers read themselves then, and meet the error. During an outage they wait.
        if (!isUnavailable(error)) for (const [, channel] of part) notify(channel)
      })
    }
    isLooking = false
    schedule()
  }
  const schedule = () => {
    if (!isLooking && !isStopped) timer ??= startTimer(pollMs, () => void round())
  }
  return {
    start: schedule,
    hurry(runId) {
      const channel = channels.get(runId)
      if (channel) seen.delete(channel)
    },
    stop() {
      isStopped = true
      timer?.stop()
    },
  }
}

function isWaiting(readers: ReadonlySet<LogReader>): boolean {
  for (const { wake } of readers) if (wake) return true
  return false
}

/** Must the readers of a run look for themselves: did it change, is it over, or is one of them not at the end of its log? */
function needsWake(channel: Channel, progress: Seen, last: Seen | undefined): boolean {
  if (progress === 'missing' || isEnded(progress.status)) return true
  const { status, nextSeq, takeoverSeq } = progress
  if (nextSeq === 0 && [...channel.readers].every(({ cursor }) => cursor < 0)) return false // nothing to read yet
  if (!last || last === 'missing') return true
  if (last.status !== status || last.nextSeq !== nextSeq || last.takeoverSeq !== takeoverSeq)
    return true
  return [...channel.readers].some(({ cursor }) => cursor !== nextSeq - 1)
}
