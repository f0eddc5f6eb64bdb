import { describe, expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const input = { orderId: 'o1', cents: 500 }
const turns = [toolCall('refund', input, 'c1'), 'done']

/** A decision may come before the run stands still: the two events of a wait are tested where they are certain. */
const isNoPause = ({ type }: { readonly type?: unknown }) =>
  type !== 'run_waiting' && type !== 'run_resumed'

describe.each(storeKinds)('an approval on $name stores', (store) => {
  it('a protected tool runs only after its approval (R-51)', async () => {
    const { tool, refunds } = createRefundTool({ reason: 'Over 3 €' })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const { response, until, rest, lines } = await studio.runStream({
      message: 'refund o1',
      metadata: { ticket: 7 },
    })
    const request = await until('tool_approval_request')
    expect(lines.map(({ type }) => type)).toContain('tool_call')
    expect(refunds).toEqual([])
    const id = textAt(request, 'approval.id')
    const pending = {
      id,
      runId: response.headers.get('location')?.split('/').at(-1),
      agentId: 'support',
      toolName: 'refund',
      toolCallId: 'c1',
      callId: 'c1',
      internalCallId: expect.any(String),
      args: JSON.stringify(input),
      input,
      status: 'pending',
      requestedAt: expect.any(String),
      reason: 'Over 3 €',
      requestReason: 'Over 3 €',
      metadata: { ticket: 7 },
    }
    expect(request['approval']).toEqual(pending)
    const { body } = await studio.get('/approvals?status=pending')
    expect(body).toEqual({ approvals: [pending] })
    expect((await studio.get(`/approvals/${id}`)).body).toEqual(pending)

    const decision = await studio.decide(id, { approved: true })
    const approved = { ...pending, status: 'approved', resolvedAt: expect.any(String) }
    expect(decision).toMatchObject({ status: 200 })
    expect(decision.body).toEqual(approved)
    const after = (await rest()).slice((request.seq ?? 0) + 1).filter(isNoPause)
    expect(after).toMatchObject([
      { type: 'tool_approval_result', approval: decision.body },
      { type: 'tool_result', toolCallId: 'c1', result: 'refunded 500' },
      { type: 'turn_start', turn: 2 },
      { type: 'text_delta' },
      { type: 'turn_end' },
      { type: 'final', output: 'done' },
    ])
    expect(after[1]?.['internalCallId']).toBe(textAt(decision.body, 'internalCallId'))
    expect(refunds).toEqual([input])
  })

  it('an approval accepts the same decision again and returns 409 for the opposite (R-51)', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const runId = await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    const first = await studio.decide(id, { approved: true })
    expect(await studio.decide(id, { approved: true })).toMatchObject({
      status: 200,
      body: first.body,
    })
    expect(await studio.decide(id, { approved: false })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
    await studio.runIn(runId, 'succeeded')
    expect(await studio.decide(id, { approved: true })).toMatchObject({ status: 200 })
    expect(refunds).toHaveLength(1)
    expect(await studio.decide('missing', { approved: true })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
    expect(await studio.get('/approvals/missing')).toMatchObject({ status: 404 })
  })

  it('20 decisions at the same time run the tool at most once', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const runId = await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => studio.decide(id, { approved: index % 2 === 0 })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(10)
    await studio.runIn(runId, 'succeeded')
    const { body } = await studio.get(`/approvals/${id}`)
    expect(refunds).toHaveLength(textAt(body, 'status') === 'approved' ? 1 : 0)
  })

  it.each([
    ['the reason of the decision', { reason: ' my reason ' }, undefined, 'my reason'],
    ['the rejectMessage of the tool', { reason: ' ' }, 'Not today.', 'Not today.'],
    ['a general sentence', {}, undefined, 'The tool call was rejected.'],
  ])(
    'a refused tool call returns %s to the model (R-53)',
    async (_what, fields, rejectMessage, text) => {
      const approval = { reason: 'Over 3 €', ...(rejectMessage ? { rejectMessage } : {}) }
      const { tool, refunds } = createRefundTool(approval)
      const studio = await createTestStudio({ store, turns, tools: [tool] })
      const { until, rest } = await studio.runStream('refund o1')
      const id = textAt(await until('tool_approval_request'), 'approval.id')
      const decision = await studio.decide(id, { approved: false, ...fields })
      const refusal = {
        status: 'rejected',
        reason: text,
        requestReason: 'Over 3 €',
        decisionReason: text,
      }
      expect(decision).toMatchObject({ status: 200, body: refusal })
      expect(await until('tool_approval_result')).toMatchObject({ approval: refusal })
      expect(await until('tool_result')).toMatchObject({ result: text, isError: true })
      expect((await rest()).at(-1)).toMatchObject({ type: 'final', output: 'done' })
      expect(refunds).toEqual([])
    },
  )

  it('rejectMessage as a function receives the input of the call', async () => {
    const rejectMessage = ({ cents }: { cents: number }) => `${cents} is too much`
    const { tool } = createRefundTool({ rejectMessage })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    const decision = await studio.decide(id, { approved: false })
    expect(decision.body).toMatchObject({ reason: '500 is too much' })
  })

  it('a refusal succeeds although rejectMessage throws', async () => {
    const rejectMessage = () => {
      throw new Error('no words')
    }
    const { tool } = createRefundTool({ rejectMessage })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const runId = await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    expect(await studio.decide(id, { approved: false })).toMatchObject({
      status: 200,
      body: { reason: 'The tool call was rejected.' },
    })
    await studio.runIn(runId, 'succeeded')
    expect(studio.failures).toMatchObject([{ message: 'no words' }])
  })

  it('a tool runs without an approval when `when` returns false (R-56)', async () => {
    const { tool, refunds } = createRefundTool({ when: ({ cents }) => cents > 1_000 })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const lines = await (await studio.runStream('refund o1')).rest()
    expect(lines.map(({ type }) => type)).not.toContain('tool_approval_request')
    expect(refunds).toEqual([input])
    expect((await studio.get('/approvals')).body).toEqual({ approvals: [] })
  })

  it('`when` may be async and receives the session and the metadata of the run', async () => {
    const seen: unknown[] = []
    const { tool } = createRefundTool({
      async when(_input, { signal: _signal, ...context }) {
        await Promise.resolve()
        seen.push(context)
        return false
      },
    })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'go', sessionId, metadata: { user: 'ada' } })
    expect(seen).toMatchObject([{ sessionId, agentId: 'support', metadata: { user: 'ada' } }])
  })

  it('a tool does not run when its approval policy throws', async () => {
    const when = () => {
      throw new Error('policy is broken at /srv/app/policy.ts')
    }
    const { tool, refunds } = createRefundTool({ when })
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const result = await (await studio.runStream('refund o1')).until('tool_result')
    expect(result).toMatchObject({
      isError: true,
      result: expect.stringContaining('policy is broken at [path]'),
    })
    expect(refunds).toEqual([])
    expect(studio.failures).toHaveLength(1)
  })

  it.each([
    [[]],
    [{}],
    [{ approved: 'yes' }],
    [{ approved: true, reason: 5 }],
    [{ approved: true, reason: null }],
  ])('returns 400 for the decision %j, even if the approval is unknown (R-60)', async (body) => {
    const { decide } = await createTestStudio({ store })
    expect(await decide('missing', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'bad_request' } },
    })
  })

  it('accepts a decision with unknown fields (R-60)', async () => {
    const { tool } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    await studio.startRun('refund o1')
    const [id = ''] = await studio.pendingApprovals()
    expect(await studio.decide(id, { approved: true, nonsense: 1 })).toMatchObject({ status: 200 })
  })

  it('a buffered run request waits until the approval is decided (R-62)', async () => {
    const { tool } = createRefundTool()
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const sessionId = await studio.createSession()
    const answer = studio.run({ message: 'refund o1', sessionId })
    const [id = ''] = await studio.pendingApprovals()
    const pending = await studio.get(`/approvals?status=pending&sessionId=${sessionId}`)
    expect(pending.body).toMatchObject({
      approvals: [{ id, sessionId, toolCallId: 'c1', internalCallId: expect.any(String) }],
    })
    await studio.decide(id, { approved: true })
    const { status, body } = await answer
    expect(status).toBe(200)
    expect(JSON.stringify(listAt(body, 'messages'))).toContain('refunded 500')
  })

  it.each([true, false])(
    'approval events appear between turn_end and the next turn_start (R-63, approved: %s)',
    async (approved) => {
      const { tool } = createRefundTool()
      const studio = await createTestStudio({ store, turns, tools: [tool] })
      const { until, rest } = await studio.runStream('refund o1')
      await studio.decide(textAt(await until('tool_approval_request'), 'approval.id'), { approved })
      const types = (await rest()).filter(isNoPause).map(({ type }) => type)
      expect(types.slice(types.indexOf('turn_end'), types.lastIndexOf('turn_start') + 1)).toEqual([
        'turn_end',
        'tool_approval_request',
        'tool_approval_result',
        'tool_result',
        'turn_start',
      ])
    },
  )
})
