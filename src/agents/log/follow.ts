import type { LogEntry } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'
import { isTerminal } from '../views/events.ts'
import {
  type Channel,
  type Channels,
  joinChannel,
  leaveChannel,
  type LogReader,
  readTail,
  wakeReader,
} from './channel.ts'
import { orWhenUnavailable } from './outage.ts'
import { findResumePoint, type FollowedRun } from './resume.ts'

/** A reader of one run's log that reads at its own pace. */
export interface Follower {
  /**
   * Resolves to the next entries, in order and without gaps. Resolves to `[]` when `nudge` was called or when the run must be
   * checked, and to null after the terminal entry or after `close`. If an owner is lost, entries that it
   * showed but did not store are replaced: the next entries then start again after the last stored one.
   */
  next(): Promise<readonly LogEntry[] | null>
  /** Determines where to resume, if that is still unknown. `run` is the current run. */
  join(run: FollowedRun): Promise<void>
  /** The sequence number of the last returned entry; before that, the one where the reader joined. */
  cursor(): number
  /** Returns true if the last `next` resolved only because of `nudge`. */
  isQuiet(): boolean
  /** Makes a waiting `next` resolve now. */
  nudge(): void
  close(): void
}

/** What a follower reads from. */
export interface FollowSource {
  readonly channels: Channels
  readonly runs: Pick<RunStore, 'readLog' | 'get'>
  /** Called when a reader begins to wait for a run that another process may advance; null if only this process can. */
  readonly onWait: (() => void) | null
  /** Called when a reader of this tenant begins to read (1) and when it ends (-1). */
  readonly onReaders?: (tenant: string, change: 1 | -1) => void
}

const pageSize = 500

/** How long the run that a follower was made with counts as current, in milliseconds. */
const freshMs = 1_000

/**
 * Follows a run from the entry after `after`: first the stored entries, then the live ones, without a gap. Nothing is kept
 * for a reader that has not begun to read.
 */
export function follow(source: FollowSource, run: FollowedRun, after: number): Follower {
  const reader: LogReader = { cursor: after, wake: null }
  const seat = createSeat(source, run, reader)
  let isJoined = after < 0 // nothing to find out for a reader of the whole log
  let isNew = run.nextSeq === 0 && source.onWait !== null // its log was empty a moment ago; a look sees more
  let isQuiet = false
  const current = createCurrent(source, run)

  const join = async (now: FollowedRun | null) => {
    if (!now || isJoined || seat.isLeft()) return
    const point = await findResumePoint(source.runs, { channel: seat.take(), run: now, after })
    if (point === null) return
    reader.cursor = point
    isJoined = true
  }
  const moveOn = (entries: readonly LogEntry[]) => {
    isNew = false
    reader.cursor = entries.at(-1)?.seq ?? reader.cursor
    return entries
  }
  /** The next entries if they need no statement; a reader of a live run asks for nothing else. */
  const readLive = () => {
    const entries = isJoined ? readTail(seat.take(), reader.cursor) : null
    return entries && moveOn(entries)
  }
  const readStored = async (): Promise<readonly LogEntry[]> => {
    // During an outage of the store there are no new entries, and the reader keeps waiting.
    if (!isJoined) await current().then(join).catch(orWhenUnavailable(undefined))
    if (!isJoined) return []
    const position = { id: run.id, after: reader.cursor }
    return readLive() ?? moveOn(isNew ? [] : await readPage(source, seat.take(), position))
  }
  const read = () => readLive() ?? readStored()
  const next = async (): Promise<readonly LogEntry[] | null> => {
    if (seat.isLeft()) return null
    const channel = seat.take()
    const { version } = channel
    let entries = await read()
    if (seat.isLeft()) return null // nothing would end a pause that starts now
    isQuiet = entries.length === 0 && channel.version === version
    if (isQuiet) await pause(reader, source.onWait)
    if (seat.isLeft()) return null
    isQuiet &&= channel.version === version
    if (isQuiet) return []
    if (entries.length === 0) entries = await read()
    const last = entries.at(-1)
    if (last && isTerminal(last.type)) seat.leave()
    return entries
  }
  return {
    next,
    join,
    cursor: () => reader.cursor,
    isQuiet: () => isQuiet,
    nudge: () => wakeReader(reader),
    close: seat.leave,
  }
}

/** The place of a reader in its run's channel: taken when it begins to read, and left once. */
function createSeat(source: FollowSource, run: FollowedRun, reader: LogReader) {
  let taken: Channel | undefined
  let left = false
  return {
    take() {
      if (taken) return taken
      const channel = joinChannel(source.channels, run.id)
      channel.readers.add(reader)
      source.onReaders?.(run.tenant, 1)
      return (taken = channel)
    },
    leave() {
      const wasTaken = !left && taken
      left = true
      if (!wasTaken) return
      wakeReader(reader)
      wasTaken.readers.delete(reader)
      source.onReaders?.(run.tenant, -1)
      leaveChannel(source.channels, run.id, wasTaken)
    },
    isLeft: () => left,
  }
}

/** Returns a function that resolves to the run as it is now: a reader may begin long after it was made. */
function createCurrent({ runs }: FollowSource, run: FollowedRun) {
  const madeAt = Date.now()
  let attempts = 0
  return async (): Promise<FollowedRun | null> => {
    const isFresh = attempts++ === 0 && Date.now() - madeAt < freshMs
    return isFresh ? run : runs.get(run.tenant, run.id)
  }
}

/** Waits until the channel of the reader is notified, or the reader is woken alone. */
function pause(reader: LogReader, onWait: (() => void) | null): Promise<void> {
  return new Promise((resolve) => {
    reader.wake = resolve
    onWait?.()
  })
}

/** Reads stored entries. Readers that stand at the same entry share a statement, unless there was an event since it was sent. */
function readPage(
  source: FollowSource,
  channel: Channel,
  { id, after }: { id: string; after: number },
) {
  const { runs } = source
  const key = `${channel.version} ${after}`
  const page =
    channel.pages.get(key) ??
    runs
      .readLog(id, after, pageSize)
      .then(async (entries) => (await import('./old-entries.ts')).withCallIds(entries)) // keeps the core entry small
      .catch(orWhenUnavailable<readonly LogEntry[]>([]))
      .finally(() => channel.pages.delete(key))
  channel.pages.set(key, page)
  return page
}
