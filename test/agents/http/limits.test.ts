import { describe, expect, it } from 'vitest'
import { createLoad } from '../../../src/agents/engine/load.ts'
import { createSlots } from '../../../src/agents/engine/slots.ts'
import { resolveLimits } from '../../../src/lib/options/limits.ts'
import { createGate } from '../../support/agents.ts'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'

const tooMany = { status: 429, body: { error: { code: 'rate_limited' } } }

describe.each(storeKinds)('limits on $name stores', (store) => {
  it('a background run over limits.runs waits as queued, and a cancellation does not wait', async () => {
    const gate = createGate()
    const turns = [['a', { wait: gate.opened }], 'two']
    const { startRun, runIn, post } = await createTestStudio({
      store,
      turns,
      limits: { runs: 1 },
    })
    const first = await startRun('one')
    await runIn(first, 'running')
    const second = await startRun('two')
    const third = await startRun('three')
    expect(await post(`/runs/${second}/cancel`)).toMatchObject({ body: { status: 'cancelled' } })
    await runIn(third, 'queued')
    gate.open()
    await runIn(first, 'succeeded')
    await runIn(third, 'succeeded')
  })

  it('a session with a full queue is refused with 429 and Retry-After', async () => {
    const gate = createGate()
    const { createSession, startRun, runIn, run } = await createTestStudio({
      store,
      turns: [['a', { wait: gate.opened }], 'two'],
      limits: { sessionQueue: 1 },
    })
    const sessionId = await createSession()
    await runIn(await startRun({ message: 'one', sessionId }), 'running')
    const second = await startRun({ message: 'two', sessionId })
    const refused = await run({ message: 'three', sessionId })
    expect(refused).toMatchObject(tooMany)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    gate.open()
    await runIn(second, 'succeeded')
  })
})

it('a tenant over limits.tenantRuns is refused with 429, and admitted again later', async () => {
  const gate = createGate()
  const { startRun, run, runIn } = await createTestStudio({
    turns: [['a', { wait: gate.opened }], 'two'],
    limits: { tenantRuns: 1 },
  })
  const first = await startRun('one')
  expect(await run('two')).toMatchObject(tooMany)
  gate.open()
  await runIn(first, 'succeeded')
  await eventually(async () => expect(await run('two')).toMatchObject({ status: 200 }))
})

it('a stream over limits.runStreams is refused with 429; one that nobody reads does not count', async () => {
  const gate = createGate()
  const { startRun, send, get } = await createTestStudio({
    turns: [['a', { wait: gate.opened }]],
    limits: { runStreams: 1 },
  })
  const id = await startRun('one')
  const unread = await send('GET', `/runs/${id}/events`, {})
  const reader = (await send('GET', `/runs/${id}/events`, {})).body?.getReader()
  await reader?.read()
  expect(await get(`/runs/${id}/events`)).toMatchObject(tooMany)
  await reader?.cancel()
  expect((await send('GET', `/runs/${id}/events`, {})).status).toBe(200)
  await unread.body?.cancel()
  gate.open()
})

it('an instance over its limits is unavailable, and its counters return to nothing', () => {
  const load = createLoad(resolveLimits({ runs: 1, waitingRuns: 1, streams: 1 }))
  const places = [load.enter('', 'a'), load.enter('', 'a')]
  expect(() => load.enter('', 'a')).toThrow(/limit of runs/)
  for (const { leave } of places) [leave, leave].forEach((call) => call())
  expect(load.enter('', 'a')).toBeDefined()
  load.countReader('', 1)
  expect(() => load.checkReaders('', 0)).toThrow(/limit of streams/)
  load.countReader('', -1)
  expect(() => load.checkReaders('', 0)).not.toThrow()
})

it('slots start tasks in order, urgent ones at once, and all of them at the end', async () => {
  const slots = createSlots(1)
  const started: string[] = []
  const gate = createGate()
  const task = (key: string) => slots.use(key, async () => (started.push(key), gate.opened))
  const all = ['a', 'b', 'c', 'd'].map(task)
  await Promise.resolve()
  slots.hurry('c')
  await eventually(async () => expect(started).toEqual(['a', 'c']))
  slots.open()
  await eventually(async () => expect(started).toEqual(['a', 'c', 'b', 'd']))
  gate.open()
  await Promise.all(all)
})

it.each([{ runs: 0 }, { runs: '5' }, { streams: NaN }, { jsonDepth: 5_000 }, { rums: 5 }])(
  'limits %j are refused when the studio is made',
  (limits) => {
    expect(() => resolveLimits(limits as never)).toThrow(TypeError)
  },
)
