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

describe('inProcessDispatcher', () => {
  it('wake advances a run immediately', async () => {
    const { dispatcher, advanced, start } = createDispatcher()
    start()
    await dispatcher.wake('a')
    expect(advanced).toEqual(['a'])
  })

  it('start advances the runs that are due', async () => {
    const { advanced, start } = createDispatcher(['left', 'behind'])
    start()
    await eventually(async () => expect(advanced).toEqual(['left', 'behind']))
  })

  it('wake with a time advances the runs that are due then', async () => {
    const due: string[] = []
    const { dispatcher, advanced, start } = createDispatcher(due)
    start()
    await new Promise((resolve) => setTimeout(resolve, 10))
    void dispatcher.wake('later', Date.now() + 30)
    due.push('later')
    expect(advanced).toEqual([])
    await eventually(async () => expect(advanced).toEqual(['later']))
  })

  it('a sweep that finds new due runs is repeated immediately', async () => {
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

  it('a sweep that finds only the runs of the last one is not repeated immediately', async () => {
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

  it('stop waits for runs in progress and prevents new ones', async () => {
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

  it('a failure during a sweep is reported and does not stop other runs', async () => {
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
    [
      'a run succeeds with a store that was unavailable for one write, which is repeated',
      new StudioError('unavailable', 'The database is unavailable'),
      { status: 200, body: { output: 'first' } },
    ],
    [
      'a run fails at once with a store that refused one write for good',
      new Error('broken'),
      { status: 500, body: { error: { details: { code: 'internal_error', name: 'StoreError' } } } },
    ],
  ])('%s, without a second model call', async (_, failure, answer) => {
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
    expect(await studio.run('hi')).toMatchObject(answer)
    expect(studio.model.calls.length).toBeLessThanOrEqual(1)
  })

  it('waitUntil keeps the host alive until a background run has ended', async () => {
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

  it('a studio advances the runs of a closed process once it has a run of its own', async () => {
    const first = await createTestStudio({ store, turns: [[{ wait: createGate().opened }]] })
    const runId = await first.startRun('hi')
    await eventually(async () => expect(first.model.calls).toHaveLength(1))
    await first.studio.close()
    const second = await restartStudio(first, { turns: ['a', 'b'] })
    await second.run('mine')
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ turns: 1 })
  })
})
