import type { Hint } from '../../storage/store.ts'
import { notify } from '../log/channel.ts'
import type { Follower } from '../log/follow.ts'
import { followRun } from '../log/follow-run.ts'
import type { Looks } from '../log/looks.ts'
import type { FollowedRun } from '../log/resume.ts'
import type { LoopHost } from '../loop/host.ts'
import type { Load } from './load.ts'

/** The readers of runs in one process. */
export interface Readers {
  /** Reads a run's log from the entry after `after`. `run` is the current run. */
  follow(run: FollowedRun, after: number): Follower
  /** Returns how many readers of this process follow a run; 0 without a run. */
  count(runId: string | undefined): number
  /** Makes every reader check whether its run still exists. */
  nudge(): void
  /** Ends the subscription to hints. */
  close(): Promise<void>
}

/** How often this process looks for the work of other processes, in milliseconds. */
const pollMs = 250

/** How often it looks at runs that wait for people, while hints arrive, in milliseconds. */
const slowPollMs = 5_000

/** Creates the readers of an engine. They subscribe to the store's hints when the first one starts. */
export function createReaders(host: LoopHost, load: Load): Readers {
  const { channels, stores, accepting } = host
  const { runs } = stores
  const listening = () => stores.listening?.() ?? false
  let looks: Promise<Looks> | undefined
  const look = () => {
    looks ??= import('../log/looks.ts').then(({ createLooks }) =>
      createLooks({ channels, runs, pollMs, slowPollMs, listening }),
    )
    looks.then(({ start }) => accepting() && start(), host.onError)
  }
  let watching: Promise<(() => Promise<void>) | void> | undefined
  const watch = () => {
    if (!accepting()) return
    watching ??= stores
      .watch?.((hint) => applyHint(host, hint, looks))
      .catch(() => void (watching = undefined)) // this process looks as well, and the next reader subscribes again
  }
  return {
    follow(run, after) {
      watch()
      const source = {
        channels,
        runs,
        onWait: stores.shared ? look : null,
        accepting,
        onReaders: load.countReader,
      }
      return followRun(source, run, after)
    },
    count: (runId) => channels.get(runId ?? '')?.readers.size ?? 0,
    nudge() {
      for (const channel of channels.values()) notify(channel)
    },
    async close() {
      void looks?.then(
        ({ stop }) => stop(),
        () => undefined,
      )
      const unwatch = await watching
      await unwatch?.()
    },
  }
}

/**
 * Looks at a run of which another process reports a change. A hint alone changes nothing, because anybody who may connect
 * to the database can send one: every branch reads the run first.
 */
function applyHint(
  { active, channels, wake }: LoopHost,
  { kind, runId }: Hint,
  looks: Promise<Looks> | undefined,
): void {
  const run = active.get(runId)
  looks?.then(
    ({ hurry }) => hurry(runId),
    () => undefined,
  )
  const channel = channels.get(runId)
  if (kind === 'due') wake(runId)
  else if (kind === 'cancel') run?.check()
  else if (channel && !run) notify(channel)
}
