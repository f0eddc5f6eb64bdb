import type { LogEntry } from '../../records/run.ts'
import type { RunStore } from '../../storage/store.ts'
import { isTerminal } from '../views/events.ts'
import { joinChannel, leaveChannel, type Live, type Reader, readWindow } from './channel.ts'
import { whenAway } from './outage.ts'
import { findSeam, type FollowedRun } from './resume.ts'

/** A reader of one run's log, at its own pace. */
export interface Follower {
  /**
   * Resolves to the next entries, in order and without gaps; `[]` when `nudge` was called or there was nothing for
   * `idleMs`; null after the terminal entry was given, and after `close`. What a lost owner had shown and not stored comes
   * to nothing: the next entries then begin again after the last one that was.
   */
  next(): Promise<readonly LogEntry[] | null>
  /** Finds out where to go on, if that was open: by `run` as it stands now. */
  join(run: FollowedRun): Promise<void>
  /** The last entry given, or where the reader came in. */
  cursor(): number
  /** Makes a waiting `next` resolve now. */
  nudge(): void
  close(): void
}

/** What a follower reads from. */
export interface FollowSource {
  readonly live: Live
  readonly runs: Pick<RunStore, 'readLog' | 'get'>
  /** How often a run that somebody else may advance is looked at again; null when only this process can. */
  readonly pollMs: number | null
}

const pageSize = 500

/** Follows a run from the entry after `after`: first what is stored, then what happens, with no seam between. */
export function follow(source: FollowSource, run: FollowedRun, after: number): Follower {
  const channel = joinChannel(source.live, run.id)
  const reader: Reader = { cursor: after }
  channel.readers.add(reader)
  let closed = false
  let isJoined = false
  let isFresh = true
  let wake: () => void = () => undefined

  const close = () => {
    if (closed) return
    closed = true
    wake()
    channel.readers.delete(reader)
    leaveChannel(source.live, run.id, channel)
  }
  /** While the store is away there is nothing new: the reader waits with its run. */
  const readStore = () =>
    source.runs.readLog(run.id, reader.cursor, pageSize).catch(whenAway<readonly LogEntry[]>([]))
  const join = async (now: FollowedRun) => {
    if (isJoined) return
    const seam = await findSeam(source.runs, { channel, run: now, after })
    if (seam === null) return
    reader.cursor = seam
    isJoined = true
  }
  const joinNow = async () => {
    const now = isFresh ? run : await source.runs.get(run.tenant, run.id)
    isFresh = false
    if (now) await join(now)
  }
  const read = async (): Promise<readonly LogEntry[]> => {
    if (!isJoined) await joinNow().catch(whenAway(undefined))
    if (!isJoined) return []
    const entries = readWindow(channel, reader.cursor) ?? (await readStore())
    reader.cursor = entries.at(-1)?.seq ?? reader.cursor
    return entries
  }
  const wait = () =>
    new Promise<void>((resolve) => {
      const timer = source.pollMs === null ? undefined : setTimeout(() => wake(), source.pollMs)
      wake = () => {
        clearTimeout(timer)
        channel.waiting.delete(wake)
        resolve()
      }
      channel.waiting.add(wake)
    })

  return {
    async next() {
      if (closed) return null
      const { version } = channel
      let entries = await read()
      if (entries.length === 0 && channel.version === version) await wait()
      if (closed) return null
      if (entries.length === 0) entries = await read()
      const last = entries.at(-1)
      if (last && isTerminal(last.type)) close()
      return entries
    },
    join,
    cursor: () => reader.cursor,
    nudge: () => wake(),
    close,
  }
}
