import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/agents/tool.ts'
import { userMessage } from '../../../src/records/message.ts'
import { addTool, createGate, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const failing = defineTool({
  name: 'fail',
  description: 'Fails.',
  execute: () => {
    throw Object.assign(new Error('no such order'), { name: 'OrderError' })
  },
})

describe.each(storeKinds)('the turn loop on $name stores', (store) => {
  it('a run fails after maxTurns model calls and runs the tools of the last one (R-21)', async () => {
    const turns = Array.from({ length: 5 }, () => toolCall('add', { a: 1, b: 1 }))
    const { run, model, get } = await createTestStudio({ store, turns, tools: [addTool] })
    const answer = await run({ message: 'go', maxTurns: 2 })
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { code: 'internal_error', details: { code: 'max_turns' } } },
    })
    expect(textAt(answer.body, 'error.details.name')).toMatch(/max.*turns/i)
    expect(model.calls).toHaveLength(2)
    const runId = textAt(answer.body, 'error.details.runId')
    const { body } = await get(`/runs/${runId}`)
    expect(body).toMatchObject({ status: 'failed', turns: 2, error: { code: 'max_turns' } })
    const trace = await get(`/traces/${textAt(body, 'trace.traceId')}`)
    const tools = listAt(trace.body, 'observations').filter(
      (span) => textAt(span, 'kind') === 'tool',
    )
    expect(tools).toMatchObject([{ output: 2 }, { output: 2 }])
  })

  it('a run uses the maxTurns of its agent if the request has none', async () => {
    const turns = Array.from({ length: 5 }, () => toolCall('add', { a: 1, b: 1 }))
    const agent = { maxTurns: 3 }
    const { runStream, model } = await createTestStudio({ store, turns, tools: [addTool], agent })
    expect(await (await runStream('go')).until('error')).toMatchObject({
      error: { code: 'max_turns' },
    })
    expect(model.calls).toHaveLength(3)
  })

  it('a failed tool call returns its error to the model and the run continues', async () => {
    const turns = [
      [
        toolCall('add', { a: 'one', b: 2 }, 'misfit'),
        toolCall('unknown', {}, 'unknown'),
        toolCall('fail', {}, 'failing'),
        toolCall('add', '{"a":1,', 'malformed'),
        toolCall('add', { a: 1, b: 2 }, 'fine'),
      ],
      'done',
    ]
    const tools = [addTool, failing]
    const { runStream, model, failures } = await createTestStudio({ store, turns, tools })
    const lines = await (await runStream('go')).rest()
    const results = lines.filter(({ type }) => type === 'tool_result')
    const result = (id: string) => results.find(({ toolCallId }) => toolCallId === id)
    expect(results).toHaveLength(5)
    expect(result('misfit')).toMatchObject({ isError: true, result: expect.stringMatching(/a: /) })
    expect(result('unknown')).toMatchObject({
      isError: true,
      result: expect.stringContaining('unknown'),
    })
    expect(result('failing')).toMatchObject({ isError: true, result: 'OrderError: no such order' })
    expect(result('malformed')).toMatchObject({
      isError: true,
      result: expect.stringContaining('JSON'),
    })
    expect(result('fine')).toMatchObject({ result: '3' })
    expect(result('fine')).not.toHaveProperty('isError')
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'done' })
    const sent = JSON.stringify(model.calls[1]?.prompt.at(-1))
    for (const { toolCallId } of results) expect(sent).toContain(String(toolCallId))
    expect(sent).toContain('no such order')
    expect(failures).toMatchObject([{ name: 'OrderError', message: 'no such order' }])
  })

  it('the model receives a history in which every tool call has a result', async () => {
    const { run, model } = await createTestStudio({ store, turns: ['done'], tools: [addTool] })
    const call = { type: 'tool_call', id: 'c1', function: { name: 'add', arguments: {} } }
    const history = [userMessage('hi'), { role: 'assistant', content: [call] }]
    await run({ message: 'go', history })
    expect(model.calls[0]?.prompt.slice(1)).toMatchObject([
      { role: 'user' },
      { role: 'assistant' },
      { role: 'tool', content: [{ toolCallId: 'c1', output: { type: 'error-text' } }] },
      { role: 'user' },
    ])
  })

  it('a turn whose tool calls are all malformed is recorded', async () => {
    const turns = [toolCall('add', '{"a":', 'c1'), toolCall('add', '{', 'c2'), 'sorry']
    const studio = await createTestStudio({ store, turns, tools: [addTool] })
    const { body } = await studio.run('go')
    expect(body).toMatchObject({ output: 'sorry', messages: { length: 6 } })
    const run = (await studio.get(`/runs/${textAt(body, 'runId')}`)).body
    expect(run).toMatchObject({ status: 'succeeded', turns: 3 })
    const trace = (await studio.get(`/traces/${textAt(body, 'trace.traceId')}`)).body
    const shown = listAt(trace, 'observations').map((span) => textAt(span, 'kind'))
    expect(shown).toEqual(['agent', 'generation', 'tool', 'generation', 'tool', 'generation'])
  })

  it('tool results are sent to the model in call order, not in order of completion', async () => {
    const gates = { slow: createGate(), fast: createGate() }
    const wait = defineTool({
      name: 'wait',
      description: 'Waits.',
      input: z.object({ for: z.enum(['slow', 'fast']) }),
      execute: async (input) => {
        await gates[input.for].opened
        return input.for
      },
    })
    const turns = [
      [toolCall('wait', { for: 'slow' }, 'c1'), toolCall('wait', { for: 'fast' }, 'c2')],
      'done',
    ]
    const { runStream, model } = await createTestStudio({ store, turns, tools: [wait] })
    const { until, rest } = await runStream({ message: 'go', toolConcurrency: 2 })
    gates.fast.open()
    expect(await until('tool_result')).toMatchObject({ toolCallId: 'c2', result: 'fast' })
    gates.slow.open()
    expect(await until('tool_result')).toMatchObject({ toolCallId: 'c1', result: 'slow' })
    await rest()
    const content = listAt(model.calls[1]?.prompt.at(-1), 'content')
    expect(content).toMatchObject([{ toolCallId: 'c1' }, { toolCallId: 'c2' }])
  })

  it.each([1, 2, 3])(
    'toolConcurrency: %i limits how many tools run at the same time',
    async (toolConcurrency) => {
      let running = 0
      let maxRunning = 0
      const order: number[] = []
      const count = defineTool({
        name: 'count',
        description: 'Counts.',
        input: z.object({ place: z.number() }),
        execute: async ({ place }) => {
          order.push(place)
          maxRunning = Math.max(maxRunning, ++running)
          await eventually(async () => expect(maxRunning).toBe(toolConcurrency)) // works with any speed of the store
          await new Promise((resolve) => setTimeout(resolve, 5))
          running--
        },
      })
      const calls = Array.from({ length: 7 }, (_, place) => toolCall('count', { place }))
      const { run } = await createTestStudio({ store, turns: [calls, 'done'], tools: [count] })
      expect(await run({ message: 'go', toolConcurrency })).toMatchObject({ status: 200 })
      expect(maxRunning).toBe(toolConcurrency)
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6])
    },
  )

  it.each([
    ['an object', { status: 'blocked' }, '{"status":"blocked"}'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['undefined', undefined, ''],
    ['an array', [1, 'two'], '[1,"two"]'],
    ['a string', 'as it is', 'as it is'],
  ])('a tool may return %s', async (_what, value, result) => {
    const tool = defineTool({ name: 'give', description: 'Gives.', execute: () => value })
    const turns = [toolCall('give', {}), 'done']
    const { runStream } = await createTestStudio({ store, turns, tools: [tool] })
    expect(await (await runStream('go')).until('tool_result')).toMatchObject({ result })
  })

  it('an image that a tool returns is streamed as text and as a structured result', async () => {
    const image = { type: 'image', data: 'aGk=', mediaType: 'image/png' }
    const tool = defineTool({ name: 'draw', description: 'Draws.', execute: () => [image] })
    const turns = [toolCall('draw', {}), 'done']
    const { runStream, model } = await createTestStudio({ store, turns, tools: [tool] })
    const { until, rest } = await runStream('go')
    expect(await until('tool_result')).toMatchObject({
      result: '[image:image/png]',
      structuredResult: [image],
    })
    await rest()
    expect(JSON.stringify(model.calls[1]?.prompt.at(-1))).toContain('aGk=')
  })

  it('a tool receives the context of its call', async () => {
    const seen: unknown[] = []
    const tool = defineTool({
      name: 'look',
      description: 'Looks.',
      execute: (_input, { signal, ...context }) => void seen.push({ ...context, signal }),
    })
    const turns = [toolCall('look', {}, 'c1'), 'done']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const sessionId = await studio.createSession()
    const { body } = await studio.run({ message: 'go', sessionId, metadata: { user: 'ada' } })
    const runId = textAt(body, 'runId')
    expect(seen).toEqual([
      {
        runId,
        agentId: 'support',
        sessionId,
        toolCallId: 'c1',
        idempotencyKey: `${runId}:c1`,
        metadata: { user: 'ada' },
        traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
        signal: expect.any(AbortSignal),
      },
    ])
  })

  it('two tool calls with the same id get different ids', async () => {
    const turns = [
      toolCall('add', { a: 1, b: 1 }, 'x'),
      toolCall('add', { a: 2, b: 2 }, 'x'),
      'done',
    ]
    const { run } = await createTestStudio({ store, turns, tools: [addTool] })
    const messages = listAt((await run('go')).body, 'messages')
    const ids = messages.flatMap((message) =>
      textAt(message, 'role') === 'tool' ? [textAt(message, 'content.0.id')] : [],
    )
    expect(new Set(ids).size).toBe(2)
    expect(messages[4]).toMatchObject({ content: [{ content: [{ text: '4' }] }] })
  })
})
