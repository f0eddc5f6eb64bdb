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
}

const pageSize = 500

/** Follows a run from the entry after `after`: first the stored entries, then the live ones, without a gap. */
export function follow(source: FollowSource, run: FollowedRun, after: number): Follower {
  const channel = joinChannel(source.channels, run.id)
  const reader: LogReader = { cursor: after }
  channel.readers.add(reader)
  let closed = false
  let isJoined = false
  let isFresh = true
  const pause = createPause(channel, source.pollMs)

  const close = () => {
    if (closed) return
    closed = true
    pause.end()
    channel.readers.delete(reader)
    leaveChannel(source.channels, run.id, channel)
  }
  const join = async (now: FollowedRun) => {
    if (isJoined) return
    const point = await findResumePoint(source.runs, { channel, run: now, after })
    if (point === null) return
    reader.cursor = point
    isJoined = true
  }
  const joinNow = async () => {
    const now = isFresh ? run : await source.runs.get(run.tenant, run.id)
    isFresh = false
    if (now) await join(now)
  }
  const read = async (): Promise<readonly LogEntry[]> => {
    // During an outage of the store there are no new entries, and the reader keeps waiting.
    if (!isJoined) await joinNow().catch(orWhenUnavailable(undefined))
    if (!isJoined) return []
    const entries = readTail(channel, reader.cursor) ?? (await readPage(source, run, reader.cursor))
    reader.cursor = entries.at(-1)?.seq ?? reader.cursor
    return entries
  }
  return {
    async next() {
      if (closed) return null
      const { version } = channel
      let entries = await read()
      if (entries.length === 0 && channel.version === version) await pause.start()
      if (closed) return null
      if (entries.length === 0) entries = await read()
      const last = entries.at(-1)
      if (last && isTerminal(last.type)) close()
      return entries
    },
    join,
    cursor: () => reader.cursor,
    nudge: () => pause.end(),
    close,
  }
}

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
