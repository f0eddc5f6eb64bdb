import { describe, expect, it } from 'vitest'
import { addTool, createRefundTool, createSupport } from '../../support/agents.ts'
import { createTestStudio } from '../../support/studio.ts'

const metadata = {
  staticContextCount: 0,
  hasOutputSchema: false,
  observerCount: 0,
  approvalToolCount: 0,
  defaultMaxTurns: 20,
}

describe('the configuration', () => {
  it('GET /config and config() show agents, quick prompts and enabled capabilities (R-1)', async () => {
    const { studio, get } = await createTestStudio({ agent: { quickPrompts: ['Hi?'] } })
    const config = {
      agents: [
        {
          id: 'support',
          name: 'Support',
          description: 'Support assistant',
          durability: 'turns',
          quickPrompts: ['Hi?'],
          metadata,
        },
      ],
      chat: { quickPrompts: { support: ['Hi?'] } },
      capabilities: {
        agents: { enabled: true },
        sessions: { enabled: true },
        status: { enabled: true },
        traces: { enabled: true },
      },
      unsupportedCapabilities: [],
    }
    expect(studio.config()).toMatchObject({ id: expect.any(String), ...config })
    expect(await get('/config')).toMatchObject({ status: 200, body: config })
    expect((await get('/config')).body).toEqual(studio.config())
  })

  it('GET /config enables tools and approvals for agents that have them', async () => {
    const { get } = await createTestStudio({ tools: [addTool, createRefundTool().tool] })
    expect((await get('/config')).body).toMatchObject({
      agents: [{ metadata: { ...metadata, approvalToolCount: 1 } }],
      capabilities: { tools: { enabled: true }, approvals: { enabled: true } },
    })
  })

  it('a repeated agent id gets a suffix', async () => {
    const agents = [createSupport(['one']).agent, createSupport(['two']).agent]
    const { get, post } = await createTestStudio({ agents })
    expect((await get('/agents')).body).toMatchObject({
      agents: [{ id: 'support' }, { id: 'support-2' }],
    })
    const answer = await post('/agents/support-2/runs', { message: 'hi' })
    expect(answer.body).toMatchObject({ output: 'two' })
    expect((await get('/runs')).body).toMatchObject({ runs: [{ agentId: 'support-2' }] })
  })

  it('GET /config answers If-None-Match with 304', async () => {
    const { get } = await createTestStudio()
    for (const path of ['/config', '/agents']) {
      const etag = (await get(path)).headers.get('etag') ?? ''
      expect(await get(path, { headers: { 'if-none-match': etag } })).toMatchObject({ status: 304 })
    }
  })
})

describe('an agent', () => {
  it('GET /agents/:agentId shows an agent as the list does (R-4)', async () => {
    const { get } = await createTestStudio()
    const one = await get('/agents/support')
    expect(one.status).toBe(200)
    expect((await get('/agents')).body).toEqual({ agents: [one.body] })
    expect(await get('/agents/none')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })

  it('GET /agents/:agentId decodes the id', async () => {
    const { agent } = createSupport(['hello'], { id: 'we ird/id' })
    const { get, post } = await createTestStudio({ agents: [agent] })
    expect((await get('/agents/we%20ird%2Fid')).body).toMatchObject({ id: 'we ird/id' })
    const answer = await post('/agents/we%20ird%2Fid/runs', { message: 'hi' })
    expect(answer).toMatchObject({ status: 200 })
  })

  it('a run of an unknown agent answers 404 whatever the body (R-5)', async () => {
    const { send, post } = await createTestStudio({ agents: [] })
    expect((await post('/agents/missing/runs', {})).body).toEqual({
      error: { code: 'not_found', message: 'Agent not found' },
    })
    expect((await send('POST', '/agents/missing/runs', {})).status).toBe(404)
  })

  it('an agent on the wire shows nothing of its model', async () => {
    const { get } = await createTestStudio({
      agent: { settings: { providerOptions: { x: { apiKey: 'sk-secret-123456' } } } },
    })
    for (const path of ['/config', '/agents', '/agents/support']) {
      expect(JSON.stringify((await get(path)).body)).not.toMatch(/secret|scripted|You help/)
    }
  })
})

describe('without sessions', () => {
  const disabled = (capability: string) => ({
    status: 501,
    body: { error: { code: 'unsupported_capability', details: { capability } } },
  })

  it('sessions: false makes session and trace routes answer 501 (R-7)', async () => {
    const { get, post, del } = await createTestStudio({ sessions: false })
    expect(await get('/sessions')).toMatchObject(disabled('sessions'))
    expect(await get('/sessions/x')).toMatchObject(disabled('sessions'))
    expect(await post('/sessions', { agentId: 'support' })).toMatchObject(disabled('sessions'))
    expect(await del('/sessions/x')).toMatchObject(disabled('sessions'))
    expect(await get('/sessions/x/traces')).toMatchObject({ status: 501 })
    expect(await get('/traces')).toMatchObject(disabled('traces'))
    expect(await get('/traces/x')).toMatchObject(disabled('traces'))
    expect((await get('/config')).body).toMatchObject({
      unsupportedCapabilities: ['sessions', 'traces'],
    })
  })

  it('sessions: false leaves runs without a trace (R-7)', async () => {
    const { run, runStream } = await createTestStudio({ sessions: false, turns: ['one', 'two'] })
    const answer = await run('hi')
    expect(answer).toMatchObject({ status: 200, body: { output: 'one' } })
    expect(answer.body).not.toHaveProperty('trace')
    const stream = await runStream('hi')
    expect(await stream.until('final')).not.toHaveProperty('trace')
  })

  it('sessions: false makes a run in a session answer 501, even with a history (R-8)', async () => {
    const { run } = await createTestStudio({ sessions: false })
    const body = { message: 'hi', sessionId: 'x' }
    expect(await run(body)).toMatchObject(disabled('sessions'))
    expect(await run({ ...body, history: [] })).toMatchObject(disabled('sessions'))
  })
})
