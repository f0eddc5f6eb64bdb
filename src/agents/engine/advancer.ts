import type { LoopHost } from '../loop/host.ts'
import { createSlots } from './slots.ts'

/** Advances the runs of one engine and knows which are in progress. */
export interface Advancer {
  /** Lets a run start although as many as may are in progress: it is cancelled, and has little to do. */
  hurry(runId: string): void
  /** Lets all runs that wait for a slot find out that this process shuts down. */
  release(): void
  /** Starts the dispatcher. */
  start(): void
  /** Resolves when the runs in progress have ended or wait, even if others have started since. */
  current(): Promise<unknown>
  /** Resolves when no run is in progress. */
  idle(): Promise<void>
  /** Resolves when a run has ended or waits. */
  settled(runId: string): Promise<void>
  /** Counts other work, which must not reject, among the runs in progress, so that its end is waited for. */
  track(name: string, work: Promise<void>): Promise<void>
  /** Advances all due runs once. Resolves when they have ended or wait. */
  tick(): Promise<void>
}

const maxDue = 100

/** Creates the advancer of an engine, with at most `maxRuns` runs at a time. It does nothing until `start` or `tick`. */
export function createAdvancer(host: LoopHost, maxRuns: number): Advancer {
  const { stores, agents, dispatcher } = host
  const advancing = new Map<Promise<void>, string>()
  const slots = createSlots(maxRuns)
  let started = false

  const track = (name: string, work: Promise<void>): Promise<void> => {
    const done = work.finally(() => advancing.delete(done))
    advancing.set(done, name)
    return done
  }
  const advance = (runId: string): Promise<void> => {
    return track(
      runId,
      slots.use(runId, () => loadAndAdvance(host, runId)),
    )
  }
  const current = () => Promise.allSettled(advancing.keys())
  const due = () => stores.runs.due(maxDue, agents)
  const tick = async (): Promise<void> => {
    const runIds = host.accepting() ? await due() : []
    await Promise.all(runIds.map(advance))
    if (runIds.length === maxDue) await tick()
  }
  return {
    hurry: slots.hurry,
    release: slots.open,
    start() {
      if (started || !host.accepting()) return
      started = true
      const nextDue = () => stores.runs.nextDue()
      dispatcher.start({ advance, due, nextDue, shared: stores.shared === true })
    },
    current,
    track,
    async idle() {
      while (advancing.size > 0) await current()
    },
    async settled(runId) {
      for (;;) {
        // The caller's own attempt may have found that another one in this process was advancing the run already.
        const attempts = [...advancing].flatMap(([done, id]) => (id === runId ? [done] : []))
        if (attempts.length === 0) return
        await Promise.allSettled(attempts)
      }
    },
    tick,
  }
}

/** Loads the run loop with the first run, which keeps the core entry small. */
async function loadAndAdvance(host: LoopHost, runId: string): Promise<void> {
  const { advance } = await import('../loop/advance.ts')
  return advance(host, runId)
}
