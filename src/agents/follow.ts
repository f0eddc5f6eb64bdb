import type { LogEntry } from '../records/run.ts'
import type { RunStore } from '../storage/store.ts'
import { isTerminal } from './events.ts'
import { joinChannel, leaveChannel, type Live, readWindow } from './live.ts'

/** A reader of one run's log, at its own pace. */
export interface Follower {
  /**
   * Resolves to the next entries, in order and without gaps; `[]` when `nudge` was called or there was nothing for
   * `idleMs`; null after the terminal entry was given, and after `close`.
   */
  next(): Promise<readonly LogEntry[] | null>
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

const pageSize = 500

/** Follows a run from the entry after `after`: first what is stored, then what happens, with no seam between. */
export function follow(source: FollowSource, runId: string, after: number): Follower {
  const channel = joinChannel(source.live, runId)
  let cursor = after
  let closed = false
  let wake: () => void = () => undefined

  const close = () => {
    if (closed) return
    closed = true
    wake()
    leaveChannel(source.live, runId, channel)
  }
  const read = () => readWindow(channel, cursor) ?? source.runs.readLog(runId, cursor, pageSize)
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
      if (!last) return entries
      cursor = last.seq
      if (isTerminal(last.type)) close()
      return entries
    },
    nudge: () => wake(),
    close,
  }
}
