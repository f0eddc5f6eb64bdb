import { describe, expect, it, onTestFinished } from 'vitest'
import { inProcessDispatcher } from '../../../src/agents/dispatch/in-process.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { StudioError } from '../../../src/errors.ts'
import { createGate } from '../../support/agents.ts'
import { createTestStudio, eventually, restartStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

function createDispatcher(due: string[] = []) {
  const advanced: string[] = []
  const failures: unknown[] = []
  const dispatcher = inProcessDispatcher({ onError: (error) => void failures.push(error) })
  onTestFinished(() => dispatcher.stop())
  const start = (advance = async (runId: string) => void advanced.push(runId)) =>
    dispatcher.start({
      advance,
      due: async () => due.splice(0),
      nextDue: async () => null,
      shared: false,
    })
  return { dispatcher, advanced, failures, start }
}

describe('the dispatcher of one process', () => {
  it('advances a run at once when it is woken', async () => {
    const { dispatcher, advanced, start } = createDispatcher()
    start()
    await dispatcher.wake('a')
    expect(advanced).toEqual(['a'])
  })

  it('looks for what is due when it starts', async () => {
    const { advanced, start } = createDispatcher(['left', 'behind'])
    start()
    await eventually(async () => expect(advanced).toEqual(['left', 'behind']))
  })

  it('looks for what is due at a time it is given', async () => {
    const due: string[] = []
    const { dispatcher, advanced, start } = createDispatcher(due)
    start()
    await new Promise((resolve) => setTimeout(resolve, 10))
    void dispatcher.wake('later', Date.now() + 30)
    due.push('later')
    expect(advanced).toEqual([])
    await eventually(async () => expect(advanced).toEqual(['later']))
  })

  it('goes on at once while it finds more that is due', async () => {
    const due = Array.from({ length: 20 }, (_, index) => `run-${index}`)
    const { dispatcher, advanced } = createDispatcher()
    dispatcher.start({
      advance: async (runId) => void advanced.push(runId),
      due: async () => due.splice(0, 2),
      nextDue: async () => null,
      shared: true,
    })
    await eventually(async () => expect(advanced).toHaveLength(20))
  })

  it('takes its time with what it could not take the last time', async () => {
    const { dispatcher, advanced } = createDispatcher()
    dispatcher.start({
      advance: async (runId) => void advanced.push(runId),
      due: async () => ['stuck'],
      nextDue: async () => null,
      shared: true,
    })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(advanced).toEqual(['stuck', 'stuck'])
  })

  it('waits for its work when it stops, and does nothing after', async () => {
    const gate = createGate()
    const { dispatcher, start } = createDispatcher()
    const done: string[] = []
    start(async (runId) => {
      await gate.opened
      done.push(runId)
    })
    void dispatcher.wake('a')
    const stopped = dispatcher.stop()
    void dispatcher.wake('b')
    gate.open()
    await stopped
    expect(done).toEqual(['a'])
  })

  it('reports what fails while it sweeps, and goes on', async () => {
    const { failures, advanced, start } = createDispatcher(['bad', 'good'])
    start(async (runId) => {
      if (runId === 'bad') throw new Error('no')
      advanced.push(runId)
    })
    await eventually(async () => expect(failures).toMatchObject([{ message: 'no' }]))
    expect(advanced).toEqual(['good'])
  })
})

describe.each(storeKinds)('a studio on $name stores', (store) => {
  it.each([
    ['away, repeats the write', new StudioError('unavailable', 'The database is away'), 'first'],
    ['broken, takes the run up again', new Error('broken'), 'second'],
  ])('when its store was once %s', async (_, failure, output) => {
    const { stores } = await createTestStudio({ store, clock: systemClock })
    let failed = false
    const commit: typeof stores.runs.commit = async (ref, change) => {
      if (failed) return stores.runs.commit(ref, change)
      failed = true
      throw failure
    }
    const studio = await createTestStudio({
      clock: systemClock,
      stores: { ...stores, runs: { ...stores.runs, commit } },
      leaseMs: 200,
      turns: ['first', 'second'],
    })
    expect(await studio.run('hi')).toMatchObject({ status: 200, body: { output } })
  })

  it('keeps its host alive until the run has ended', async () => {
    const gate = createGate()
    const { studio, get } = await createTestStudio({ store, turns: [[{ wait: gate.opened }, 'a']] })
    const kept: Promise<unknown>[] = []
    const request = new Request('http://studio.test/agents/support/runs', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: '{"message":"hi"}',
    })
    const response = await studio.fetch(request, {}, { waitUntil: (work) => void kept.push(work) })
    expect(kept).toHaveLength(1)
    gate.open()
    await Promise.all(kept)
    expect((await get(response.headers.get('location') ?? '')).body).toMatchObject({
      status: 'succeeded',
    })
  })

  it('goes on with what another process left behind as soon as it has work of its own', async () => {
    const first = await createTestStudio({ store, turns: [[{ wait: createGate().opened }]] })
    const runId = await first.startRun('hi')
    await eventually(async () => expect(first.model.calls).toHaveLength(1))
    await first.studio.close()
    const second = await restartStudio(first, { turns: ['a', 'b'] })
    await second.run('mine')
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ turns: 1 })
  })
})
