import type { Dispatcher, DispatcherWork } from '../../agents/dispatch/dispatcher.ts'
import { equal, holds, matches } from './assert.ts'
import type { ContractCase } from './case.ts'

/** Creates the dispatcher under test; failures in the background go to `onError`. */
export type CreateDispatcher = (onError: (error: unknown) => void) => Dispatcher

/** Work that records which runs a dispatcher advances. */
export interface RecordedWork {
  readonly work: DispatcherWork
  /** Ids of the advanced runs, in order. */
  readonly advanced: string[]
  /** Run → milliseconds since 1970: the run is due from then until it is advanced, and not before. */
  readonly dueAt: Map<string, number>
  /** Keeps `advance` of this run in progress until the returned function is called. */
  hold(runId: string): () => void
}

/** Creates the work that the dispatcher contract hands to a dispatcher. */
export function createRecordedWork(): RecordedWork {
  const advanced: string[] = []
  const dueAt = new Map<string, number>()
  const gates = new Map<string, Promise<void>>()
  return {
    advanced,
    dueAt,
    work: {
      shared: true,
      async advance(runId) {
        if ((dueAt.get(runId) ?? 0) > Date.now()) return
        dueAt.delete(runId)
        advanced.push(runId)
        await gates.get(runId)
      },
      due: async () => [...dueAt].filter(([, at]) => at <= Date.now()).map(([runId]) => runId),
      nextDue: async () => (dueAt.size > 0 ? Math.min(...dueAt.values()) : null),
    },
    hold(runId) {
      let open = (): void => undefined
      gates.set(runId, new Promise((resolve) => (open = resolve)))
      return () => open()
    },
  }
}

/** A dispatcher that was started, with what the cases need to watch it. */
interface Started extends RecordedWork {
  readonly dispatcher: Dispatcher
  readonly failures: unknown[]
}

const dispatcherCases: readonly {
  readonly name: string
  run(started: Started): Promise<void>
}[] = [
  {
    name: 'dispatcher.wake advances the run',
    async run({ dispatcher, advanced, failures }) {
      await dispatcher.wake('run')
      await eventually(() => equal(advanced, ['run']))
      equal(failures, [])
    },
  },
  {
    name: 'dispatcher.wake with a time advances the run then, and not before',
    async run({ dispatcher, advanced, dueAt }) {
      const at = Date.now() + 400
      dueAt.set('later', at)
      await dispatcher.wake('later', at)
      await pause()
      equal(advanced, [])
      await eventually(() => equal([...new Set(advanced)], ['later']))
      holds(Date.now() >= at, 'the run to be advanced at its time')
    },
  },
  {
    name: 'dispatcher.wake keeps every time at which a run wants to be advanced',
    async run({ dispatcher, advanced, dueAt }) {
      const times = [Date.now() + 100, Date.now() + 700]
      for (const at of times) {
        dueAt.set('run', at)
        await dispatcher.wake('run', at)
      }
      await eventually(() => equal(dueAt.size, 0))
      holds(Date.now() >= Math.max(...times), 'the run to be advanced at the later time')
      equal([...new Set(advanced)], ['run'])
    },
  },
  {
    name: 'dispatcher.wake advances a run at least once when it is called five times at once',
    async run({ dispatcher, advanced, failures }) {
      await Promise.all(Array.from({ length: 5 }, () => dispatcher.wake('run')))
      await eventually(() => holds(advanced.includes('run'), 'the run to be advanced'))
      await pause()
      equal([...new Set(advanced)], ['run'])
      equal(failures, [])
    },
  },
  {
    name: 'dispatcher.wake during an advance of the same run advances it again',
    async run({ dispatcher, advanced, hold }) {
      const open = hold('run')
      void dispatcher.wake('run')
      await eventually(() => equal(advanced, ['run']))
      void dispatcher.wake('run')
      await eventually(() => equal(advanced, ['run', 'run'])).finally(open)
    },
  },
  {
    name: 'dispatcher.wake advances one run while another is still in progress',
    async run({ dispatcher, advanced, hold }) {
      const open = hold('slow')
      void dispatcher.wake('slow')
      await eventually(() => equal(advanced, ['slow']))
      void dispatcher.wake('quick')
      await eventually(() => equal(advanced, ['slow', 'quick'])).finally(open)
    },
  },
  {
    name: 'a dispatcher of shared work finds due runs that no process woke',
    async run({ advanced, dueAt }) {
      await pause()
      dueAt.set('abandoned', Date.now())
      await eventually(() => holds(advanced.includes('abandoned'), 'the run to be advanced'))
    },
  },
  {
    name: 'a dispatcher reports an advance that fails and tries again while the run is due',
    async run({ dispatcher, work, advanced, dueAt, failures }) {
      const { advance } = work
      let hasFailed = false
      Object.assign(work, {
        async advance(runId: string) {
          if (hasFailed) return advance(runId)
          hasFailed = true
          throw new Error('no')
        },
      })
      dueAt.set('run', Date.now())
      const woken = Promise.resolve(dispatcher.wake('run')).catch((error) => failures.push(error))
      await eventually(() => holds(advanced.includes('run'), 'the run to be advanced'))
      await woken
      matches(
        failures.map((failure) => String(failure)),
        ['Error: no'],
      )
    },
  },
  {
    name: 'dispatcher.stop waits for runs in progress and starts no others',
    async run({ dispatcher, advanced, dueAt, hold }) {
      const open = hold('run')
      void dispatcher.wake('run')
      await eventually(() => equal(advanced, ['run']))
      let hasStopped = false
      const stop = dispatcher.stop().then(() => (hasStopped = true))
      dueAt.set('too late', Date.now())
      await pause()
      equal(hasStopped, false)
      open()
      await stop
      await pause()
      equal(advanced, ['run'])
    },
  },
]

/**
 * Lists what every dispatcher promises. The cases work by the host's clock and take up to 10 seconds each when they fail; a
 * dispatcher that sweeps for abandoned runs should do so every 50 ms here.
 */
export function dispatcherContract(create: CreateDispatcher): readonly ContractCase[] {
  const cases = dispatcherCases.map(({ name, run }) => ({
    name,
    async run() {
      const failures: unknown[] = []
      const dispatcher = create((error) => void failures.push(error))
      const recorded = createRecordedWork()
      dispatcher.start(recorded.work)
      await run({ ...recorded, dispatcher, failures }).finally(() => dispatcher.stop())
    },
  }))
  const unstarted = {
    name: 'dispatcher.stop resolves when the dispatcher was never started',
    run: () => create(() => undefined).stop(),
  }
  return [...cases, unstarted]
}

/** Waits long enough to conclude that a dispatcher does not act. */
function pause(ms = 150): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Repeats a check until it passes, for up to 10 seconds; then it rejects with the last failure. */
async function eventually(check: () => void): Promise<void> {
  const end = Date.now() + 10_000
  for (;;) {
    try {
      return check()
    } catch (error) {
      if (Date.now() > end) throw error
    }
    await pause(10)
  }
}
