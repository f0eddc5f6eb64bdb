import type { Engine } from '../../agents/engine/engine.ts'
import { orWhenUnavailable } from '../../agents/log/outage.ts'
import { isTerminal, type RunEvent } from '../../agents/views/events.ts'
import { watchSilence } from '../../lib/timer.ts'
import type { LogEntry, RunSummary } from '../../records/run.ts'

/** An event of a run with its number in the log. */
export type LoggedEvent = RunEvent & { readonly seq: number }

/**
 * Why there are no more events: the run `ended`, it waits for people (`waiting`), or nobody can tell here (`cut`), because
 * this process shuts down or the run was deleted.
 */
export type EventsEnd = 'ended' | 'waiting' | 'cut'

/** Reads the events of one run. */
export interface RunEvents {
  /**
   * Resolves to the next events, in order; to `[]` after a silence; to null at the end. After a lost owner, events that it
   * showed and did not store are replaced: the next ones begin with a `turn_start` that has an `attempt`.
   */
  next(): Promise<readonly LoggedEvent[] | null>
  /** Why `next` resolved to null. */
  end(): EventsEnd
  close(): void
}

export interface ReadOptions {
  /** The number of the last event that the reader has; -1 for none. */
  readonly after: number
  /** False goes on while the run waits for people. @default true */
  readonly stopsWaiting?: boolean
  /** After how much silence `next` resolves to `[]`, in milliseconds. */
  readonly silenceMs: number
}

/** How soon a reader looks again while the store is away, in milliseconds. */
const awayMs = 1_000

/** Follows a run until it ends or waits for people. While the store is away, it waits, at the first look as at any other. */
export function readRunEvents(engine: Engine, run: RunSummary, options: ReadOptions): RunEvents {
  const { after, stopsWaiting = true, silenceMs } = options
  const follower = engine.follow(run, after)
  let end: EventsEnd = 'cut'
  let isOver = false
  /** The approvals that the run waits for, if that was its last event. */
  let waitingFor: readonly string[] | null = null
  /** Whether `waitingFor` is known: before the first event the log says it, and it may be away. */
  let isKnown = !stopsWaiting
  let isAway = false

  const silence = watchSilence(follower)
  const stop = (reason: EventsEnd): null => {
    end = reason
    isOver = true
    silence.close()
    return null
  }
  /** One approval that was decided is enough: the run goes on. */
  const waits = async () => {
    if (!isKnown) waitingFor = await readWaiting(engine, run, after)
    isKnown = true
    if (!stopsWaiting || !waitingFor) return false
    const pending = await engine.stores.approvals.pendingOf([run.id])
    const ids = new Set(pending.map(({ id }) => id))
    return waitingFor.every((id) => ids.has(id))
  }
  const isWaiting = async () => {
    const answer = await waits().catch(orWhenUnavailable(null))
    isAway = answer === null
    return answer === true
  }

  async function next(): Promise<readonly LoggedEvent[] | null> {
    if (isOver) return null
    if (await isWaiting()) return stop('waiting')
    silence.start(isAway ? awayMs : silenceMs)
    try {
      for (;;) {
        const entries = await follower.next()
        if (entries === null) return stop('cut')
        if (entries.length > 0) return take(entries)
        if (silence.isOver()) return []
        if (await isWaiting()) return stop('waiting')
      }
    } finally {
      silence.end()
    }
  }

  function take(entries: readonly LogEntry[]): readonly LoggedEvent[] {
    const events = entries.map(({ json }) => JSON.parse(json) as LoggedEvent)
    const last = events.at(-1)
    isKnown = true
    waitingFor = last?.type === 'run_waiting' ? last.approvalIds : null
    if (last && isTerminal(last.type)) stop('ended')
    return events
  }
  return { next, end: () => end, close: silence.close }
}

/** Returns the approvals that a run waits for, if a reader has all of its events already. */
async function readWaiting({ stores }: Engine, run: RunSummary, after: number) {
  if (run.status !== 'waiting' || after < run.nextSeq - 1) return null
  const [entry] = await stores.runs.readLog(run.id, run.nextSeq - 2, 1)
  const event = entry && (JSON.parse(entry.json) as LoggedEvent)
  return event?.type === 'run_waiting' ? event.approvalIds : null
}
