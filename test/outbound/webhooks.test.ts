import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { webhooks, type WebhooksOptions, type Webhook as Receiver } from '../../src/webhooks.ts'
import { createRefundTool, toolCall } from '../support/agents.ts'
import { type Received, startSink } from '../support/sink.ts'
import { storeKinds } from '../support/stores.ts'
import {
  createTestStudio,
  eventually,
  restartStudio,
  type TestStudioOptions,
} from '../support/studio.ts'

const secret = `whsec_${btoa('a secret of twenty-four!')}`
const newSecret = `whsec_${btoa('a secret of 32 bytes, after all!')}`
const turns = Array.from({ length: 40 }, () => () => 'hello')

/** Verifies a delivery as receivers do. The clock of tests is not the present, so the library gets its time. */
function verify({ headers, text }: Received, key: string): unknown {
  const { 'webhook-id': id = '', 'webhook-timestamp': time = '' } = headers as Record<
    string,
    string
  >
  const signed = new Webhook(key).sign(id, new Date(Number(time) * 1_000), text)
  expect(String(headers['webhook-signature']).split(' ')).toContain(signed)
  return JSON.parse(text)
}

async function hooked(
  options: TestStudioOptions & { hook?: Partial<Receiver>; hooks?: WebhooksOptions } = {},
) {
  const { hook = {}, hooks = {}, ...rest } = options
  const sink = await startSink()
  const reporter = webhooks([{ url: `${sink.url}/hook`, secret, name: 'mine', ...hook }], hooks)
  const studio = await createTestStudio({ turns, ...rest, webhooks: reporter })
  const deliveries = async (query = '') => {
    const { body } = await studio.get(`/webhooks/deliveries${query}`)
    return (body as { deliveries: Record<string, unknown>[] }).deliveries
  }
  const received = (count: number) =>
    eventually(async () => {
      expect(sink.received).toHaveLength(count)
      return sink.received
    })
  return { ...studio, sink, received, deliveries, reporter }
}

describe.each(storeKinds)('webhooks on $name', (store) => {
  it('the end of a run is delivered once, signed, small and without contents', async () => {
    const { run, received, deliveries, failures } = await hooked({ store })
    const { body } = await run('x')
    const { runId } = body as { runId: string }
    const [first] = await received(1)
    if (!first) throw new Error('nothing was received')
    expect(verify(first, secret)).toEqual({
      type: 'run.ended',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: {
        runId,
        agentId: 'support',
        status: 'succeeded',
        links: { run: `/runs/${runId}` },
      },
    })
    expect(first.headers['webhook-id']).toBe(`run_ended_${runId}`)
    await eventually(async () =>
      expect(await deliveries()).toMatchObject([
        { webhook: 'mine', event: 'run.ended', status: 'delivered', runId, attempts: 1 },
      ]),
    )
    expect(failures).toEqual([])
  })

  it('approvals are delivered when they are requested and resolved', async () => {
    const { tool } = createRefundTool()
    const script = [toolCall('refund', { orderId: 'o', cents: 5 }), 'done']
    const studio = await hooked({ store, turns: script, tools: [tool] })
    const runId = await studio.startRun('x')
    const [approvalId = ''] = await studio.pendingApprovals()
    const [requested] = await studio.received(1)
    expect(requested?.body).toMatchObject({
      type: 'approval.requested',
      data: {
        runId,
        approvalId,
        status: 'pending',
        toolName: 'refund',
        links: { approval: `/approvals/${approvalId}` },
      },
    })
    await studio.decide(approvalId, { approved: true })
    const all = await studio.received(3)
    expect(all.map(({ body }) => (body as { type: string }).type).sort()).toEqual([
      'approval.requested',
      'approval.resolved',
      'run.ended',
    ])
    expect(all.map(({ text }) => text).join('')).not.toContain('orderId')
  })

  it('a delivery that fails is retried with the same id and growing pauses, then dead, and can be sent again', async () => {
    const studio = await hooked({ store, hooks: { retryMs: 120_000 } })
    studio.sink.answerWith(() => ({ status: 500 }))
    await studio.run('x')
    await studio.received(1)
    studio.clock.advance(3_000)
    await studio.studio.tick()
    expect(studio.sink.received).toHaveLength(1)
    await eventually(async () => {
      studio.clock.advance(100_000)
      await studio.studio.tick()
      expect(await studio.deliveries('?status=dead')).toHaveLength(1)
    })
    const [dead] = await studio.deliveries('?status=dead')
    expect(dead).toMatchObject({ attempts: 4, error: 'It answered 500' })
    expect(new Set(studio.sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(String(studio.failures)).toContain('given up')
    studio.sink.answerWith(() => ({ status: 204 }))
    const path = `/webhooks/deliveries/${encodeURIComponent(String(dead?.['id']))}/redeliver`
    expect(await studio.post(path)).toMatchObject({ status: 200, body: { status: 'pending' } })
    await eventually(async () => {
      await studio.studio.tick()
      expect(await studio.deliveries('?status=delivered')).toHaveLength(1)
    })
    expect(await studio.post('/webhooks/deliveries/none/redeliver')).toMatchObject({ status: 404 })
    expect(await studio.get('/webhooks/deliveries?status=x')).toMatchObject({ status: 400 })
  })

  it('two instances deliver each fact once', async () => {
    const one = await hooked({ store })
    const two = await restartStudio(one, { turns, webhooks: one.reporter })
    await Promise.all([...Array(8)].flatMap(() => [one.run('x'), two.run('y')]))
    await one.received(16)
    await Promise.all([one.studio.tick(), two.studio.tick()])
    expect(new Set(one.sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(16)
    expect(one.sink.received).toHaveLength(16)
  })
})

describe('receivers', () => {
  it('a redirect is a failure and leads nowhere', async () => {
    const other = await startSink()
    const studio = await hooked()
    studio.sink.answerWith(() => ({ status: 301, headers: { location: other.url } }))
    await studio.run('x')
    await eventually(async () =>
      expect(await studio.deliveries()).toMatchObject([
        { status: 'pending', attempts: 1, error: 'It answered with a redirect (301)' },
      ]),
    )
    expect(other.received).toEqual([])
  })

  it('a receiver that never answers is given up after the time limit, and tried again', async () => {
    const studio = await hooked({ hooks: { timeoutMs: 50 } })
    studio.sink.answerWith(() => null)
    await studio.run('x')
    await eventually(async () => {
      const [one] = await studio.deliveries()
      expect(one).toMatchObject({ status: 'pending', attempts: 1 })
      expect(one?.['error']).toContain('No answer within 50 ms')
    })
  })

  it('410 Gone ends the attempts at once', async () => {
    const studio = await hooked()
    studio.sink.answerWith(() => ({ status: 410 }))
    await studio.run('x')
    await eventually(async () =>
      expect(await studio.deliveries()).toMatchObject([{ status: 'dead', attempts: 1 }]),
    )
  })

  it('two secrets sign while one is replaced', async () => {
    const studio = await hooked({ hook: { secret: [newSecret, secret] } })
    await studio.run('x')
    const [first] = await studio.received(1)
    if (!first) throw new Error('nothing was received')
    expect(verify(first, secret)).toEqual(verify(first, newSecret))
  })

  it('the official library accepts a delivery of the present', async () => {
    const studio = await hooked({ clock: { now: () => Date.now() } })
    await studio.run('x')
    const [first] = await studio.received(1)
    const headers = first?.headers as Record<string, string>
    expect(new Webhook(secret).verify(first?.text ?? '', headers)).toMatchObject({
      type: 'run.ended',
    })
    expect(() => new Webhook(newSecret).verify(first?.text ?? '', headers)).toThrow('signature')
  })

  it('events, agents and contents are those of the option', async () => {
    const { tool } = createRefundTool()
    const script = [toolCall('refund', { orderId: 'o-1', cents: 5 }), 'done']
    const events = ['approval.requested'] as const
    const one = await hooked({
      turns: script,
      tools: [tool],
      hook: { events, content: true },
      hooks: { origin: 'https://api.test/' },
    })
    await one.startRun('x')
    const [asked] = await one.received(1)
    expect(asked?.body).toMatchObject({
      data: {
        input: { orderId: 'o-1', cents: 5 },
        links: { run: expect.stringMatching(/^https:\/\/api\.test\/runs\//) as string },
      },
    })
    const none = await hooked({ hook: { agents: ['other'] } })
    await none.run('x')
    await none.studio.tick()
    expect(none.sink.received).toEqual([])
  })
})

describe('options of webhooks', () => {
  const url = 'https://example.test/hook'
  it.each([
    [[{ url: 'file:///etc/passwd', secret }], 'webhooks[0].url'],
    [[{ url: '/hook', secret }], 'webhooks[0].url'],
    [[{ url, secret: 'plain' }], 'webhooks[0].secret'],
    [[{ url, secret: `whsec_${btoa('short')}` }], 'webhooks[0].secret'],
    [[{ url, secret, events: ['run.started'] }], 'run.started'],
    [[{ url, secret, name: 'a b' }], 'webhooks[0].name'],
    [
      [
        { url, secret },
        { url, secret },
      ],
      'Two webhooks',
    ],
    [[{ url, secret, to: 'x' }], '"to" is unknown'],
  ])('%j is refused', (receivers, message) => {
    expect(() => webhooks(receivers as never)).toThrow(message)
    expect(() => webhooks(receivers as never)).not.toThrow('plain')
  })
})
