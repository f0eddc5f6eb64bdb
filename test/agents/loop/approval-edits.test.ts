import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { addTool, createRefundTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const input = { orderId: 'o1', cents: 500 }
const refund = (orderId: string) => toolCall('refund', { orderId, cents: 500 }, orderId)

describe.each(racyKinds)('one approval on $name stores', (store) => {
  it('a decision with an input replaces the arguments of the tool call', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns: [refund('o1'), 'done'], tools: [tool] })
    const { until, rest } = await studio.runStream('refund o1')
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    const edited = { orderId: 'o1', cents: 5 }
    const decision = await studio.decide(id, { approved: true, input: edited })
    expect(decision.body).toMatchObject({ input: edited, args: JSON.stringify(input) })
    expect(await until('tool_result')).toMatchObject({ result: 'refunded 5' })
    await rest()
    expect(refunds).toEqual([edited])
  })

  it('a decision with an invalid input returns 400 and leaves the approval pending', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns: [refund('o1'), 'done'], tools: [tool] })
    await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    const answer = await studio.decide(id, { approved: true, input: { orderId: 5, cents: 'many' } })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } })
    const faults = listAt(answer.body, 'error.details').map((fault) => textAt(fault, 'path'))
    expect(faults).toEqual(['input.orderId', 'input.cents'])
    expect((await studio.get(`/approvals/${id}`)).body).toMatchObject({ status: 'pending', input })
    expect(refunds).toEqual([])
  })

  it('an approval names the principal who decided it', async () => {
    const { tool } = createRefundTool()
    const auth = (request: Request) => ({ id: request.headers.get('x-user') ?? '' })
    const options = { store, turns: [refund('o1'), 'done'], tools: [tool], auth }
    const studio = await createTestStudio(options)
    await studio.startRun('refund o1', { 'x-user': 'bob' })
    const [id = ''] = await studio.pendingApprovals()
    const headers = { 'x-user': 'ada' }
    const path = `/approvals/${id}/decision`
    expect((await studio.post(path, { approved: true }, { headers })).body).toMatchObject({
      decidedBy: 'ada',
    })
  })

  it('an undecided approval times out after expiresInMs and the tool does not run', async () => {
    const { tool, refunds } = createRefundTool({ expiresInMs: 60_000 })
    const studio = await createTestStudio({ store, turns: [refund('o1'), 'done'], tools: [tool] })
    const { until, rest } = await studio.runStream('refund o1')
    const asked = await until('tool_approval_request')
    const expiresAt = new Date(studio.clock.now() + 60_000).toISOString()
    expect(asked['approval']).toMatchObject({ status: 'pending', expiresAt })
    const id = textAt(asked, 'approval.id')
    const runId = textAt(asked, 'approval.runId')
    await studio.runIn(runId, 'waiting')
    studio.clock.advance(59_999)
    await studio.studio.tick()
    await studio.runIn(runId, 'waiting')
    studio.clock.advance(1)
    await studio.studio.tick()
    expect(await until('tool_approval_result')).toMatchObject({
      approval: { id, status: 'timed_out', resolvedAt: expiresAt },
    })
    expect(await until('tool_result')).toMatchObject({
      isError: true,
      result: 'The approval of the tool call timed out.',
    })
    expect((await rest()).at(-1)).toMatchObject({ type: 'final', output: 'done' })
    expect(refunds).toEqual([])
    expect(await studio.decide(id, { approved: true })).toMatchObject({ status: 409 })
    expect(await studio.decide(id, { approved: false })).toMatchObject({ status: 409 })
    expect((await studio.get('/approvals?status=timed_out')).body).toMatchObject({
      approvals: [{ id }],
    })
  })

  it('the model reads the rejectMessage of the tool when an approval times out', async () => {
    const { tool } = createRefundTool({ expiresInMs: 10, rejectMessage: 'Ask again tomorrow.' })
    const studio = await createTestStudio({ store, turns: [refund('o1'), 'done'], tools: [tool] })
    const { until } = await studio.runStream('refund o1')
    const asked = await until('tool_approval_request')
    await studio.runIn(textAt(asked, 'approval.runId'), 'waiting')
    studio.clock.advance(10)
    await studio.studio.tick()
    expect(await until('tool_result')).toMatchObject({ result: 'Ask again tomorrow.' })
  })

  it('a run continues by itself when its approval times out', async () => {
    const { tool } = createRefundTool({ expiresInMs: 30 })
    const turns = [refund('o1'), 'done']
    const studio = await createTestStudio({ store, clock: systemClock, turns, tools: [tool] })
    expect(await studio.run('refund o1')).toMatchObject({ status: 200, body: { output: 'done' } })
  })
})

describe.each(racyKinds)('several approvals of one turn on $name stores', (store) => {
  const ids = ['o1', 'o2', 'o3']
  const turns = [[...ids.map(refund), toolCall('add', { a: 1, b: 2 }, 'sum')], 'done']

  it.each([
    [1, [0, 1, 2]],
    [1, [2, 1, 0]],
    [1, [1, 0, 2]],
    [4, [0, 1, 2]],
    [4, [2, 0, 1]],
  ])(
    'approvals of one turn are requested together and decided in any order (concurrency %i, order %j)',
    async (toolConcurrency, order) => {
      const { tool, refunds } = createRefundTool()
      const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
      const { response, rest } = await studio.runStream({ message: 'go', toolConcurrency })
      const pending = await studio.pendingApprovals(3)
      const runPath = response.headers.get('location') ?? ''
      for (const place of order) {
        await eventually(async () =>
          expect((await studio.get(runPath)).body).toMatchObject({ status: 'waiting' }),
        )
        await studio.decide(pending[place] ?? '', { approved: place !== 1, reason: 'r' })
      }
      const lines = await rest()
      const results = lines.filter(({ type }) => type === 'tool_result')
      expect(results.map(({ toolCallId }) => toolCallId).sort()).toEqual([...ids, 'sum'])
      expect(refunds.map(({ orderId }) => orderId).sort()).toEqual(['o1', 'o3'])
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
      const final = lines.at(-1)
      expect(final).toMatchObject({ type: 'final', output: 'done' })
      expect(listAt(final, 'messages.2.content').map((part) => textAt(part, 'id'))).toEqual([
        ...ids,
        'sum',
      ])
    },
  )

  it('toolConcurrency: 1 makes a call wait for the approvals of the calls before it', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
    const { until, rest } = await studio.runStream('go')
    const pending = await studio.pendingApprovals(3)
    await studio.decide(pending[2] ?? '', { approved: true })
    await studio.decide(pending[1] ?? '', { approved: true })
    await studio.runIn(textAt((await studio.get('/runs')).body, 'runs.0.id'), 'waiting')
    expect(refunds).toEqual([])
    await studio.decide(pending[0] ?? '', { approved: true })
    expect(await until('tool_result')).toMatchObject({ toolCallId: 'o1' })
    const lines = await rest()
    const order = lines.filter(({ type }) => type === 'tool_result')
    expect(order.map(({ toolCallId }) => toolCallId)).toEqual([...ids, 'sum'])
  })

  it('toolConcurrency: 2 runs other calls while approvals are pending', async () => {
    const { tool } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
    const { until } = await studio.runStream({ message: 'go', toolConcurrency: 2 })
    expect(await until('tool_result')).toMatchObject({ toolCallId: 'sum', result: '3' })
    expect(await studio.pendingApprovals(3)).toHaveLength(3)
  })

  it('approvals that are decided as soon as they are streamed never leave the run waiting', async () => {
    for (let round = 0; round < 30; round++) {
      const { tool, refunds } = createRefundTool()
      const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
      const { until, rest } = await studio.runStream({
        message: 'go',
        toolConcurrency: 1 + (round % 3),
      })
      for (let seen = 0; seen < ids.length; seen++) {
        const id = textAt(await until('tool_approval_request'), 'approval.id')
        for (let turn = 0; turn < round; turn++) await Promise.resolve()
        await studio.decide(id, { approved: true })
      }
      expect((await rest()).at(-1)).toMatchObject({ type: 'final' })
      expect(refunds).toHaveLength(3)
    }
  })

  it('a decision whose input lost digits returns 400 and names them', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({
      store,
      turns: [toolCall('refund', input)],
      tools: [tool],
    })
    await studio.startRun('go')
    const [id = ''] = await studio.pendingApprovals()
    const body = '{"approved":true,"input":{"orderId":"o1","cents":9007199254740993}}'
    const response = await studio.studio.fetch(
      new Request(`http://studio.test/approvals/${id}/decision`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
    )
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { details: [{ path: 'input.cents' }] } })
    expect(refunds).toEqual([])
  })
})
