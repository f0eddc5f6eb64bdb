import type { HostContext } from '../../http/handler.ts'
import type { Clock, Ids } from '../../lib/clock.ts'
import type { Run } from '../../records/run.ts'
import type { Hint, Stores } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { Dispatcher } from '../dispatch/dispatcher.ts'
import type { Follower } from '../log/follow.ts'
import { followRun } from '../log/follow-run.ts'
import { notify } from '../log/channel.ts'
import type { LoopHost } from '../loop/host.ts'
import type { FollowedRun } from '../log/resume.ts'

/** What an engine is made from. */
export interface EngineOptions {
  readonly agents: ReadonlyMap<string, Agent>
  readonly stores: Stores
  readonly dispatcher: Dispatcher
  readonly clock: Clock
  readonly ids: Ids
  /** How long a claim holds without a sign of life, in milliseconds. */
  readonly leaseMs: number
  /** How long `close` lets turns and tools in progress go on, in milliseconds. */
  readonly shutdownMs: number
  /** False when sessions and traces are switched off: no event names a trace then. */
  readonly sessions: boolean
  readonly onError: (error: unknown) => void
}

/** Runs agents: the one thing between the routes and the journal. */
export interface Engine extends EngineOptions, LoopHost {
  /** Resolves when `close` is done. */
  readonly closed: Promise<void>
  /** Begins to look for due work, where other processes may leave some. */
  start(): void
  /** Has a run advanced soon; the host is kept alive for it where it can be. */
  wake(runId: string, context?: HostContext): void
  /** Asks that a run end as `cancelled`. Null when there is no such run. */
  cancel(tenant: string, runId: string, reason: string | null): Promise<Run | null>
  /** Reads a run's log from the entry after `after`; `run` is as it stands now. */
  follow(run: FollowedRun, after: number): Follower
  /** Has every reader in this process look whether its run is still there. */
  nudgeReaders(): void
  /** Resolves when it advances nothing any more. */
  idle(): Promise<void>
  /** Takes over all due work once, and waits for it. */
  tick(): Promise<void>
  /** Stops taking runs and hands its own over. */
  close(): Promise<void>
}

const dueLimit = 100

/** How often a reader looks for what other processes did. */
const pollMs = 250

/** Makes an engine; it does nothing until something wakes it. */
export function createEngine(options: EngineOptions): Engine {
  const { stores, dispatcher, ids } = options
  const advancing = new Map<Promise<void>, string>()
  let controller: AbortController | undefined
  const closing = () => (controller ??= new AbortController()) // at first use: Workers make none while a module loads
  let resolveClosed = () => undefined as void
  const closed = new Promise<void>((resolve) => (resolveClosed = resolve))
  let accepting = true
  let started = false
  let owner: string | undefined
  let watching: Promise<(() => Promise<void>) | void> | undefined

  const engine: Engine = {
    ...options,
    get owner() {
      return (owner ??= ids.uuid()) // at first use: Workers give no random values while a module loads
    },
    live: new Map(),
    active: new Map(),
    woken: new Set(),
    accepting: () => accepting,
    get closing() {
      return closing().signal
    },
    closed,
    start,
    wake(runId, context) {
      if (!accepting) return
      start()
      const done = Promise.resolve(dispatcher.wake(runId)).catch(options.onError)
      context?.waitUntil?.(done.then(() => settled(runId)))
    },
    async cancel(tenant, runId, reason) {
      const run = await stores.runs.requestCancel(tenant, runId, reason)
      if (!run || run.endedAt !== null) return run
      engine.active.get(runId)?.('cancelled')
      engine.wake(runId)
      return run
    },
    follow(run, after) {
      watchOthers()
      const source = {
        live: engine.live,
        runs: stores.runs,
        pollMs: stores.shared ? pollMs : null,
        accepting: engine.accepting,
      }
      return followRun(source, run, after)
    },
    nudgeReaders() {
      for (const channel of engine.live.values()) notify(channel)
    },
    async idle() {
      while (advancing.size > 0) await Promise.allSettled(advancing.keys())
    },
    async tick() {
      const due = accepting ? await stores.runs.due(dueLimit, options.agents) : []
      await Promise.all(due.map(advanceOnce))
      if (due.length === dueLimit) await engine.tick()
    },
    async close() {
      accepting = false
      const stopAll = () => {
        closing().abort()
        for (const stop of engine.active.values()) stop('shutdown')
      }
      const timer = setTimeout(stopAll, options.shutdownMs)
      await dispatcher.stop()
      await Promise.allSettled(advancing.keys())
      clearTimeout(timer)
      engine.nudgeReaders()
      await (
        await watching
      )?.()
      closing().abort()
      resolveClosed()
    },
  }
  /** From the first reader on: what it waits for may happen elsewhere. Where this fails, it has to look now and then. */
  const watchOthers = () => {
    if (!accepting) return
    watching ??= stores
      .watch?.((hint) => heed(engine, hint))
      .catch(() => void (watching = undefined))
  }
  /** The run loop is loaded with the first run: a core entry stays small that way. */
  const load = async (runId: string) => {
    const { advance } = await import('../loop/advance.ts')
    return advance(engine, runId)
  }
  const advanceOnce = (runId: string): Promise<void> => {
    const done = load(runId).finally(() => advancing.delete(done))
    advancing.set(done, runId)
    return done
  }
  /** Somebody else in this process may have been the first to take the run up. */
  const settled = async (runId: string): Promise<void> => {
    const mine = [...advancing].flatMap(([done, id]) => (id === runId ? [done] : []))
    if (mine.length === 0) return
    await Promise.allSettled(mine)
    return settled(runId)
  }
  function start(): void {
    if (started || !accepting) return
    started = true
    dispatcher.start({
      advance: advanceOnce,
      due: () => stores.runs.due(dueLimit, options.agents),
      nextDue: () => stores.runs.nextDue(),
      shared: stores.shared === true,
    })
  }
  return engine
}

/** What another process did to a run that this one reads or advances. */
function heed(engine: Engine, { kind, runId }: Hint): void {
  const stop = engine.active.get(runId)
  const channel = engine.live.get(runId)
  if (kind === 'due') engine.wake(runId)
  else if (kind === 'cancel') stop?.('cancelled')
  else if (channel && !stop) notify(channel)
}
