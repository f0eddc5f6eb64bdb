import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/agents/tool.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { addTool, createRefundTool } from '../../support/agents.ts'
import { at, listAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

describe('GET /agents/:agentId/tools', () => {
  it('lists the tools by name, with input and approval policy', async () => {
    const { tool: refund } = createRefundTool({ expiresInMs: 5_000 })
    const { get } = await createTestStudio({ tools: [refund, addTool] })
    const { status, body } = await get('/agents/support/tools')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      agentId: 'support',
      tools: [
        { name: 'add', source: 'static', approval: { required: false }, onUnknown: 'fail' },
        { name: 'refund', approval: { required: true, expiresInMs: 5_000 } },
      ],
    })
    expect(at(body, 'tools.0.parameters.properties')).toMatchObject({ a: { type: 'number' } })
    expect(await get('/agents/nobody/tools')).toMatchObject({ status: 404 })
  })
})

describe('GET /agents/:agentId/runtime', () => {
  it('shows only listed facts of a model, never its keys or addresses', async () => {
    const model = Object.assign(scriptedModel(['hi']), {
      apiKey: 'sk-secret',
      config: { headers: { authorization: 'Bearer secret' }, baseURL: 'https://inner.test' },
    })
    const { tool } = createRefundTool()
    const agent = { model, models: { fast: model }, metadata: { team: 'a' } }
    const { get } = await createTestStudio({ tools: [tool, addTool], agent })
    const { body } = await get('/agents/support/runtime')
    const facts = { provider: 'scripted', modelId: 'scripted-model', specificationVersion: 'v3' }
    expect(body).toMatchObject({
      agentId: 'support',
      model: facts,
      models: { fast: facts },
      tools: { total: 2, static: 2, dynamic: 0, approval: 1, mcp: 0 },
      defaultMaxTurns: 20,
      limits: { attachmentBytes: 20_971_520 },
      onDisconnect: 'continue',
      metadata: { team: 'a' },
    })
    expect(JSON.stringify(body)).not.toMatch(/secret|inner\.test/)
    expect(await get('/agents/nobody/runtime')).toMatchObject({ status: 404 })
  })
})

describe('POST /agents/:agentId/tools/:toolName/runs', () => {
  const allow = ['write_data'] as const
  const call = async (
    { post }: Awaited<ReturnType<typeof createTestStudio>>,
    name: string,
    body: object,
  ) => post(`/agents/support/tools/${name}/runs`, body)

  it('calls a tool with validated arguments and answers its result', async () => {
    const studio = await createTestStudio({ tools: [addTool], allow: [...allow] })
    expect(await call(studio, 'add', { args: { a: 1, b: 2 } })).toMatchObject({
      status: 200,
      body: { agentId: 'support', toolName: 'add', status: 'success', result: '3', events: [] },
    })
    expect(await call(studio, 'add', { args: { a: 'x' } })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'args.a' }, { path: 'args.b' }] } },
    })
    expect(await call(studio, 'none', {})).toMatchObject({ status: 404 })
  })

  it('answers 403 without the capability write_data, and names it', async () => {
    const studio = await createTestStudio({ tools: [addTool] })
    expect(await call(studio, 'add', { args: { a: 1, b: 2 } })).toMatchObject({
      status: 403,
      body: { error: { details: { capability: 'write_data' } } },
    })
  })

  it('refuses a call whose approval policy wants a person, and runs one that it spares', async () => {
    const { tool, refunds } = createRefundTool({
      when: ({ cents }) => cents > 100,
      reason: 'Over 1 €',
    })
    const studio = await createTestStudio({ tools: [tool], allow: [...allow] })
    expect(await call(studio, 'refund', { args: { orderId: 'o', cents: 500 } })).toMatchObject({
      status: 403,
      body: { error: { details: { approval: { required: true }, reason: 'Over 1 €' } } },
    })
    expect(refunds).toEqual([])
    expect(await call(studio, 'refund', { args: { orderId: 'o', cents: 5 } })).toMatchObject({
      status: 200,
      body: { result: 'refunded 5' },
    })
  })

  it('answers 500 without a stack for a tool that throws, and 500 for one that is late', async () => {
    const failing = defineTool({
      name: 'failing',
      description: 'Throws.',
      execute: () => {
        throw new TypeError('no such order')
      },
    })
    const slow = defineTool({
      name: 'slow',
      description: 'Never answers.',
      timeoutMs: 20,
      execute: () => new Promise(() => undefined),
    })
    const studio = await createTestStudio({ tools: [failing, slow], allow: [...allow] })
    const failed = await call(studio, 'failing', {})
    expect(failed).toMatchObject({
      status: 500,
      body: {
        error: { details: { name: 'TypeError', message: 'no such order', status: 'error' } },
      },
    })
    expect(JSON.stringify(failed.body)).not.toContain('agent-details.test')
    expect(await call(studio, 'slow', {})).toMatchObject({
      status: 500,
      body: { error: { details: { name: 'TimeoutError' } } },
    })
    expect(studio.failures).toHaveLength(2)
  })

  it('shows what a generator yielded before its result', async () => {
    const counting = defineTool({
      name: 'counting',
      description: 'Counts.',
      input: z.object({}),
      async *execute() {
        yield 1
        yield { at: 2 }
        yield 'done'
      },
    })
    const studio = await createTestStudio({ tools: [counting], allow: [...allow] })
    const { body } = await call(studio, 'counting', {})
    expect(at(body, 'result')).toBe('done')
    expect(listAt(body, 'events').map((event) => at(event, 'progress'))).toEqual([1, { at: 2 }])
  })
})

describe('the model of a run', () => {
  it('is the one that the request names, and its traces say so', async () => {
    const fast = scriptedModel(['quick'])
    const studio = await createTestStudio({ turns: ['slow'], agent: { models: { fast } } })
    const answer = await studio.run({ message: 'hi', model: 'fast' })
    expect(answer).toMatchObject({ status: 200, body: { output: 'quick' } })
    expect(fast.calls).toHaveLength(1)
    expect(studio.model.calls).toEqual([])
    const runId = String(at(answer.body, 'runId'))
    expect((await studio.get(`/runs/${runId}`)).body).toMatchObject({ model: 'fast' })
    expect(await studio.run({ message: 'hi' })).toMatchObject({ body: { output: 'slow' } })
    expect((await studio.get('/agents/support')).body).toMatchObject({ models: ['fast'] })
  })

  it.each(['other', 'toString', '__proto__', ''])(
    'the unknown model %j is 400 and starts no run',
    async (model) => {
      const fast = scriptedModel(['quick'])
      const { run, get } = await createTestStudio({ agent: { models: { fast } } })
      expect(await run({ message: 'hi', model })).toMatchObject({
        status: 400,
        body: { error: { code: 'bad_request', details: [{ path: 'model' }] } },
      })
      expect((await get('/runs')).body).toEqual({ runs: [] })
    },
  )

  it('a model of another type, and any model of an agent with one, is 400', async () => {
    const { run } = await createTestStudio({ turns: ['x'] })
    for (const model of ['fast', 7, { provider: 'a', model: 'b' }, null]) {
      expect(await run({ message: 'hi', model })).toMatchObject({
        status: 400,
        body: { error: { details: [{ path: 'model' }] } },
      })
    }
  })
})
