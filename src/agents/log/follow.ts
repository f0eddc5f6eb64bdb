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
} from './channel.ts'
import { orWhenUnavailable } from './outage.ts'
import { findResumePoint, type FollowedRun } from './resume.ts'

/** A reader of one run's log that reads at its own pace. */
export interface Follower {
  /**
   * Resolves to the next entries, in order and without gaps. Resolves to `[]` when `nudge` was called or when nothing
   * happened for a while, and to null after the terminal entry or after `close`. If an owner is lost, entries that it
   * showed but did not store are replaced: the next entries then start again after the last stored one.
   */
  next(): Promise<readonly LogEntry[] | null>
  /** Determines where to resume, if that is still unknown. `run` is the current run. */
  join(run: FollowedRun): Promise<void>
  /** The sequence number of the last returned entry; before that, the one where the reader joined. */
  cursor(): number
  /** Makes a waiting `next` resolve now. */
  nudge(): void
  close(): void
}

/** What a follower reads from. */
export interface FollowSource {
  readonly channels: Channels
  readonly runs: Pick<RunStore, 'readLog' | 'get'>
  /** How often to poll a run that another process may advance; null if only this process can advance it. */
  readonly pollMs: number | null
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
  const reader: LogReader = { cursor: after }
  let opened: { channel: Channel; pause: Pause } | undefined
  let closed = false
  let isJoined = false
  const current = createCurrent(source, run)

  const open = () => {
    if (opened) return opened
    const channel = joinChannel(source.channels, run.id)
    channel.readers.add(reader)
    source.onReaders?.(run.tenant, 1)
    return (opened = { channel, pause: createPause(channel, source.pollMs) })
  }
  const close = () => {
    const wasOpen = !closed && opened
    closed = true
    if (!wasOpen) return
    wasOpen.pause.end()
    wasOpen.channel.readers.delete(reader)
    source.onReaders?.(run.tenant, -1)
    leaveChannel(source.channels, run.id, wasOpen.channel)
  }
  const join = async (now: FollowedRun | null) => {
    if (!now || isJoined || closed) return
    const point = await findResumePoint(source.runs, { channel: open().channel, run: now, after })
    if (point === null) return
    reader.cursor = point
    isJoined = true
  }
  const read = async (): Promise<readonly LogEntry[]> => {
    // During an outage of the store there are no new entries, and the reader keeps waiting.
    if (!isJoined) await current().then(join).catch(orWhenUnavailable(undefined))
    if (!isJoined) return []
    const entries =
      readTail(open().channel, reader.cursor) ?? (await readPage(source, run, reader.cursor))
    reader.cursor = entries.at(-1)?.seq ?? reader.cursor
    return entries
  }
  const next = async (): Promise<readonly LogEntry[] | null> => {
    if (closed) return null
    const { channel, pause } = open()
    const { version } = channel
    let entries = await read()
    if (entries.length === 0 && channel.version === version) await pause.start()
    if (closed) return null
    if (entries.length === 0) entries = await read()
    const last = entries.at(-1)
    if (last && isTerminal(last.type)) close()
    return entries
  }
  return {
    next,
    join,
    cursor: () => reader.cursor,
    nudge: () => opened?.pause.end(),
    close,
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

type Pause = ReturnType<typeof createPause>

/** Makes a pause that lasts until its channel is notified, `pollMs` have passed, or `end` is called. */
function createPause(channel: Channel, pollMs: number | null) {
  let end: () => void = () => undefined
  const start = () =>
    new Promise<void>((resolve) => {
      const timer = pollMs === null ? undefined : setTimeout(() => end(), pollMs)
      end = () => {
        clearTimeout(timer)
        channel.waiting.delete(end)
        resolve()
      }
      channel.waiting.add(end)
    })
  return { start, end: () => end() }
}

function readPage({ runs }: FollowSource, { id }: FollowedRun, after: number) {
  return runs.readLog(id, after, pageSize).catch(orWhenUnavailable<readonly LogEntry[]>([]))
}
