import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool, type OnUnknown } from '../../../src/agents/tool.ts'
import { addTool, createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually, restartStudio } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)
const runIdOf = (response: Response) => response.headers.get('location')?.split('/').at(-1) ?? ''
const leaseMs = 30_000

describe.each(racyKinds)('closing a studio on $name stores', (store) => {
  it('close hands runs over to another studio, which continues them', async () => {
    const turns = [toolCall('add', { a: 1, b: 2 }, 'c1'), ['half', { wait: never }]]
    const first = await createTestStudio({ store, turns, tools: [addTool] })
    const sessionId = await first.createSession()
    const { response, until, rest } = await first.runStream({ message: 'hi', sessionId })
    await until((line) => line['delta'] === 'half')
    await first.studio.close()
    const seen = await rest()
    expect(seen.at(-1)?.type).not.toMatch(/final|error|cancelled/)
    const runId = runIdOf(response)

    const second = await restartStudio(first, { turns: ['three'], tools: [addTool] })
    await second.studio.tick()
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ output: 'three', turns: 2 })
    expect(second.model.calls).toHaveLength(1)
    expect(second.model.calls[0]?.prompt.map((message) => textAt(message, 'role'))).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
    ])
    expect((await second.get(`/sessions/${sessionId}`)).body).toMatchObject({ messageCount: 4 })
    const events = await second.send('GET', `/runs/${runId}/events?after=${seen.at(-1)?.seq}`, {})
    expect(await events.text()).toContain('"type":"final"')
    expect([...first.failures, ...second.failures]).toEqual([])
  })

  it('close makes a buffered run request return 503 with the location of the run', async () => {
    const first = await createTestStudio({ store, turns: [[{ wait: never }]] })
    const answer = first.run('hi')
    await eventually(async () => expect(first.model.calls).toHaveLength(1))
    await first.studio.close()
    const { status, headers, body } = await answer
    expect(status).toBe(503)
    expect(body).toMatchObject({ error: { code: 'unavailable' } })
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
    const second = await restartStudio(first, { turns: ['hello'] })
    await second.studio.tick()
    expect((await second.get(headers.get('location') ?? '')).body).toMatchObject({
      output: 'hello',
    })
  })

  it('a closed studio refuses new runs with 503 and still serves old ones', async () => {
    const { studio, run, get } = await createTestStudio({ store, turns: ['hello', 'world'] })
    const runId = textAt((await run('hi')).body, 'runId')
    await studio.close()
    expect(await run('hi')).toMatchObject({
      status: 503,
      body: { error: { code: 'unavailable' } },
    })
    expect((await get(`/runs/${runId}`)).body).toMatchObject({ status: 'succeeded' })
    expect(listAt((await get('/runs')).body, 'runs')).toHaveLength(1)
    await studio.close()
  })

  it('an approval can be decided on another studio after close', async () => {
    const { tool, refunds } = createRefundTool()
    const call = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
    const first = await createTestStudio({ store, turns: [call], tools: [tool] })
    const runId = await first.startRun('hi')
    const [id = ''] = await first.pendingApprovals()
    await first.studio.close()
    const second = await restartStudio(first, { turns: ['done'], tools: [tool] })
    expect(await second.decide(id, { approved: true })).toMatchObject({ status: 200 })
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ output: 'done' })
    expect(refunds).toHaveLength(1)
  })
})

describe.each(racyKinds)(
  'a claim whose response arrives after its lease on $name stores',
  (store) => {
    it('a process does not claim a run again while its first claim is in flight', async () => {
      const { stores, clock } = await createTestStudio({ store })
      const response = createGate()
      let claims = 0
      const claim: typeof stores.runs.claim = async (runId, claimant) => {
        const claimed = await stores.runs.claim(runId, claimant)
        if (claims++ === 0) await response.opened
        return claimed
      }
      const turns = ['one', 'two']
      const runs = new Proxy(stores.runs, {
        get: (target, name) => (name === 'claim' ? claim : Reflect.get(target, name)),
      })
      const slow = await createTestStudio({ stores: { ...stores, runs }, clock, turns, leaseMs })
      const runId = await slow.startRun('hi')
      await eventually(async () => expect(claims).toBe(1))
      clock.advance(leaseMs)
      await slow.studio.tick()
      expect(claims).toBe(1)
      response.open()
      expect(await slow.runIn(runId, 'succeeded')).toMatchObject({ output: 'one' })
      expect(slow.model.calls).toHaveLength(1)
      expect(slow.failures).toEqual([])
    })
  },
)

describe.each(racyKinds)('a run whose owner crashed on $name stores', (store) => {
  it('a run is taken over when its lease expires, and the writes of the old owner are refused', async () => {
    const gate = createGate()
    const turns = [['old ', { wait: gate.opened }, 'answer']]
    const first = await createTestStudio({ store, turns, leaseMs })
    const sessionId = await first.createSession()
    const runId = await first.startRun({ message: 'hi', sessionId })
    await eventually(async () => expect(first.model.calls).toHaveLength(1))
    const second = await restartStudio(first, { turns: ['new answer'] })
    first.clock.advance(leaseMs - 1)
    await second.studio.tick()
    expect(second.model.calls).toHaveLength(0)
    first.clock.advance(1)
    await second.studio.tick()
    await second.runIn(runId, 'succeeded')
    gate.open()
    await new Promise((resolve) => setTimeout(resolve, 120))
    const { body } = await second.get(`/sessions/${sessionId}`)
    expect(body).toMatchObject({
      messageCount: 2,
      messages: [{ role: 'user' }, { content: [{ text: 'new answer' }] }],
    })
    const events = await (await second.send('GET', `/runs/${runId}/events`, {})).text()
    const lines = events
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number })
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(events.match(/"type":"final"/g)).toHaveLength(1)
    expect(first.failures).toEqual([])
  })

  it('a process without the agent does not take a run over but can cancel it', async () => {
    const turns = [[{ wait: never }], [{ wait: never }]]
    const first = await createTestStudio({ store, turns, leaseMs })
    const runIds = [await first.startRun('hi'), await first.startRun('ho')] as const
    await eventually(async () => expect(first.model.calls).toHaveLength(2))
    first.clock.advance(leaseMs)
    const stranger = await restartStudio(first, { agents: [] })
    await stranger.studio.tick()
    for (const runId of runIds) {
      expect((await stranger.get(`/runs/${runId}`)).body).toMatchObject({ status: 'running' })
    }
    const path = `/runs/${runIds[0]}/cancel`
    expect(await stranger.post(path, {})).toMatchObject({ status: 200 })
    await stranger.runIn(runIds[0], 'cancelled')
    const second = await restartStudio(first, { turns: ['done'] })
    await second.studio.tick()
    await second.runIn(runIds[1], 'succeeded')
    expect(stranger.failures).toEqual([])
  })

  const pay = (
    spec: { idempotent?: boolean; onUnknown?: OnUnknown },
    keys: string[],
    wait?: boolean,
  ) =>
    defineTool({
      name: 'pay',
      description: 'Pays.',
      input: z.object({ cents: z.number() }),
      ...spec,
      execute: (_input, { idempotencyKey }) => {
        keys.push(idempotencyKey)
        return wait ? never : 'paid'
      },
    })
  const crash = async (
    spec: { idempotent?: boolean; onUnknown?: OnUnknown },
    { losses = 1 } = {},
  ) => {
    const keys: string[] = []
    const turns = [toolCall('pay', { cents: 5 }, 'c1')]
    const first = await createTestStudio({ store, turns, tools: [pay(spec, keys, true)], leaseMs })
    const runId = await first.startRun('hi')
    await eventually(async () => expect(keys).toHaveLength(1))
    for (let lost = 1; lost < losses; lost++) {
      const next = await restartStudio(first, { turns: ['done'], tools: [pay(spec, keys, true)] })
      first.clock.advance(leaseMs)
      void next.studio.tick()
      await eventually(async () => expect(keys).toHaveLength(lost + 1))
    }
    const second = await restartStudio(first, { turns: ['done'], tools: [pay(spec, keys)] })
    first.clock.advance(leaseMs)
    await second.studio.tick()
    return { second, runId, keys }
  }

  it('a takeover repeats an idempotent tool call with the same idempotency key', async () => {
    const { second, runId, keys } = await crash({ idempotent: true })
    await second.runIn(runId, 'succeeded')
    expect(keys).toEqual([`${runId}:c1`, `${runId}:c1`])
    expect(JSON.stringify(second.model.calls[0]?.prompt)).toContain('paid')
  })

  it('a takeover does not repeat other tool calls and reports an unknown outcome to the model', async () => {
    const { second, runId, keys } = await crash({})
    await second.runIn(runId, 'succeeded')
    expect(keys).toHaveLength(1)
    expect(JSON.stringify(second.model.calls[0]?.prompt)).toContain('outcome is unknown')
  })

  it('a run that lost five owners fails as crashed, and its open call says that the outcome is unknown', async () => {
    const { second, runId } = await crash({ idempotent: true }, { losses: 5 })
    const run = await second.runIn(runId, 'failed')
    expect(run).toMatchObject({ error: { code: 'crashed' } })
    const [journal] = await second.stores.runs.journals([runId])
    expect(journal?.toolCalls).toMatchObject([{ state: 'done', isError: true }])
    expect(JSON.stringify(journal?.messages.at(-1))).toContain('outcome is unknown')
  })

  it.each([
    [true, 2, 'paid'],
    [false, 1, 'was rejected'],
  ])(
    "a takeover requests an approval for a call with onUnknown: 'ask' (approved: %s)",
    async (approved, calls, text) => {
      const { second, runId, keys } = await crash({ onUnknown: 'ask' })
      const [id = ''] = await second.pendingApprovals()
      expect((await second.get(`/approvals/${id}`)).body).toMatchObject({
        toolName: 'pay',
        requestReason: expect.stringContaining('Run it again?'),
      })
      await second.decide(id, { approved })
      await second.runIn(runId, 'succeeded')
      expect(keys).toHaveLength(calls)
      expect(JSON.stringify(second.model.calls[0]?.prompt)).toContain(text)
    },
  )

  it('a takeover does not repeat a tool call that has a result', async () => {
    const { tool, refunds } = createRefundTool({ when: () => false })
    const call = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
    const turns = [call, [{ wait: never }]]
    const first = await createTestStudio({ store, turns, tools: [tool], leaseMs })
    const runId = await first.startRun('hi')
    await eventually(async () => expect(first.model.calls).toHaveLength(2))
    await eventually(async () => {
      const stored = await first.stores.runs.readLog(runId, -1, 100)
      expect(stored.map(({ type }) => type)).toContain('tool_result')
    })
    const second = await restartStudio(first, { turns: ['done'], tools: [tool] })
    first.clock.advance(leaseMs)
    await second.studio.tick()
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ turns: 2 })
    expect(refunds).toHaveLength(1)
  })
})
