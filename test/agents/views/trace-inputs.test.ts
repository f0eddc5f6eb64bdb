import { describe, expect, it } from 'vitest'
import { addTool, createRefundTool, createSupport, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const add = toolCall('add', { a: 1, b: 2 }, 'c1')

const traceOf = async ({ get }: TestStudio, run: unknown) =>
  (await get(`/traces/${textAt(run, 'trace.traceId')}`)).body

const observation = (trace: unknown, name: string) =>
  listAt(trace, 'observations').find((one) => at(one, 'name') === name)

const textsOf = (messages: unknown) =>
  (messages as { content: { text?: string }[] }[]).map(({ content }) => content[0]?.text)

describe.each(storeKinds)('the trace of a run ($name stores)', (store) => {
  it('shows what each model call got: instructions, history, prompt and tools', async () => {
    const studio = await createTestStudio({ store, turns: [[add], 'done'], tools: [addTool] })
    const history = [{ role: 'user', content: [{ type: 'text', text: 'before' }] }]
    const { body: run } = await studio.run({ message: 'go', history })
    const trace = await traceOf(studio, run)
    const [first, second] = ['model.turn.1', 'model.turn.2'].map((name) => observation(trace, name))
    expect(at(first, 'input')).toMatchObject({
      instructions: 'You help.',
      prompt: { role: 'user', content: [{ text: 'go' }] },
      tools: [{ name: 'add', description: 'Adds two numbers.' }],
    })
    expect(textsOf(at(second, 'input.history')).slice(0, 2)).toEqual(['before', 'go'])
    expect(at(second, 'input.prompt')).toMatchObject({ role: 'tool' })
    expect(at(second, 'output')).toMatchObject({ role: 'assistant', usage: at(second, 'usage') })
    expect(trace).toMatchObject({
      metadata: { agentName: 'Support', agentDescription: 'Support assistant' },
      trace: at(run, 'trace') as object,
    })
    expect(at(trace, 'observations.0')).toMatchObject({ kind: 'agent', turn: 0 })
    expect(at(trace, 'observations.0.id')).toBe(at(run, 'trace.observationId'))
  })

  it('shows the messages of the session before the run, and counts what it leaves out', async () => {
    const turns = ['one', 'two', 'three']
    const studio = await createTestStudio({ store, turns, agent: { maxHistory: 2 } })
    const sessionId = await studio.createSession()
    for (const message of ['a', 'b']) await studio.run({ message, sessionId })
    const { body: run } = await studio.run({ message: 'c', sessionId })
    const generation = observation(await traceOf(studio, run), 'model.turn.1')
    expect(textsOf(at(generation, 'input.history'))).toEqual(['b', 'two'])
    expect(at(generation, 'input.omitted')).toBeUndefined()
    const list = (await studio.get('/traces?include=detail')).body
    const listed = observation(at(list, 'traces.0'), 'model.turn.1')
    expect(at(listed, 'input')).toMatchObject({ history: [], omitted: 2 })
  })

  it('is bounded: long conversations are cut at their oldest end', async () => {
    const long = 'x'.repeat(400_000)
    const turns = [...Array.from({ length: 8 }, (_, i) => [toolCall('add', { a: 1, b: i })]), long]
    const { agent } = createSupport(turns, { tools: [addTool] })
    const studio = await createTestStudio({ store, agents: [agent] })
    const history = ['user', 'assistant', 'user', 'assistant'].map((role) => ({
      role,
      content: [{ type: 'text', text: long }],
    }))
    const { body: run } = await studio.run({ message: 'go', history })
    const trace = await traceOf(studio, run)
    const inputs = listAt(trace, 'observations').filter((one) => at(one, 'kind') === 'generation')
    const size = inputs.reduce<number>(
      (sum, one) => sum + JSON.stringify(at(one, 'input')).length,
      0,
    )
    expect(size).toBeLessThan(2_500_000)
    expect(at(inputs[0], 'input.omitted')).toBe(4)
    expect(at(inputs[0], 'input.prompt')).toMatchObject({ content: [{ text: 'go' }] })
  })

  it.each([
    [true, 'success'],
    [false, 'error'],
  ])('says whether a person approved: %s is %s, before the call', async (approved, status) => {
    const { tool } = createRefundTool()
    const turns = [[toolCall('refund', { orderId: 'o', cents: 1 }, 'c1')], 'done']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const runId = await studio.startRun('go')
    const [id = ''] = await studio.pendingApprovals()
    await studio.clock.advance(1_000)
    await studio.decide(id, { approved })
    const trace = await traceOf(studio, await studio.runIn(runId, 'succeeded'))
    const kinds = listAt(trace, 'observations').map((one) => at(one, 'kind'))
    expect(kinds).toEqual(['agent', 'generation', 'approval', 'tool', 'generation'])
    expect(at(trace, 'observations.2')).toMatchObject({
      status,
      metadata: { callId: 'c1', toolCallId: 'c1' },
    })
  })
})

describe.each(storeKinds)('what a model cites ($name stores)', (store) => {
  it('is an event, and a member of the last event and of the buffered answer, each once', async () => {
    const source = {
      type: 'source',
      sourceType: 'url',
      id: 's1',
      url: 'https://a.test/',
      title: 'A',
    }
    const search = { toolCallId: 'p1', toolName: 'web_search', providerExecuted: true }
    const parts = [
      { type: 'tool-call', input: '{}', ...search },
      { type: 'tool-result', result: {}, ...search },
      source,
      { ...source, id: 's2' },
      { type: 'source', sourceType: 'document', id: 'd1', title: 'B', mediaType: 'text/plain' },
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: 'x' },
      { type: 'text-end', id: 't' },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
      },
    ]
    const model = {
      specificationVersion: 'v3',
      provider: 'p',
      modelId: 'm',
      supportedUrls: {},
      doGenerate: async () => {
        throw new Error('streams only')
      },
      doStream: async () => ({
        stream: new ReadableStream({
          start(controller) {
            for (const part of parts) controller.enqueue(part)
            controller.close()
          },
        }),
      }),
    }
    const { agent } = createSupport([], { model: model as never })
    const studio = await createTestStudio({ store, agents: [agent] })
    const lines = await (await studio.runStream('hi')).rest()
    const events = lines.filter(({ type }) => type === 'source' || type === 'provider_tool_call')
    expect(events).toMatchObject([
      { turn: 1, toolCall: { id: 'p1', name: 'web_search', status: 'running' } },
      { turn: 1, toolCall: { id: 'p1', name: 'web_search', status: 'done' } },
      { turn: 1, source: { type: 'url', url: 'https://a.test/' } },
      { turn: 1, source: { type: 'document', id: 'd1' } },
    ])
    const extras = {
      sources: [
        { type: 'url', url: 'https://a.test/' },
        { type: 'document', id: 'd1', title: 'B', mediaType: 'text/plain' },
      ],
      providerToolCalls: [{ id: 'p1', name: 'web_search', status: 'done' }],
    }
    expect(lines.at(-1)).toMatchObject({ type: 'final', ...extras })
    const path = `/runs/${String(lines.at(-1)?.['runId'])}`
    const headers = { prefer: 'wait=5', 'idempotency-key': 'k' }
    expect((await studio.get(path)).status).toBe(200)
    expect((await studio.run({ message: 'hi' }, { headers })).body).toMatchObject(extras)
  })
})
