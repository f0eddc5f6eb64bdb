import type { LogEntry, Run } from '../records/run.ts'
import type { RunStore } from '../storage/store.ts'
import { isTerminal } from './events.ts'
import {
  type Channel,
  joinChannel,
  leaveChannel,
  type Live,
  type Reader,
  readWindow,
} from './live.ts'
import { whenAway } from './patience.ts'

/** A reader of one run's log, at its own pace. */
export interface Follower {
  /**
   * Resolves to the next entries, in order and without gaps; `[]` when `nudge` was called or there was nothing for
   * `idleMs`; null after the terminal entry was given, and after `close`. What a lost owner had shown and not stored comes
   * to nothing: the next entries then begin again after the last one that was.
   */
  next(): Promise<readonly LogEntry[] | null>
  /** The last entry given, or where the reader came in. */
  cursor(): number
  /** Makes a waiting `next` resolve now. */
  nudge(): void
  close(): void
}

/** What a follower reads from. */
export interface FollowSource {
  readonly live: Live
  readonly runs: Pick<RunStore, 'readLog'>
  /** How often a run that somebody else may advance is looked at again; null when only this process can. */
  readonly pollMs: number | null
}

/** A run as a reader needs it. */
export type FollowedRun = Pick<Run, 'id' | 'tenant' | 'nextSeq' | 'takeoverSeq'>

const pageSize = 500

/** Follows a run from the entry after `after`: first what is stored, then what happens, with no seam between. */
export function follow(source: FollowSource, run: FollowedRun, after: number): Follower {
  const channel = joinChannel(source.live, run.id)
  const reader: Reader = { cursor: startCursor(channel, run, after) }
  channel.readers.add(reader)
  let closed = false
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
  const read = async () => {
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
    cursor: () => reader.cursor,
    nudge: () => wake(),
    close,
  }
}

/**
 * A reader who is ahead of the log may have seen what a lost owner showed and never stored: it begins where the next owner
 * did, or will.
 */
function startCursor({ claim }: Channel, run: FollowedRun, after: number): number {
  const { nextSeq, takeoverSeq } = claim ?? run
  const isSafe = after < nextSeq || (claim && takeoverSeq === null)
  return isSafe ? after : (takeoverSeq ?? nextSeq) - 1
}
