import { expect, it, onTestFinished } from 'vitest'
import type { Dispatcher, DispatcherWork } from '../../src/agents/dispatch/dispatcher.ts'
import { createGate, type Gate } from '../support/agents.ts'
import { eventually } from '../support/studio.ts'

/** A dispatcher under test; what fails in the background goes to `onError`. */
export type CreateDispatcher = (onError: (error: unknown) => void) => Dispatcher

/** Long enough for a dispatcher to do what it should not do. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 150))

/** Work that only notes who is advanced. A run with a time in `dueAt` is due from then until it was advanced, and not before. */
export function createWork() {
  const advanced: string[] = []
  const dueAt = new Map<string, number>()
  const gates = new Map<string, Gate>()
  const work: DispatcherWork = {
    shared: true,
    async advance(runId) {
      if ((dueAt.get(runId) ?? 0) > Date.now()) return
      dueAt.delete(runId)
      advanced.push(runId)
      await gates.get(runId)?.opened
    },
    due: async () => [...dueAt].filter(([, at]) => at <= Date.now()).map(([runId]) => runId),
    nextDue: async () => (dueAt.size > 0 ? Math.min(...dueAt.values()) : null),
  }
  const hold = (runId: string): Gate => {
    const gate = createGate()
    gates.set(runId, gate)
    return gate
  }
  return { work, advanced, dueAt, hold }
}

/** What every dispatcher must do. Call inside a `describe`. */
export function dispatcherContract(create: CreateDispatcher): void {
  const start = () => {
    const failures: unknown[] = []
    const dispatcher = create((error) => void failures.push(error))
    const given = createWork()
    onTestFinished(() => dispatcher.stop())
    dispatcher.start(given.work)
    return { ...given, dispatcher, failures }
  }

  it('advances a run that is woken', async () => {
    const { dispatcher, advanced, failures } = start()
    await dispatcher.wake('run')
    await eventually(async () => expect(advanced).toEqual(['run']))
    expect(failures).toEqual([])
  })

  it('advances a run at its time, and not before', async () => {
    const { dispatcher, advanced, dueAt } = start()
    const at = Date.now() + 400
    dueAt.set('later', at)
    await dispatcher.wake('later', at)
    await aWhile()
    expect(advanced).toEqual([])
    await eventually(async () => expect(new Set(advanced)).toEqual(new Set(['later'])))
    expect(Date.now()).toBeGreaterThanOrEqual(at)
  })

  it('keeps every time a run is to be looked at', async () => {
    const { dispatcher, advanced, dueAt } = start()
    const times = [Date.now() + 100, Date.now() + 700]
    for (const at of times) {
      dueAt.set('run', at)
      await dispatcher.wake('run', at)
    }
    await eventually(async () => expect(dueAt.size).toBe(0))
    expect(Date.now()).toBeGreaterThanOrEqual(Math.max(...times))
    expect(new Set(advanced)).toEqual(new Set(['run']))
  })

  it('advances a run at least once, however often it is woken', async () => {
    const { dispatcher, advanced, failures } = start()
    await Promise.all(Array.from({ length: 5 }, () => dispatcher.wake('run')))
    await eventually(async () => expect(advanced).toContain('run'))
    await aWhile()
    expect(new Set(advanced)).toEqual(new Set(['run']))
    expect(failures).toEqual([])
  })

  it('asks again about a run that is woken while it is advanced', async () => {
    const { dispatcher, advanced, hold } = start()
    const gate = hold('run')
    void dispatcher.wake('run')
    await eventually(async () => expect(advanced).toEqual(['run']))
    void dispatcher.wake('run')
    await eventually(async () => expect(advanced).toEqual(['run', 'run']))
    gate.open()
  })

  it('does not let one run wait for another', async () => {
    const { dispatcher, advanced, hold } = start()
    const gate = hold('slow')
    void dispatcher.wake('slow')
    await eventually(async () => expect(advanced).toEqual(['slow']))
    void dispatcher.wake('quick')
    await eventually(async () => expect(advanced).toEqual(['slow', 'quick']))
    gate.open()
  })

  it('takes over what another left behind', async () => {
    const { advanced, dueAt } = start()
    await aWhile()
    dueAt.set('left behind', Date.now())
    await eventually(async () => expect(advanced).toContain('left behind'))
  })

  it('reports an advance that fails, and tries again what is still due', async () => {
    const { dispatcher, work, advanced, dueAt, failures } = start()
    const { advance } = work
    let failed = false
    Object.assign(work, {
      async advance(runId: string) {
        if (!failed) {
          failed = true
          throw new Error('no')
        }
        await advance(runId)
      },
    })
    dueAt.set('run', Date.now())
    const woken = Promise.resolve(dispatcher.wake('run')).catch((error) => failures.push(error))
    await eventually(async () => expect(advanced).toContain('run'))
    await woken
    expect(failures).toMatchObject([{ message: 'no' }])
  })

  it('waits for what is in progress when it stops, and begins nothing', async () => {
    const { dispatcher, advanced, dueAt, hold } = start()
    const gate = hold('run')
    void dispatcher.wake('run')
    await eventually(async () => expect(advanced).toEqual(['run']))
    let stopped = false
    const stop = dispatcher.stop().then(() => (stopped = true))
    dueAt.set('too late', Date.now())
    await aWhile()
    expect(stopped).toBe(false)
    gate.open()
    await stop
    await aWhile()
    expect(advanced).toEqual(['run'])
  })

  it('stops although it never started', async () => {
    await expect(create(() => undefined).stop()).resolves.toBeUndefined()
  })
}
