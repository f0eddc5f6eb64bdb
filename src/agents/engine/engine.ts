import type { HostContext } from '../../http/handler.ts'
import type { Clock, Ids } from '../../lib/clock.ts'
import type { ResolvedLimits } from '../../lib/options/limits.ts'
import type { ReportError } from '../../lib/options/report.ts'
import type { RunSummary } from '../../records/run.ts'
import type { Stores } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Follower } from '../log/follow.ts'
import type { FollowedRun } from '../log/resume.ts'
import type { LoopHost } from '../loop/host.ts'
import { createAdvancer } from './advancer.ts'
import { createLoad, type Load } from './load.ts'
import { createReaders } from './readers.ts'
import { createShutdown } from './shutdown.ts'

/** The settings and services of an engine. */
export interface EngineOptions {
  readonly agents: ReadonlyMap<string, Agent>
  readonly stores: Stores
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly ids: Ids
  /** How long a claim stays valid without a renewal, in milliseconds. */
  readonly leaseMs: number
  /** How long `close` waits for turns and tools in progress, in milliseconds. */
  readonly shutdownMs: number
  readonly limits: ResolvedLimits
  /** False if sessions and traces are switched off: events then name no trace. */
  readonly sessions: boolean
  readonly onError: ReportError
}

/** What routes need from an engine: the records, and the runs in progress. */
export interface Engine extends Pick<
  EngineOptions,
  'agents' | 'stores' | 'ids' | 'limits' | 'onError'
> {
  /** Returns false once the engine shuts down. */
  readonly accepting: () => boolean
  /** Schedules a run to be advanced soon. The host is kept alive for it if `context` allows that. */
  wake(runId: string, context?: HostContext): Promise<void>
  /** Lets work that does not reject go on after its response: `close` waits for it as for runs. */
  keep(name: string, work: Promise<void>): Promise<void>
  /** Counts a run that is being admitted. @throws StudioError `unavailable` or `rate_limited` at a limit. */
  enter(tenant: string, agentId: string): { leave(): void }
  /** Returns how many runs and readers this process has. */
  load(): ReturnType<Load['count']>
  /** @throws StudioError `unavailable` or `rate_limited` if no further reader may follow runs, or this run. */
  checkReaders(tenant: string, runId?: string): void
  /** Makes a run end soon after its cancellation was requested: stops it if this process advances it, and wakes it. */
  stopCancelled(runId: string, context?: HostContext): void
  /** Requests that a run ends as `cancelled`. Returns null if there is no such run. */
  cancel(tenant: string, runId: string, reason: string | null): Promise<RunSummary | null>
  /** Reads a run's log from the entry after `after`. `run` is the current run. */
  follow(run: FollowedRun, after: number): Follower
  /** Makes every reader in this process check whether its run still exists. */
  nudgeReaders(): void
}

/** An engine for the code that created it, which starts and closes it. */
export interface ManagedEngine extends Engine {
  /** Resolves when `close` is done. */
  readonly closed: Promise<void>
  /** Starts to look for due work, which other processes may have left. */
  start(): void
  /** Resolves when the engine is advancing no run. */
  idle(): Promise<void>
  /** Advances all due runs once. Resolves when they have ended or wait. */
  tick(): Promise<void>
  /** Accepts no more runs, gives up the current ones for other processes, and resolves when that is done. */
  close(): Promise<void>
}

/** Creates an engine. It does nothing until `start` or the first `wake`. */
export function createEngine(options: EngineOptions): ManagedEngine {
  const { stores, dispatcher, ids, limits, onError } = options
  const shutdown = createShutdown(options.shutdownMs)
  const load = createLoad(limits)
  let owner: string | undefined
  const host: LoopHost = {
    ...options,
    get owner() {
      return (owner ??= ids.uuid()) // at first use, because Workers allow no random values while a module loads
    },
    get closing() {
      return shutdown.signal()
    },
    channels: new Map(),
    active: new Map(),
    woken: new Set(),
    accepting: shutdown.accepting,
    wake: (runId, context) => void wake(runId, context),
  }
  const advancer = createAdvancer(host, limits.runs)
  const readers = createReaders(host, load)

  async function wake(runId: string, context?: HostContext): Promise<void> {
    if (!shutdown.accepting()) return
    advancer.start()
    const woken = Promise.resolve(dispatcher.wake(runId)).catch((error) => onError(error))
    context?.waitUntil?.(woken.then(() => advancer.settled(runId)))
    await woken
  }
  const stopCancelled = (runId: string, context?: HostContext) => {
    host.active.get(runId)?.stop('cancelled')
    advancer.hurry(runId)
    void wake(runId, context)
  }
  return {
    ...options,
    accepting: shutdown.accepting,
    enter: load.enter,
    load: load.count,
    checkReaders: (tenant, runId) => load.checkReaders(tenant, readers.count(runId)),
    wake,
    keep: advancer.track,
    stopCancelled,
    async cancel(tenant, runId, reason) {
      const run = await stores.runs.requestCancel(tenant, runId, reason)
      if (run && run.endedAt === null) stopCancelled(runId)
      return run
    },
    follow: readers.follow,
    nudgeReaders: readers.nudge,
    closed: shutdown.done,
    start: advancer.start,
    idle: advancer.idle,
    tick: advancer.tick,
    close: () => shutdown.close(host, advancer, readers),
  }
}
