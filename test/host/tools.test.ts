import { jsonSchema, tool, zodSchema } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createGate, toolCall } from '../support/agents.ts'
import { listAt, textAt } from '../support/json.ts'
import { createTestStudio, restartStudio } from '../support/studio.ts'
import { createShop, hostSupport } from './hosted-agents.ts'

describe('the approvals of a hosted agent', () => {
  it('asks a person where needsApproval says so, and runs the call with the input that was approved', async () => {
    const { tools, calls } = createShop()
    const { agent } = hostSupport(
      [
        [
          toolCall('refund', { orderId: 'A1', cents: 500 }, 'small'),
          toolCall('refund', { orderId: 'A2', cents: 5_000 }, 'large'),
          toolCall('close_account', {}, 'close'),
        ],
        'Done.',
      ],
      { tools },
    )
    const { startRun, pendingApprovals, get, decide, runIn } = await createTestStudio({
      agents: [agent],
    })
    const runId = await startRun('Refund both and close')
    const [large = '', close = ''] = await pendingApprovals(2)
    expect(await get(`/approvals/${large}`)).toMatchObject({
      body: { toolName: 'refund', toolCallId: 'large' },
    })
    const wrong = await decide(large, { approved: true, input: { orderId: 'A2', cents: -1 } })
    expect(wrong).toMatchObject({ status: 400 })
    expect(textAt(wrong.body, 'error.details.0.path')).toBe('input.cents')
    await decide(large, { approved: true, input: { orderId: 'A2', cents: 4_000 } })
    await decide(close, { approved: false, reason: 'Not today' })
    await runIn(runId, 'succeeded')
    expect(calls).toMatchObject([
      { what: 'refund', input: { cents: 500 } },
      { what: 'refund', input: { cents: 4_000 } },
    ])
  })

  it('continues in another process with an agent that was made again', async () => {
    const shop = createShop()
    const turns = [toolCall('close_account', {}), 'Closed.']
    const first = await createTestStudio({
      agents: [hostSupport(turns, { tools: shop.tools }).agent],
    })
    const runId = await first.startRun('Close it')
    const [approvalId = ''] = await first.pendingApprovals()
    const again = hostSupport(['Closed.'], { tools: shop.tools })
    const second = await restartStudio(first, { agents: [again.agent] })
    await first.studio.close()
    await second.decide(approvalId, { approved: true })
    await second.runIn(runId, 'succeeded')
    expect(shop.calls).toHaveLength(1)
    expect(JSON.stringify(again.model.calls[0]?.prompt)).toContain('closed')
  })
})

describe('the tools of a hosted agent', () => {
  it('shows progress, and gives the model what toModelOutput makes of a result', async () => {
    const render = tool({
      inputSchema: z.object({}),
      async *execute() {
        yield { percent: 50 }
        yield { pixels: 'iVBORw0KGgo=' }
      },
      toModelOutput: ({ output }) => ({
        type: 'content',
        value: [
          { type: 'text', text: 'The picture' },
          {
            type: 'image-data',
            data: 'pixels' in output ? output.pixels : '',
            mediaType: 'image/png',
          },
        ],
      }),
    })
    const { agent } = hostSupport([toolCall('render', {}), 'Nice.'], { tools: { render } })
    const { runStream } = await createTestStudio({ agents: [agent] })
    const events = await (await runStream('Draw')).rest()
    expect(events.filter(({ type }) => type === 'tool_progress')).toMatchObject([
      { progress: { percent: 50 } },
      { progress: { pixels: 'iVBORw0KGgo=' } },
    ])
    expect(events.find(({ type }) => type === 'tool_result')).toMatchObject({
      structuredResult: [
        { type: 'text', text: 'The picture' },
        { type: 'image', data: 'iVBORw0KGgo=', mediaType: 'image/png' },
      ],
    })
  })

  it('takes schemas of the AI SDK, and sends faults back to the model', async () => {
    const seen: unknown[] = []
    const execute = (input: unknown) => `call ${seen.push(input)}`
    const even = jsonSchema<{ n: number }>(
      { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
      {
        validate: (value) => {
          const { n } = value as { n: number }
          return n % 2 === 0
            ? { success: true, value: { n: n / 2 } }
            : { success: false, error: new Error(`${n} is odd`) }
        },
      },
    )
    const plain = jsonSchema({ type: 'object', properties: { n: { type: 'number' } } })
    const tools = {
      halve: tool({ inputSchema: even, execute }),
      plain: tool({ inputSchema: plain, execute }),
      zod: tool({ inputSchema: zodSchema(z.object({ n: z.coerce.number() })), execute }),
    }
    const calls = [
      toolCall('halve', { n: 3 }),
      toolCall('halve', { n: 4 }),
      toolCall('plain', { n: 'x' }),
      toolCall('zod', { n: '8' }),
    ]
    const { agent } = hostSupport([calls, 'Done.'], { tools })
    const { runStream, get } = await createTestStudio({ agents: [agent] })
    const events = await (await runStream('Go')).rest()
    const results = events.filter(({ type }) => type === 'tool_result')
    expect(results.filter(({ isError }) => isError)).toMatchObject([
      { result: expect.stringContaining('3 is odd') },
      { toolName: 'plain', result: expect.stringContaining('InvalidInputError') },
    ])
    expect(seen).toEqual(expect.arrayContaining([{ n: 2 }, { n: 8 }]))
    expect(seen).toHaveLength(2)
    const { body } = await get('/agents/support/tools')
    expect(listAt(body, 'tools')).toMatchObject([
      { name: 'halve', parameters: { required: ['n'] } },
      { name: 'plain' },
      { name: 'zod' },
    ])
  })

  it('an error of a tool goes to the model, and reading messages is one', async () => {
    const tools = {
      fails: tool({
        inputSchema: z.object({}),
        execute: (): string => {
          throw new RangeError('no such order')
        },
      }),
      reads: tool({
        inputSchema: z.object({}),
        execute: (_input, options) => `${Object.keys({ ...options }).length} ${options.messages}`,
      }),
    }
    const { agent, model } = hostSupport(
      [[toolCall('fails', {}), toolCall('reads', {})], 'Sorry.'],
      {
        tools,
      },
    )
    const { run, failures } = await createTestStudio({ agents: [agent] })
    expect(await run('Try')).toMatchObject({ body: { output: 'Sorry.' } })
    const prompt = JSON.stringify(model.calls[1]?.prompt)
    expect(prompt).toContain('no such order')
    expect(prompt).toContain('does not get messages')
    expect(failures).toHaveLength(2)
  })

  it('an error of the model ends the run after maxRetries', async () => {
    const error = { error: { statusCode: 500, message: 'overloaded' } } as never
    const { agent, model } = hostSupport([error, error], { maxRetries: 0 })
    const { run } = await createTestStudio({ agents: [agent] })
    expect(await run('Hi')).toMatchObject({
      status: 500,
      body: { error: { details: { code: 'model_error' } } },
    })
    expect(model.calls).toHaveLength(1)
  })

  it('onCrash says what happens to a call that a crash interrupted', async () => {
    for (const onCrash of ['fail', 'retry'] as const) {
      const begun = createGate()
      let calls = 0
      const keys = new Set<unknown>()
      const pay = tool({
        inputSchema: z.object({}),
        execute: async (_input, options) => {
          calls += 1
          keys.add((options as { idempotencyKey?: unknown }).idempotencyKey)
          begun.open()
          if (calls === 1) await new Promise(() => undefined)
          return 'paid'
        },
      })
      const make = (turns: Parameters<typeof hostSupport>[0]) =>
        hostSupport(turns, { tools: { pay } }, { onCrash })
      const first = await createTestStudio({ agents: [make([toolCall('pay', {})]).agent] })
      const runId = await first.startRun('Pay')
      await begun.opened
      await first.studio.close()
      const again = make(['Ended.'])
      const second = await restartStudio(first, { agents: [again.agent] })
      first.clock.advance(120_000)
      await second.studio.tick()
      await second.runIn(runId, 'succeeded')
      expect(calls).toBe(onCrash === 'retry' ? 2 : 1)
      expect(keys.size).toBe(1)
      const prompt = JSON.stringify(again.model.calls[0]?.prompt)
      expect(prompt).toContain(onCrash === 'retry' ? 'paid' : 'outcome is unknown')
    }
  })
})
