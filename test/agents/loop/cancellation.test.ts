import { describe, expect, it } from 'vitest'
import { defineTool } from '../../../src/agents/tool.ts'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { at, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)
const refundTurn = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
const runIdOf = (response: Response) => response.headers.get('location')?.split('/').at(-1) ?? ''

describe.each(racyKinds)('POST /runs/:runId/cancel on $name stores', (store) => {
  it('cancel ends a run during a model answer with one cancelled event', async () => {
    const { runStream, post, model, failures } = await createTestStudio({
      store,
      turns: [['half', { wait: never }]],
    })
    const { response, until, rest } = await runStream('hi')
    await until('text_delta')
    const runId = runIdOf(response)
    const answer = await post(`/runs/${runId}/cancel`)
    expect(answer).toMatchObject({
      status: 200,
      body: { id: runId, status: 'cancelled', endedAt: expect.any(String) },
    })
    const lines = await rest()
    expect(lines.filter(({ type }) => type === 'cancelled')).toHaveLength(1)
    expect(lines.at(-1)).toMatchObject({
      type: 'cancelled',
      runId,
      reason: 'Cancelled by the caller.',
      usage: { totalTokens: 0 },
    })
    expect(model.calls[0]?.abortSignal?.aborted).toBe(true)
    expect(await post(`/runs/${runId}/cancel`)).toMatchObject({ status: 200, body: answer.body })
    expect(failures).toEqual([])
  })

  it('cancel ends a run that waits to retry a model call', async () => {
    const error = Object.assign(new Error('slow down'), {
      statusCode: 429,
      responseHeaders: { 'retry-after': '60' },
    })
    const { runStream, post, model } = await createTestStudio({ store, turns: [[{ error }], 'no'] })
    const { response, until } = await runStream('hi')
    await eventually(async () => expect(model.calls).toHaveLength(1))
    const answer = await post(`/runs/${runIdOf(response)}/cancel`)
    expect(answer.body).toMatchObject({ status: 'cancelled' })
    await until('cancelled')
    expect(model.calls).toHaveLength(1)
  })

  it('cancel returns 404 for an unknown run', async () => {
    const { post } = await createTestStudio({ store })
    expect(await post('/runs/none/cancel')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })

  it('cancel does not change a run that has ended (R-68)', async () => {
    const { run, post, get } = await createTestStudio({ store, turns: ['hello'] })
    const runId = textAt((await run('hi')).body, 'runId')
    const before = await get(`/runs/${runId}`)
    expect((await post(`/runs/${runId}/cancel`)).body).toEqual(before.body)
    expect(before.body).toMatchObject({ status: 'succeeded' })
  })

  it('cancel makes a buffered run request return 409', async () => {
    const { run, get, post } = await createTestStudio({ store, turns: [[{ wait: never }]] })
    const answer = run('hi')
    const runId = await eventually(async () => textAt((await get('/runs')).body, 'runs.0.id'))
    await post(`/runs/${runId}/cancel`)
    expect(await answer).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { runId } } },
    })
  })

  it('cancel ends a waiting run and its pending approval (R-59)', async () => {
    const { tool, refunds } = createRefundTool()
    const studio = await createTestStudio({ store, turns: [refundTurn], tools: [tool] })
    const sessionId = await studio.createSession()
    const { response, until, rest } = await studio.runStream({ message: 'hi', sessionId })
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    await studio.runIn(runIdOf(response), 'waiting')
    await studio.post(`/runs/${runIdOf(response)}/cancel`)
    const cancelled = { id, status: 'cancelled', resolvedAt: expect.any(String) }
    expect(await until('tool_approval_result')).toMatchObject({ approval: cancelled })
    expect(await until('tool_result')).toMatchObject({ toolCallId: 'c1', isError: true })
    expect((await rest()).at(-1)).toMatchObject({ type: 'cancelled' })
    expect(await studio.decide(id, { approved: true })).toMatchObject({ status: 409 })
    expect(refunds).toEqual([])
    expect((await studio.get(`/sessions/${sessionId}`)).body).toMatchObject({
      transcript: [
        { kind: 'message', role: 'user', text: 'hi' },
        { kind: 'tool', toolName: 'refund', approval: cancelled },
        { kind: 'message', tone: 'cancelled', text: 'Cancelled by the caller.', durationMs: 0 },
      ],
    })
  })

  it('cancel ends a run during a tool call that ignores its signal', async () => {
    let signal: AbortSignal | null = null
    const deaf = defineTool({
      name: 'deaf',
      description: 'Never answers.',
      execute: (_input, context) => {
        signal = context.signal
        return never
      },
    })
    const turns = [toolCall('deaf', {}, 'c1')]
    const { runStream, post } = await createTestStudio({ store, turns, tools: [deaf] })
    const { response, until } = await runStream('hi')
    await eventually(async () => expect(signal).not.toBeNull())
    const answer = await post(`/runs/${runIdOf(response)}/cancel`)
    expect(answer.body).toMatchObject({ status: 'cancelled' })
    expect(at(signal, 'aborted')).toBe(true)
    expect(await until('tool_result')).toMatchObject({
      isError: true,
      result: expect.stringContaining('outcome is unknown'),
    })
    await until('cancelled')
  })

  it('cancel ends a queued run and adds no message to its session', async () => {
    const gate = createGate()
    const turns = [['one', { wait: gate.opened }], 'three']
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const first = await studio.startRun({ message: 'first', sessionId })
    await studio.runIn(first, 'running')
    const second = await studio.startRun({ message: 'second', sessionId })
    const third = await studio.startRun({ message: 'third', sessionId })
    expect((await studio.post(`/runs/${second}/cancel`)).body).toMatchObject({
      status: 'cancelled',
    })
    await studio.runIn(third, 'queued')
    gate.open()
    await studio.runIn(third, 'succeeded')
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(JSON.stringify(body)).not.toContain('second')
    expect(studio.model.calls).toHaveLength(2)
  })

  it('a cancellation takes precedence over a model answer that arrives later', async () => {
    const gate = createGate()
    const { runStream, post, get, model } = await createTestStudio({
      store,
      turns: [[{ wait: gate.opened }, 'too late']],
    })
    const { response, until } = await runStream('hi')
    await eventually(async () => expect(model.calls).toHaveLength(1))
    const runId = runIdOf(response)
    const answer = post(`/runs/${runId}/cancel`)
    await eventually(async () =>
      expect((await get(`/runs/${runId}`)).body).toHaveProperty('cancelRequestedAt'),
    )
    gate.open()
    expect((await answer).body).toMatchObject({ status: 'cancelled' })
    await until('cancelled')
    const { body } = await get(`/runs/${runId}`)
    expect(body).toMatchObject({ status: 'cancelled' })
    expect(body).not.toHaveProperty('output')
  })

  it('a cancellation by another instance takes precedence over a success that is not stored yet, and keeps the text', async () => {
    const { stores } = await createTestStudio({ store })
    const commit: typeof stores.runs.commit = async (ref, change) => {
      const ends = change.release?.to === 'end' && change.release.status === 'succeeded'
      if (ends) await stores.runs.requestCancel('', ref.runId, 'Cancelled elsewhere.')
      return stores.runs.commit(ref, change)
    }
    const studio = await createTestStudio({
      stores: { ...stores, runs: { ...stores.runs, commit } },
      turns: ['said already'],
    })
    const sessionId = await studio.createSession()
    expect(await studio.run({ message: 'hi', sessionId })).toMatchObject({ status: 409 })
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(JSON.stringify(body)).toContain('said already')
  })

  it.each(Array.from({ length: 12 }, (_, index) => index * 3))(
    'cancel after %i microtasks leaves exactly one terminal event',
    async (moment) => {
      const { tool } = createRefundTool({ when: () => false })
      const turns = [refundTurn, ['a', 'b', 'c']]
      const { runStream, post, get } = await createTestStudio({ store, turns, tools: [tool] })
      const { response, rest } = await runStream('hi')
      for (let turn = 0; turn < moment; turn++) await Promise.resolve()
      const { body } = await post(`/runs/${runIdOf(response)}/cancel`)
      const lines = await rest()
      const ends = lines.filter(({ type }) => ['final', 'error', 'cancelled'].includes(type))
      expect(ends).toEqual([lines.at(-1)])
      const status = ends[0]?.type === 'final' ? 'succeeded' : 'cancelled'
      expect(body).toMatchObject({ status })
      expect((await get(`/runs/${runIdOf(response)}`)).body).toMatchObject({ status })
    },
  )
})

describe.each(racyKinds)('cancelOnDisconnect on $name stores', (store) => {
  it('cancelOnDisconnect cancels a run when the client closes its stream (R-66)', async () => {
    const turns = [[{ reasoning: 'thinking' }, { wait: never }]]
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const { response, until, cancel } = await studio.runStream({
      message: 'hi',
      sessionId,
      cancelOnDisconnect: true,
    })
    await until('reasoning_delta')
    await cancel()
    const run = await studio.runIn(runIdOf(response), 'cancelled')
    expect(run).not.toHaveProperty('output')
    const events = await studio.send('GET', `/runs/${runIdOf(response)}/events`, {})
    expect(await events.text()).toContain('"reason":"The client disconnected."')
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(body).toMatchObject({
      messageCount: 1,
      messages: [{ role: 'user' }],
      transcript: [
        { kind: 'message', role: 'user', text: 'hi' },
        { kind: 'reasoning', text: 'thinking' },
        { kind: 'message', tone: 'cancelled', text: 'The client disconnected.' },
      ],
    })
    expect(studio.failures).toEqual([])
  })

  it('cancelOnDisconnect cancels a run whose stream the client closes unread (R-67)', async () => {
    const turns = [['half', { wait: never }]]
    const { runStream, runIn } = await createTestStudio({ store, turns })
    const { response, cancel } = await runStream({ message: 'hi', cancelOnDisconnect: true })
    await cancel()
    expect(await runIn(runIdOf(response), 'cancelled')).not.toHaveProperty('output')
  })

  it('cancelOnDisconnect cancels a run when the client aborts a buffered request', async () => {
    const { run, get, runIn } = await createTestStudio({ store, turns: [[{ wait: never }]] })
    const caller = new AbortController()
    const answer = run({ message: 'hi', cancelOnDisconnect: true }, { signal: caller.signal })
    const runId = await eventually(async () => textAt((await get('/runs')).body, 'runs.0.id'))
    await runIn(runId, 'running')
    caller.abort()
    await answer
    expect(await runIn(runId, 'cancelled')).not.toHaveProperty('output')
  })

  it('cancelOnDisconnect does not change a run whose terminal event was read', async () => {
    const { runStream, get } = await createTestStudio({ store, turns: ['hello'] })
    const { response, until, cancel } = await runStream({ message: 'hi', cancelOnDisconnect: true })
    await until('final')
    await cancel()
    expect((await get(`/runs/${runIdOf(response)}`)).body).toMatchObject({ status: 'succeeded' })
  })

  it('a run without cancelOnDisconnect continues when the client aborts its request', async () => {
    const gate = createGate()
    const turns = [[{ wait: gate.opened }, 'hello']]
    const { run, get, runIn } = await createTestStudio({ store, turns })
    const caller = new AbortController()
    const answer = run('hi', { signal: caller.signal })
    const runId = await eventually(async () => textAt((await get('/runs')).body, 'runs.0.id'))
    caller.abort()
    await answer
    gate.open()
    expect(await runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
  })

  it('a client that left before its run was admitted is not waited for, and cancelOnDisconnect admits no run', async () => {
    const gate = createGate()
    const turns = [
      [{ wait: gate.opened }, 'hello'],
      [{ wait: gate.opened }, 'hello'],
    ]
    const { run, get, runIn } = await createTestStudio({ store, turns })
    const signal = AbortSignal.abort()
    await run('hi', { signal })
    await run({ message: 'hi', cancelOnDisconnect: true }, { signal })
    const { body } = await get('/runs')
    expect(body).toMatchObject({ runs: [{ id: expect.any(String) }] })
    gate.open()
    expect(await runIn(textAt(body, 'runs.0.id'), 'succeeded')).toMatchObject({ output: 'hello' })
  })
})
