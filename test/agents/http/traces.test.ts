import { describe, expect, it } from 'vitest'
import { defineTool } from '../../../src/agents/tool.ts'
import { countingIds } from '../../../src/testing.ts'
import { addTool, createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const hex = (digits: number) => expect.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`))
const traceOf = async ({ get }: TestStudio, answer: { body: unknown }) =>
  (await get(`/traces/${textAt(answer.body, 'trace.traceId')}`)).body

describe.each(storeKinds)('a trace ($name stores)', (store) => {
  it('a run in a session has a trace (R-69)', async () => {
    const studio = await createTestStudio({ store, turns: ['hello'] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'hi', sessionId })
    expect((await studio.get(`/sessions/${sessionId}/traces`)).body).toMatchObject({
      traces: [{ sessionId, status: 'success', output: 'hello', agentId: 'support' }],
    })
  })

  it('a run without a session has a trace, which is found by its id', async () => {
    const studio = await createTestStudio({ store, turns: ['hello'] })
    const answer = await studio.run('hi')
    const trace = await traceOf(studio, answer)
    expect(trace).toMatchObject({
      id: hex(32),
      runId: textAt(answer.body, 'runId'),
      status: 'success',
      output: 'hello',
      input: { instructions: 'You help.', prompt: { role: 'user' }, history: [] },
      durationMs: 0,
    })
    expect(trace).not.toHaveProperty('sessionId')
  })

  it('a trace shows two turns with a tool call between them (R-71)', async () => {
    const turns = [toolCall('add', { a: 3, b: 4 }, 'c1'), 'seven']
    const studio = await createTestStudio({ store, turns, tools: [addTool] })
    const final = await (await studio.runStream('3+4?')).until('final')
    const trace = await traceOf(studio, { body: final })
    const root = textAt(trace, 'trace.observationId')
    const generation = { kind: 'generation', parentObservationId: root, status: 'success' }
    expect(listAt(trace, 'observations')).toMatchObject([
      { id: root, kind: 'agent', status: 'success', name: 'invoke_agent Support' },
      {
        ...generation,
        id: hex(16),
        name: 'model.turn.1',
        turn: 1,
        metadata: {
          provider: 'scripted',
          toolCount: 1,
          toolNames: ['add'],
          historyCount: 1,
          firstDeltaMs: expect.any(Number),
          'gen_ai.request.model': 'scripted-model',
          'gen_ai.usage.input_tokens': 0,
          'gen_ai.response.finish_reasons': ['tool-calls'],
        },
      },
      {
        id: hex(16),
        parentObservationId: root,
        kind: 'tool',
        name: 'add',
        status: 'success',
        turn: 1,
        input: { a: 3, b: 4 },
        output: 7,
        metadata: {
          toolCallId: 'c1',
          parameterKeys: ['a', 'b'],
          requiredParameterKeys: ['a', 'b'],
          approvalRequired: false,
          skipped: false,
          argumentBytes: expect.any(Number),
          resultBytes: expect.any(Number),
        },
      },
      { ...generation, name: 'model.turn.2', turn: 2, metadata: { historyCount: 3 } },
    ])
    const ids = listAt(trace, 'observations').map((one) => textAt(one, 'id'))
    expect(new Set(ids).size).toBe(4)
    expect(trace).toMatchObject({ observationCount: 4 })
  })

  it('a trace shows the wait for an approval as a span between the turn and the tool', async () => {
    const { tool } = createRefundTool({ reason: 'Over 3 €' })
    const turns = [toolCall('refund', { orderId: 'o1', cents: 5 }), 'done']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const { until } = await studio.runStream('go')
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    studio.clock.advance(1_500)
    await studio.decide(id, { approved: true, reason: 'fine' })
    const trace = await traceOf(studio, { body: await until('final') })
    expect(listAt(trace, 'observations')).toMatchObject([
      { kind: 'agent', durationMs: 1_500 },
      { kind: 'generation', turn: 1 },
      {
        kind: 'approval',
        turn: 1,
        name: 'refund',
        status: 'success',
        durationMs: 1_500,
        metadata: {
          approvalId: id,
          approvalStatus: 'approved',
          requestReason: 'Over 3 €',
          decisionReason: 'fine',
        },
      },
      { kind: 'tool', turn: 1, durationMs: 0, metadata: { approvalRequired: true } },
      { kind: 'generation', turn: 2 },
    ])
    expect(trace).toMatchObject({ observationCount: 5 })
  })

  it('a trace has one observation for a failed tool call', async () => {
    const fail = defineTool({
      name: 'fail',
      description: 'Fails.',
      execute: () => Promise.reject(new Error('no such order')),
    })
    const turns = [toolCall('fail', {}), 'sorry']
    const studio = await createTestStudio({ store, turns, tools: [fail] })
    const trace = await traceOf(studio, await studio.run('go'))
    const tools = listAt(trace, 'observations').filter((one) => textAt(one, 'kind') === 'tool')
    expect(tools).toMatchObject([
      { status: 'error', error: { message: expect.stringContaining('no such order') } },
    ])
    expect(tools[0]).not.toHaveProperty('output')
    expect(trace).toMatchObject({ status: 'success' })
  })

  it('a trace exists while its run is open and after a cancellation', async () => {
    const gate = createGate()
    const turns = [['half', { wait: gate.opened }]]
    const studio = await createTestStudio({ store, turns })
    const { response, until } = await studio.runStream('hi')
    await until('text_delta')
    await eventually(async () =>
      expect((await studio.get('/traces?status=running&include=detail')).body).toMatchObject({
        traces: [
          {
            status: 'running',
            observations: [
              { kind: 'agent', status: 'running' },
              { kind: 'generation', status: 'running' },
            ],
          },
        ],
      }),
    )
    await studio.post(`${response.headers.get('location')}/cancel`)
    const { body } = await studio.get('/traces?status=cancelled')
    expect(body).toMatchObject({
      traces: [{ status: 'cancelled', endedAt: expect.any(String) }],
    })
    expect((await studio.get('/traces?status=running')).body).toEqual({ traces: [] })
  })

  it('the spans of a trace have unique ids, and the last event names the trace (R-46)', async () => {
    const turns = [[toolCall('add', { a: 1, b: 2 }), toolCall('add', { a: 3, b: 4 })], 'done']
    const ids = countingIds()
    const studio = await createTestStudio({ store, ids, turns, tools: [addTool] })
    const final = await (
      await studio.runStream({ message: 'go', trace: { name: 'sums' } })
    ).until('final')
    const trace = await traceOf(studio, { body: final })
    expect(trace).toMatchObject({ id: textAt(final, 'trace.traceId'), name: 'sums' })
    const spans = listAt(trace, 'observations').map((one) => textAt(one, 'id'))
    expect(new Set(spans).size).toBe(5)
  })

  it('a trace keeps the `trace` members of the request, but not its id', async () => {
    const studio = await createTestStudio({ store, turns: ['one', 'two'] })
    const trace = {
      name: 'checkout',
      userId: 'u1',
      tags: ['a'],
      version: '7',
      traceId: 'mine',
      sessionId: 'elsewhere',
      metadata: { plan: 'pro', agentId: 'forged' },
    }
    const sessionId = await studio.createSession()
    const first = await studio.run({ message: 'hi', sessionId, trace, metadata: { requestId: 1 } })
    await studio.run({ message: 'hi', trace })
    expect(await traceOf(studio, first)).toMatchObject({
      id: hex(32),
      externalId: 'mine',
      sessionId,
      name: 'checkout',
      output: 'one',
      metadata: {
        userId: 'u1',
        tags: ['a'],
        version: '7',
        sessionId: 'elsewhere',
        metadata: { plan: 'pro', agentId: 'support' },
        runMetadata: { requestId: 1 },
      },
    })
    expect(listAt((await studio.get('/traces')).body, 'traces')).toHaveLength(2)
    expect((await studio.get('/traces?sessionId=elsewhere')).body).toEqual({ traces: [] })
    expect(await studio.get('/traces/mine')).toMatchObject({ status: 404 })
  })

  it('an unknown trace answers 404 (R-73)', async () => {
    const { get } = await createTestStudio({ store })
    expect(await get('/sessions/missing/traces')).toMatchObject({ status: 404 })
    expect(await get('/sessions/missing/traces?limit=-1')).toMatchObject({ status: 404 })
    expect(await get('/traces/missing')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })
})

describe.each(storeKinds)('the list of traces ($name stores)', (store) => {
  it('GET /traces filters, and is empty for an unknown value (R-75)', async () => {
    const { get, run } = await createTestStudio({ store, turns: ['hello'] })
    await run('hi')
    for (const filter of ['agentId=none', 'sessionId=none', 'status=error']) {
      expect(await get(`/traces?${filter}`)).toMatchObject({ status: 200, body: { traces: [] } })
    }
    for (const filter of ['agentId=support', 'status=success', 'status=%20', 'nonsense=1']) {
      expect(listAt((await get(`/traces?${filter}`)).body, 'traces')).toHaveLength(1)
    }
    expect(await get('/traces?status=done')).toMatchObject({ status: 400 })
  })

  it('GET /traces has no payloads unless include=detail', async () => {
    const { get, run } = await createTestStudio({ store, turns: ['hello', 'world'] })
    await run('hi')
    await run('you')
    const short = listAt((await get('/traces')).body, 'traces')
    const full = listAt((await get('/traces?include=detail')).body, 'traces')
    expect(short).toMatchObject([{ output: 'world' }, { output: 'hello' }])
    for (const [index, trace] of full.entries()) {
      expect(trace).toMatchObject(short[index] as object)
      expect(at(short[index], 'observations')).toBeUndefined()
      expect(at(short[index], 'input')).toBeUndefined()
      expect(at(trace, 'observations')).toHaveLength(2)
    }
    expect(short.map((trace) => at(trace, 'observationCount'))).toEqual([2, 2])
  })
})
