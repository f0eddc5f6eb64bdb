import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../src/agents/tool.ts'
import { telemetry, type TelemetryOptions } from '../../src/telemetry.ts'
import { addTool, createRefundTool, toolCall } from '../support/agents.ts'
import { attributesOf, metricsOf, type RawSpan, spansOf } from '../support/otlp.ts'
import { startSink } from '../support/sink.ts'
import { storeKinds } from '../support/stores.ts'
import { createTestStudio, eventually, type TestStudioOptions } from '../support/studio.ts'

/** A studio that exports to a sink. */
async function exporting(options: TestStudioOptions = {}, given: TelemetryOptions = {}) {
  const sink = await startSink()
  const { headers = {} } = given.otlp ?? {}
  const reporter = telemetry({ ...given, otlp: { url: sink.url, headers } })
  const studio = await createTestStudio({ ...options, telemetry: reporter })
  const spans = async (count: number) =>
    eventually(async () => {
      const found = spansOf(sink.at('/v1/traces'))
      expect(found).toHaveLength(count)
      return found
    })
  return { ...studio, sink, spans }
}

const named = (spans: readonly RawSpan[], name: string) => {
  const found = spans.find((span) => span.name === name)
  if (!found) throw new Error(`No span ${name} in ${spans.map((span) => span.name).join(', ')}`)
  return found
}

const usage = { inputTokens: 10, outputTokens: 4, cachedInputTokens: 3, reasoningTokens: 2 }
const turns = [
  [toolCall('add', { a: 1, b: 2 }, 'call-1'), { usage }],
  ['It is 3.', { usage }],
]

describe.each(storeKinds)('spans on $name', (store) => {
  it('a run is exported with its model calls and tool calls', async () => {
    const { run, spans, sink, failures } = await exporting({ store, turns, tools: [addTool] })
    await run({ message: 'What is 1 + 2?' })
    const found = await spans(4)
    const root = named(found, 'invoke_agent Support')
    const [first, second] = found.filter(({ name }) => name === 'chat scripted-model')
    const tool = named(found, 'execute_tool add')
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(1)
    expect([root.parentSpanId, first?.parentSpanId, tool.parentSpanId]).toEqual([
      undefined,
      root.spanId,
      root.spanId,
    ])
    expect([root.kind, first?.kind, tool.kind]).toEqual([1, 3, 1])
    expect(attributesOf(root)).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Support',
      'gen_ai.agent.description': 'Support assistant',
      'gen_ai.usage.input_tokens': 20,
      'fetch_studio.run.status': 'succeeded',
    })
    expect(attributesOf(second ?? root)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'scripted',
      'gen_ai.request.model': 'scripted-model',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.usage.cache_read.input_tokens': 3,
      'gen_ai.usage.reasoning.output_tokens': 2,
    })
    expect(attributesOf(tool)).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'add',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'call-1',
      'gen_ai.tool.description': 'Adds two numbers.',
    })
    expect(sink.received.map(({ text }) => text).join('')).not.toMatch(/What is 1|It is 3|You help/)
    expect(failures).toEqual([])
  })

  it('every span names its conversation: the session, and without one the run', async () => {
    const { run, createSession, spans } = await exporting({ store, turns: ['one', 'two'] })
    const sessionId = await createSession()
    await run({ message: 'a', sessionId })
    const [root, chat] = await spans(2)
    for (const span of [root, chat]) {
      expect(attributesOf(span ?? { attributes: [] })['gen_ai.conversation.id']).toBe(sessionId)
    }
    await run('b')
    const [, , other] = await spans(4)
    const { 'gen_ai.conversation.id': id, 'fetch_studio.run.id': runId } = attributesOf(
      other ?? { attributes: [] },
    )
    expect(id).toBe(runId)
  })

  it('a wait for a person is a gap between two spans that are linked', async () => {
    const { tool } = createRefundTool()
    const script = [toolCall('refund', { orderId: 'o', cents: 5 }), 'done']
    const studio = await exporting({ store, turns: script, tools: [tool] })
    const runId = await studio.startRun('refund')
    const [approvalId = ''] = await studio.pendingApprovals()
    await studio.runIn(runId, 'waiting')
    studio.clock.advance(3 * 86_400_000)
    await studio.decide(approvalId, { approved: true })
    await studio.runIn(runId, 'succeeded')
    const found = await studio.spans(5)
    const [before, after] = found.filter(({ name }) => name.startsWith('invoke_agent'))
    expect(after?.links).toMatchObject([{ traceId: before?.traceId, spanId: before?.spanId }])
    for (const { startTimeUnixNano: from, endTimeUnixNano: to } of found) {
      expect(Number(BigInt(to) - BigInt(from)) / 1e9).toBeLessThan(60)
    }
    expect(before?.events).toMatchObject([{ name: 'fetch_studio.approval.requested' }])
    expect(after?.events).toMatchObject([{ name: 'fetch_studio.approval.resolved' }])
    expect(named(found, 'execute_tool refund').parentSpanId).toBe(after?.spanId)
  })

  it('a run that fails names the error, and a tool that fails too', async () => {
    const broken = defineTool({
      name: 'broken',
      description: 'Fails.',
      input: z.object({}),
      execute: () => Promise.reject(new Error('no')),
    })
    const script = [toolCall('broken', {}), { error: new Error('model down') }]
    const { run, spans } = await exporting({ store, turns: script, tools: [broken] })
    await run('x')
    const found = await spans(4)
    expect(attributesOf(named(found, 'execute_tool broken'))['error.type']).toBe('tool_error')
    expect(attributesOf(named(found, 'invoke_agent Support'))['error.type']).toBe('model_error')
    expect(named(found, 'invoke_agent Support').status.code).toBe(2)
    expect(found.filter(({ status }) => status.code === 2)).toHaveLength(3)
  })
})

describe('contents', () => {
  const secret = 'sk-abcdefgh12345678'
  const script = [toolCall('add', { a: 1, b: 2 }, 'c1'), `The key is ${secret}.`]

  it('full contents are the instructions, messages, arguments and results', async () => {
    const { run, spans } = await exporting({ turns: script, tools: [addTool] }, { content: 'full' })
    await run('What is 1 + 2?')
    const found = await spans(4)
    const chat = found.filter(({ name }) => name.startsWith('chat')).at(-1)
    const shown = attributesOf(chat ?? { attributes: [] })
    const json = (name: string) => JSON.parse(String(shown[name])) as unknown
    expect(json('gen_ai.system_instructions')).toEqual([{ type: 'text', content: 'You help.' }])
    expect(json('gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'What is 1 + 2?' }] },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'add', arguments: { a: 1, b: 2 } }],
      },
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: '3' }] },
    ])
    expect(json('gen_ai.output.messages')).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: `The key is ${secret}.` }],
        finish_reason: 'stop',
      },
    ])
    expect(attributesOf(named(found, 'execute_tool add'))).toMatchObject({
      'gen_ai.tool.call.arguments': '{"a":1,"b":2}',
      'gen_ai.tool.call.result': '3',
    })
  })

  it('redacted contents hold no secrets', async () => {
    const login = defineTool({
      name: 'login',
      description: 'Logs in.',
      input: z.object({ password: z.string() }),
      execute: () => ({ token: 'abc', user: 'ada' }),
    })
    const { run, spans, sink } = await exporting(
      {
        turns: [toolCall('login', { password: 'hunter2' }), `The key is ${secret}.`],
        tools: [login],
      },
      { content: 'redacted' },
    )
    await run(`use ${secret}`)
    const found = await spans(4)
    const text = sink.received.map((one) => one.text).join('')
    expect(text).not.toContain(secret)
    expect(text).not.toContain('hunter2')
    expect(attributesOf(named(found, 'execute_tool login'))).toMatchObject({
      'gen_ai.tool.call.result': '{"token":"[redacted]","user":"ada"}',
    })
  })
})

describe('trace context', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  it('a run joins the trace of its caller, and its tools pass the trace on', async () => {
    const seen: (string | undefined)[] = []
    const probe = defineTool({
      name: 'probe',
      description: 'Looks.',
      input: z.object({}),
      execute: (_input, context) => void seen.push(context.traceparent),
    })
    const { run, spans } = await exporting({ turns: [toolCall('probe', {}), 'ok'], tools: [probe] })
    await run('x', { headers: { traceparent } })
    const found = await spans(4)
    expect(new Set(found.map(({ traceId }) => traceId))).toEqual(
      new Set(['0af7651916cd43dd8448eb211c80319c']),
    )
    expect(named(found, 'invoke_agent Support').parentSpanId).toBe('b7ad6b7169203331')
    const { spanId } = named(found, 'execute_tool probe')
    expect(seen).toEqual([`00-0af7651916cd43dd8448eb211c80319c-${spanId}-01`])
  })

  it.each([
    '',
    'x',
    '00-0-0-01',
    traceparent.replace('0af7', 'zzzz'),
    traceparent.replace('00-', 'ff-'),
    `${traceparent}-x`,
  ])('the header %j starts a trace of its own', async (header) => {
    const { run, spans } = await exporting({ turns: ['ok'] })
    await run('x', { headers: { traceparent: header } })
    const [root] = await spans(2)
    expect(root?.parentSpanId).toBeUndefined()
    expect(root?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(root?.traceId).not.toBe('0af7651916cd43dd8448eb211c80319c')
  })

  it('several runs join one trace', async () => {
    const { run, spans } = await exporting({ turns: ['one', 'two'] })
    await run('x', { headers: { traceparent } })
    await run('y', { headers: { traceparent } })
    expect(new Set((await spans(4)).map(({ spanId }) => spanId)).size).toBe(4)
  })
})

describe('metrics', () => {
  it('histograms hold exactly what the spans hold', async () => {
    const { run, spans, sink } = await exporting({ turns, tools: [addTool] })
    await run('What is 1 + 2?')
    await spans(4)
    const metrics = await eventually(async () => {
      const found = metricsOf(sink.at('/v1/metrics'))
      expect(found).not.toEqual([])
      return found
    })
    const shown = metrics.map(({ name, unit, histogram }) => {
      const points = histogram.dataPoints.map(({ count, sum, bucketCounts }) => {
        const inBuckets = bucketCounts.reduce((total, value) => total + Number(value), 0)
        expect(inBuckets).toBe(Number(count))
        return [Number(count), unit === 's' ? 's' : sum]
      })
      expect(histogram.aggregationTemporality).toBe(1)
      return [name, ...points]
    })
    expect(shown.sort()).toEqual([
      ['gen_ai.client.inference.duration', [2, 's']],
      ['gen_ai.client.inference.operation.input_tokens', [2, 20]],
      ['gen_ai.client.inference.operation.output_tokens', [2, 8]],
      ['gen_ai.client.operation.duration', [2, 's']],
      ['gen_ai.client.token.usage', [2, 20], [2, 8]],
      ['gen_ai.execute_tool.duration', [1, 's']],
      ['gen_ai.invoke_agent.duration', [1, 's']],
    ])
  })
})
