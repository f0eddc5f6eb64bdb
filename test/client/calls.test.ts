import { describe, expect, it, vi } from 'vitest'
import { createStudioClient, StudioClientError } from '../../src/client.ts'
import { createRefundTool, toolCall } from '../support/agents.ts'
import { createTestStudio } from '../support/studio.ts'

/** Resolves to the error that a call rejects with. */
const failure = async (call: Promise<unknown>): Promise<StudioClientError> => {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StudioClientError)
  return error as StudioClientError
}

describe('a client of a studio in this process', () => {
  it('runs an agent, reads the run, its session and its trace', async () => {
    const { studio } = await createTestStudio({ turns: ['Hello!'] })
    const client = createStudioClient({ fetch: studio.fetch })
    const { id: sessionId } = await client.sessions.create({ agentId: 'support', title: 'First' })
    const result = await client.runs.create('support', { message: 'hi', sessionId })
    expect(result.output).toBe('Hello!')
    const run = await client.runs.get(result.runId)
    expect(run).toMatchObject({ status: 'succeeded', sessionId })
    expect(await client.sessions.get(sessionId)).toMatchObject({ title: 'First', messageCount: 2 })
    expect(await client.traces.get(run.trace.traceId)).toMatchObject({ status: 'success' })
    expect(await client.agents.list()).toMatchObject([{ id: 'support' }])
    expect(await client.get('/health')).toMatchObject({ status: 'ok' })
    await client.sessions.delete(sessionId)
    expect((await failure(client.sessions.get(sessionId))).status).toBe(404)
  })

  it('queries rows, calls tools and reads any route as text', async () => {
    const requests: { url: string; apply: string | null; body: string }[] = []
    const client = createStudioClient({
      fetch: async (request) => {
        const { url, headers } = request
        requests.push({ url, apply: headers.get('x-ai-apply'), body: await request.text() })
        return Response.json({ rows: [], schema: {} })
      },
    })
    await client.query.run({ model: 'shop.Order', explain: true })
    await client.query.describe()
    await client.callTool('order/update', { pk: 1 }, { confirmed: true })
    await client.callTool('order_list', {})
    const raw = await client.read('/runs', { query: { limit: 2 } })
    expect(raw).toMatchObject({ status: 200, contentType: 'application/json' })
    expect(requests.map(({ url, apply, body }) => [new URL(url).pathname, apply, body])).toEqual([
      ['/ai/query/execute', null, '{"model":"shop.Order","explain":true}'],
      ['/ai/query/plan/schema', null, '{}'],
      ['/ai/tools/order%2Fupdate/call', 'true', '{"arguments":{"pk":1}}'],
      ['/ai/tools/order_list/call', null, '{"arguments":{}}'],
      ['/runs', null, ''],
    ])
  })

  it('lists all runs over several pages, in order', async () => {
    const { studio } = await createTestStudio({ turns: ['a', 'b', 'c', 'd', 'e'] })
    const client = createStudioClient({ fetch: studio.fetch })
    const ids: string[] = []
    for (let made = 0; made < 5; made++) {
      ids.unshift((await client.runs.create('support', { message: 'hi' })).runId)
    }
    const listed: string[] = []
    for await (const { id } of client.runs.list({ limit: 2 })) listed.push(id)
    expect(listed).toEqual(ids)
    const first = await client.runs.list({ limit: 2 }).page()
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = await client.runs.list({ limit: 2 }).page(first.nextCursor ?? '')
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(2, 4))
  })

  it('decides about an approval, and the run goes on', async () => {
    const { tool, refunds } = createRefundTool()
    const turns = [toolCall('refund', { orderId: 'o1', cents: 5 }), 'done']
    const { studio } = await createTestStudio({ tools: [tool], turns })
    const client = createStudioClient({ fetch: studio.fetch })
    const stream = client.runs.stream('support', { message: 'refund' })
    for await (const event of stream) {
      if (event.type !== 'tool_approval_request') continue
      const { id } = event.approval
      expect(await client.approvals.get(id)).toMatchObject({ status: 'pending' })
      await client.approvals.decide(id, { approved: true, input: { orderId: 'o1', cents: 7 } })
      const again = await failure(client.approvals.decide(id, { approved: false }))
      expect(again).toMatchObject({ code: 'conflict', status: 409 })
    }
    expect(refunds).toEqual([{ orderId: 'o1', cents: 7 }])
  })

  it('cancels a run, and `final` rejects with the reason', async () => {
    const turns = [['a', { wait: new Promise<never>(() => undefined) }]]
    const { studio } = await createTestStudio({ turns })
    const client = createStudioClient({ fetch: studio.fetch })
    const stream = client.runs.stream('support', { message: 'hi' })
    const iterator = stream[Symbol.asyncIterator]()
    await iterator.next()
    await stream.cancel()
    expect(await failure(stream.final())).toMatchObject({ code: 'run_cancelled' })
  })
})

describe('an error', () => {
  it('of the studio has its code, status, message, details and request id', async () => {
    const { studio } = await createTestStudio()
    const client = createStudioClient({ fetch: studio.fetch })
    const error = await failure(client.runs.create('support', { message: 'hi', maxTurns: 0 }))
    expect(error).toMatchObject({
      code: 'bad_request',
      status: 400,
      details: [{ path: 'maxTurns' }],
      requestId: expect.stringMatching(/./),
    })
  })

  it('of a proxy has its status, and no code of a studio', async () => {
    const fetch = async () => new Response('<html>Bad gateway</html>', { status: 502 })
    const client = createStudioClient({ fetch })
    expect(await failure(client.get('/health'))).toMatchObject({ code: 'bad_answer', status: 502 })
  })

  it('of a page that is no JSON names it, although the status is 200', async () => {
    const client = createStudioClient({ fetch: async () => new Response('<html></html>') })
    expect(await failure(client.get('/health'))).toMatchObject({ code: 'bad_answer', status: 200 })
  })

  it('of a server that cannot be reached keeps its cause', async () => {
    const cause = new Error('ECONNREFUSED')
    const client = createStudioClient({ fetch: () => Promise.reject(cause) })
    expect(await failure(client.get('/health'))).toMatchObject({ code: 'network_error', cause })
  })

  it('says how long to wait', async () => {
    const headers = { 'retry-after': '7' }
    const fetch = async () => new Response('{}', { status: 503, headers })
    const client = createStudioClient({ fetch })
    expect((await failure(client.get('/health'))).retryAfterMs).toBe(7_000)
  })
})

describe('a request', () => {
  it('carries the token and the headers, and goes below the base URL', async () => {
    const sent: Request[] = []
    const fetch = async (request: Request) => {
      sent.push(request)
      return new Response('{}')
    }
    const client = createStudioClient({
      baseUrl: 'https://example.com/studio/',
      fetch,
      token: async () => 's3cret',
      headers: { 'x-tenant': 'acme' },
    })
    await client.runs.get('a/b')
    expect(sent[0]?.url).toBe('https://example.com/studio/runs/a%2Fb')
    expect(sent[0]?.headers.get('authorization')).toBe('Bearer s3cret')
    expect(sent[0]?.headers.get('x-tenant')).toBe('acme')
  })

  it('ends with the reason of its signal', async () => {
    const { studio } = await createTestStudio({
      turns: [[{ wait: new Promise<never>(() => undefined) }]],
    })
    const client = createStudioClient({
      fetch: (request) =>
        Promise.race([
          studio.fetch(request),
          new Promise<never>((_, reject) => {
            request.signal.addEventListener('abort', () => reject(request.signal.reason))
          }),
        ]),
    })
    const controller = new AbortController()
    const call = client.runs.create('support', { message: 'hi' }, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
  })

  it('with a token that no header can have rejects without the token in the error', async () => {
    const client = createStudioClient({ fetch: async () => new Response('{}'), token: 's3\ncret' })
    const error: unknown = await client.get('/health').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).not.toContain('cret')
  })

  it('is not sent after its signal was aborted', async () => {
    const sent: Request[] = []
    const fetch = async (request: Request) => {
      sent.push(request)
      return new Response('{}')
    }
    const signal = AbortSignal.abort(new Error('enough'))
    const { runs } = createStudioClient({ fetch })
    await expect(runs.create('support', { message: 'hi' }, { signal })).rejects.toThrow('enough')
    const stream = runs.stream('support', { message: 'hi' }, { signal })
    await expect(stream.final()).rejects.toThrow('enough')
    expect(sent).toEqual([])
  })

  it('leaves one listener at a signal that outlives it', async () => {
    const { studio } = await createTestStudio()
    const { get } = createStudioClient({ fetch: studio.fetch })
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    for (let made = 0; made < 20; made++) await get('/health', { signal })
    expect(add).toHaveBeenCalledTimes(1)
  })

  it('rejects with what the function `token` threw, also in a stream', async () => {
    const token = () => Promise.reject(new Error('Log in again'))
    const client = createStudioClient({ fetch: async () => new Response('{}'), token })
    await expect(client.get('/health')).rejects.toThrow('Log in again')
    await expect(client.runs.follow('a').final()).rejects.toThrow('Log in again')
  })

  it('is not made a list of nothing by an answer without the list', async () => {
    const client = createStudioClient({ fetch: async () => new Response('{}') })
    expect(await failure(client.runs.list().page())).toMatchObject({ code: 'bad_answer' })
  })

  it('needs a base URL or a fetch', () => {
    expect(() => createStudioClient({})).toThrow('baseUrl')
  })
})
