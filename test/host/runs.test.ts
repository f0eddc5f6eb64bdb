import { tool } from 'ai'
import { MockLanguageModelV3 } from 'ai/test'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGate, toolCall } from '../support/agents.ts'
import { createTestStudio } from '../support/studio.ts'
import { createShop, hostSupport } from './hosted-agents.ts'

describe('a hosted ToolLoopAgent', () => {
  it('streams its events, with inputs and outputs of its tools', async () => {
    const { tools, calls } = createShop()
    const context = { shop: 7 }
    const { agent, model } = hostSupport(
      [toolCall('find_order', { orderId: 'A1' }), 'It was delivered.'],
      { tools, experimental_context: context },
    )
    const { runStream } = await createTestStudio({ agents: [agent] })
    const events = await (await runStream('Where is A1?')).rest()
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['turn_start', 'tool_call', 'tool_result', 'text_delta', 'final']),
    )
    expect(events.find(({ type }) => type === 'tool_result')).toMatchObject({
      toolName: 'find_order',
      args: '{"orderId":"A1"}',
      result: '{"orderId":"A1","status":"delivered"}',
    })
    expect(events.at(-1)).toMatchObject({ type: 'final', output: 'It was delivered.' })
    expect(calls).toMatchObject([
      {
        input: { orderId: 'A1' },
        options: {
          toolCallId: expect.any(String),
          idempotencyKey: expect.stringContaining(':'),
          abortSignal: expect.any(AbortSignal),
          experimental_context: context,
        },
      },
    ])
    expect(model.calls[0]?.prompt[0]).toEqual({ role: 'system', content: 'You help.' })
    expect(model.calls[0]?.tools).toMatchObject([
      { name: 'find_order', description: 'Finds an order.' },
      { name: 'refund' },
      { name: 'close_account' },
    ])
  })

  it('is shown with what a crash costs it', async () => {
    const { agent } = hostSupport([], { tools: createShop().tools }, { name: 'Shop' })
    const { get } = await createTestStudio({ agents: [agent] })
    expect(await get('/agents/support')).toMatchObject({
      body: {
        id: 'support',
        name: 'Shop',
        durability: 'turns',
        metadata: { approvalToolCount: 2, defaultMaxTurns: 5 },
      },
    })
  })

  it('keeps sessions and traces', async () => {
    const { agent, model } = hostSupport(['My name is Bo.', 'Bo.'])
    const { run, get, createSession } = await createTestStudio({ agents: [agent] })
    const sessionId = await createSession()
    await run({ message: 'Who are you?', sessionId })
    const { body } = await run({ message: 'Who?', sessionId })
    expect(body).toMatchObject({ output: 'Bo.' })
    expect(JSON.stringify(model.calls[1]?.prompt)).toContain('My name is Bo.')
    const { trace } = body as { trace: { traceId: string } }
    const shown = await get(`/traces/${trace.traceId}`)
    expect(shown).toMatchObject({ status: 200 })
    expect(JSON.stringify(shown.body)).toContain('scripted-model')
    expect(await get(`/sessions/${sessionId}`)).toMatchObject({ body: { messageCount: 4 } })
  })

  it('gives the model every setting and every member of a tool that it was given', async () => {
    const model = new MockLanguageModelV3({
      doGenerate: async () => ({
        content: [{ type: 'text', text: 'ok' }],
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
          outputTokens: { total: 1, text: 1, reasoning: 0 },
        },
        warnings: [],
      }),
    })
    const strict = tool({
      description: 'Finds.',
      inputSchema: z.object({ id: z.string() }),
      inputExamples: [{ input: { id: 'A1' } }],
      strict: true,
      providerOptions: { mock: { cache: true } },
      execute: () => 'x',
    })
    const cached = {
      role: 'system' as const,
      content: 'Be brief.',
      providerOptions: { mock: { cache: 1 } },
    }
    const { agent } = hostSupport([], {
      model,
      instructions: [{ role: 'system', content: 'You help.' }, cached],
      tools: { find: strict },
      toolChoice: { type: 'tool', toolName: 'find' },
      temperature: 0.5,
      maxOutputTokens: 50,
      topP: 0.9,
      topK: 4,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['END'],
      seed: 7,
      headers: { 'x-tenant': 'a' },
      providerOptions: { mock: { effort: 'low' } },
    })
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run('Hello')).toMatchObject({ body: { output: 'ok' } })
    expect(model.doGenerateCalls[0]).toMatchObject({
      prompt: [{ role: 'system', content: 'You help.' }, cached, { role: 'user' }],
      tools: [
        {
          type: 'function',
          name: 'find',
          strict: true,
          inputExamples: [{ input: { id: 'A1' } }],
          providerOptions: { mock: { cache: true } },
        },
      ],
      toolChoice: { type: 'tool', toolName: 'find' },
      temperature: 0.5,
      maxOutputTokens: 50,
      topP: 0.9,
      topK: 4,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      stopSequences: ['END'],
      seed: 7,
      headers: { 'x-tenant': 'a' },
      providerOptions: { mock: { effort: 'low' } },
    })
  })

  it('runs the calls of one turn at the same time', async () => {
    const both = createGate()
    let running = 0
    const meet = tool({
      inputSchema: z.object({}),
      execute: async () => {
        running += 1
        if (running === 2) both.open()
        await both.opened
        return 'met'
      },
    })
    const turn = [toolCall('meet', {}, 'c1'), toolCall('meet', {}, 'c2')]
    const { agent } = hostSupport([turn, 'Both met.'], { tools: { meet } })
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run('Meet')).toMatchObject({ status: 200, body: { output: 'Both met.' } })
  })

  it('ends with max_turns when it has used the steps of stopWhen', async () => {
    const { tools, calls } = createShop()
    const again = toolCall('find_order', { orderId: 'A1' })
    const { agent } = hostSupport(
      Array.from({ length: 5 }, () => again),
      { tools },
    )
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run('Find')).toMatchObject({
      status: 500,
      body: { error: { details: { code: 'max_turns' } } },
    })
    expect(calls).toHaveLength(5)
  })

  it('stops its model and its tool when the run is cancelled', async () => {
    const begun = createGate()
    const stopped = createGate()
    const wait = tool({
      inputSchema: z.object({}),
      execute: async (_input, { abortSignal }) => {
        abortSignal?.addEventListener('abort', () => stopped.open())
        begun.open()
        await stopped.opened
      },
    })
    const { agent } = hostSupport([toolCall('wait', {})], { tools: { wait } })
    const { startRun, post, runIn } = await createTestStudio({ agents: [agent] })
    const runId = await startRun('Wait')
    await begun.opened
    await post(`/runs/${runId}/cancel`)
    await stopped.opened
    expect(await runIn(runId, 'cancelled')).toMatchObject({ id: runId })
  })
})
