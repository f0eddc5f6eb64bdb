import { describe, expect, it } from 'vitest'
import type { LanguageModelCall } from '../../../src/agents/model/language-model.ts'
import { StudioError } from '../../../src/errors.ts'
import type { Stores } from '../../../src/storage/store.ts'
import { addTool, createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { racyKinds, storeKinds } from '../../support/stores.ts'
import { createTestStudio, eventually, restartStudio } from '../../support/studio.ts'

const pickDate = {
  name: 'pick_date',
  description: 'Asks the user for a date.',
  inputSchema: {
    type: 'object',
    properties: { title: { type: 'string', minLength: 3 } },
    required: ['title'],
  },
}
const pick = (id = 'pick', title = 'Delivery') => toolCall('pick_date', { title }, id)
const request = { message: 'When?', clientTools: [pickDate] }
const answered = { approved: true, output: { date: '2026-01-02' } }

/** The reply depends only on the prompt, so that any process can repeat a turn. */
const repeatable = ({ prompt }: LanguageModelCall) =>
  textAt(prompt.at(-1), 'role') === 'tool' ? 'done' : [pick()]

describe.each(racyKinds)('a tool that the client runs, on $name stores', (store) => {
  it('the model is offered it beside the own tools, and reads the output of the client as its result', async () => {
    const turns = [[pick(), toolCall('add', { a: 1, b: 2 }, 'sum')], 'done']
    const studio = await createTestStudio({ store, turns, tools: [addTool] })
    const sessionId = await studio.createSession()
    const { until, rest } = await studio.runStream({ ...request, sessionId })
    const asked = await until('tool_approval_request')
    expect(asked['approval']).toMatchObject({
      clientTool: true,
      toolName: 'pick_date',
      input: { title: 'Delivery' },
    })
    const id = textAt(asked, 'approval.id')
    expect((await studio.get(`/approvals/${id}`)).body).toMatchObject({ clientTool: true })
    expect(await studio.decide(id, answered)).toMatchObject({
      status: 200,
      body: { status: 'approved', clientTool: true },
    })
    const events = await rest()
    expect(events.filter(({ type }) => type === 'tool_result')).toMatchObject([
      { toolCallId: 'pick', result: '{"date":"2026-01-02"}' },
      { toolCallId: 'sum', result: '3' },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'final', output: 'done' })
    const [first, second] = studio.model.calls
    expect(listAt(first, 'tools').map((tool) => textAt(tool, 'name'))).toEqual(['add', 'pick_date'])
    expect(at(first, 'tools.1.inputSchema')).toMatchObject(pickDate.inputSchema)
    expect(JSON.stringify(second?.prompt.at(-1))).toContain('2026-01-02')
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(listAt(body, 'transcript')).toContainEqual(
      expect.objectContaining({
        kind: 'tool',
        result: '{"date":"2026-01-02"}',
        approval: expect.objectContaining({ id, clientTool: true, status: 'approved' }) as object,
      }),
    )
  })

  it.each([
    ['a text', 'as it is', 'as it is'],
    ['null', null, 'null'],
    ['an empty text', '', ''],
    ['a number', 5, '5'],
    ['what looks like an image', [{ type: 'image', data: 'x' }], '[{"type":"image","data":"x"}]'],
  ])('an output that is %s becomes text', async (_, output, result) => {
    const studio = await createTestStudio({ store, turns: [[pick()], 'done'] })
    const { until, rest } = await studio.runStream(request)
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    await studio.decide(id, { approved: true, output })
    expect(await until('tool_result')).toMatchObject({ result })
    await rest()
  })

  it('a rejection is an error result with the reason', async () => {
    const studio = await createTestStudio({ store, turns: [[pick()], [pick('again')], 'done'] })
    const { until, rest } = await studio.runStream(request)
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    await studio.decide(id, { approved: false, reason: 'The dialog was closed.' })
    expect(await until('tool_result')).toMatchObject({
      result: 'The dialog was closed.',
      isError: true,
    })
    const again = textAt(await until('tool_approval_request'), 'approval.id')
    await studio.decide(again, { approved: false })
    expect(await until('tool_result')).toMatchObject({
      result: 'The client did not answer the tool call.',
      isError: true,
    })
    await rest()
  })

  it('two clients that answer differently at the same time agree on one output', async () => {
    const studio = await createTestStudio({ store, turns: [[pick()], 'done'] })
    const { until, rest } = await studio.runStream(request)
    const id = textAt(await until('tool_approval_request'), 'approval.id')
    const verdicts = await Promise.all(
      ['a', 'b', 'c'].map((output) => studio.decide(id, { approved: true, output })),
    )
    expect(verdicts.map(({ status }) => status).sort()).toEqual([200, 409, 409])
    const winner = ['a', 'b', 'c'][verdicts.findIndex(({ status }) => status === 200)]
    const results = (await rest()).filter(({ type }) => type === 'tool_result')
    expect(results).toMatchObject([{ result: winner }])
    expect(await studio.decide(id, { approved: true, output: winner })).toMatchObject({
      status: 200,
    })
  })

  it('a call that nobody answers in time is an error result', async () => {
    const studio = await createTestStudio({ store, turns: [[pick()], 'done'] })
    const clientTools = [{ ...pickDate, expiresInMs: 1_000 }]
    const { until, rest } = await studio.runStream({ message: 'When?', clientTools })
    const runId = textAt(await until('tool_approval_request'), 'approval.runId')
    const [id = ''] = await studio.pendingApprovals()
    await studio.runIn(runId, 'waiting')
    studio.clock.advance(1_000)
    await studio.studio.tick()
    expect(await until('tool_result')).toMatchObject({
      result: 'The client did not answer the tool call in time.',
      isError: true,
    })
    await rest()
    expect(await studio.decide(id, answered)).toMatchObject({ status: 409 })
  })

  it('a cancelled run takes no output any more', async () => {
    const studio = await createTestStudio({ store, turns: [[pick()]] })
    const runId = await studio.startRun(request)
    const [id = ''] = await studio.pendingApprovals()
    await studio.post(`/runs/${runId}/cancel`)
    await studio.runIn(runId, 'cancelled')
    expect(await studio.decide(id, answered)).toMatchObject({ status: 409 })
  })
})

describe.each(storeKinds)('what a client may send, on $name stores', (store) => {
  it('an answer without an output, and an output for an own tool, are refused by name', async () => {
    const { tool, refunds } = createRefundTool()
    const turns = [[pick(), toolCall('refund', { orderId: 'o1', cents: 5 }, 'own')], 'done']
    const studio = await createTestStudio({ store, turns, tools: [tool] })
    const runId = await studio.startRun({ ...request, toolConcurrency: 4 })
    const [mine = '', own = ''] = await studio.pendingApprovals(2)
    const refused = async (id: string, decision: object) => {
      const { status, body } = await studio.decide(id, decision)
      expect(status).toBe(400)
      return listAt(body, 'error.details').map((fault) => textAt(fault, 'path'))
    }
    expect(await refused(mine, { approved: true })).toEqual(['output'])
    expect(await refused(mine, { approved: false, output: 1 })).toEqual(['output'])
    const edit = { approved: true, input: { title: 'Other' } }
    expect(await refused(mine, edit)).toEqual(['output', 'input'])
    expect(await refused(mine, { approved: true, output: { id: 2 ** 60 } })).toEqual(['output.id'])
    expect(await refused(own, { approved: true, output: 'paid' })).toEqual(['output'])
    expect(refunds).toEqual([])
    await studio.pendingApprovals(2)
    await studio.decide(mine, answered)
    await studio.decide(own, { approved: true })
    await studio.runIn(runId, 'succeeded')
    expect(refunds).toHaveLength(1)
  })

  it('arguments that do not fit the schema of the client go back to the model, and nobody is asked', async () => {
    const studio = await createTestStudio({ store, turns: [[pick('bad', 'x')], 'done'] })
    const { rest } = await studio.runStream(request)
    const events = await rest()
    const result = events.find(({ type }) => type === 'tool_result')
    expect(result).toMatchObject({ isError: true })
    expect(textAt(result, 'result')).toMatch(/^InvalidInputError: title/)
    expect(events.some(({ type }) => type === 'tool_approval_request')).toBe(false)
  })

  it('a call of it is shown in the trace from the request to the answer', async () => {
    const studio = await createTestStudio({ store, turns: [[pick()], 'done'] })
    const runId = await studio.startRun(request)
    const [id = ''] = await studio.pendingApprovals()
    studio.clock.advance(2_000)
    await studio.decide(id, answered)
    const run = await studio.runIn(runId, 'succeeded')
    expect(JSON.stringify(run)).not.toContain('inputSchema')
    const trace = (await studio.get(`/traces/${textAt(run, 'trace.traceId')}`)).body
    const spans = listAt(trace, 'observations')
    expect(spans.find((span) => at(span, 'kind') === 'approval')).toMatchObject({
      metadata: { clientTool: true },
    })
    expect(spans.find((span) => at(span, 'kind') === 'tool')).toMatchObject({
      durationMs: 2_000,
      output: { date: '2026-01-02' },
      metadata: { toolDescription: pickDate.description, parameterKeys: ['title'] },
    })
  })
})

/** Stores whose process dies before, or right after, it writes the client's result. */
function dying(stores: Stores, when: 'before' | 'after'): Stores {
  let isDead = false
  const outage = () => new StudioError('unavailable', 'The database is unavailable')
  const wrap = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name, receiver) => {
        const method: unknown = Reflect.get(target, name, receiver)
        if (typeof method !== 'function') return method
        return async (...args: readonly unknown[]) => {
          if (isDead) throw outage()
          const isResult = name === 'commit' && JSON.stringify(args[1]).includes('tool_result')
          isDead = isResult
          if (isResult && when === 'before') throw outage()
          const result: unknown = await Reflect.apply(method, target, args)
          if (isResult) throw outage()
          return result
        }
      },
    })
  return { ...stores, runs: wrap(stores.runs), approvals: wrap(stores.approvals) }
}

describe.each(storeKinds)('a process that dies with an answer of the client, on $name', (store) => {
  it.each(['before', 'after'] as const)(
    'the output is the result exactly once if its process dies %s it wrote the result',
    async (when) => {
      const { stores, clock } = await createTestStudio({ store })
      const turns = Array.from({ length: 9 }, () => repeatable)
      const options = { turns, leaseMs: 30_000, clock }
      const first = await createTestStudio({ ...options, stores: dying(stores, when) })
      const sessionId = await createTestStudio({ ...options, stores }).then((studio) =>
        studio.createSession(),
      )
      const runId = await first.startRun({ ...request, sessionId })
      const [id = ''] = await first.pendingApprovals()
      await first.runIn(runId, 'waiting')
      await first.decide(id, answered)
      const second = await restartStudio({ stores, clock }, options)
      await eventually(async () => {
        clock.advance(31_000)
        await second.studio.tick()
        expect((await second.get(`/runs/${runId}`)).body).toMatchObject({ status: 'succeeded' })
      })
      const log = await stores.runs.readLog(runId, -1, 100)
      const results = log.filter(({ type }) => type === 'tool_result')
      expect(results).toHaveLength(1)
      const { body } = await second.get(`/sessions/${sessionId}`)
      expect(JSON.stringify(at(body, 'messages.2'))).toContain('2026-01-02')
    },
  )

  it('an answer that nobody saw continues the run in the next process', async () => {
    const { stores, clock, ...first } = await createTestStudio({ store, turns: [repeatable] })
    const runId = await first.startRun(request)
    const [id = ''] = await first.pendingApprovals()
    await first.runIn(runId, 'waiting')
    await first.studio.close()
    const output = { date: '2026-01-02' }
    await stores.approvals.decide('', id, { approved: true, reason: null, decidedBy: null, output })
    const second = await restartStudio({ stores, clock }, { turns: [repeatable] })
    await second.studio.tick()
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({ output: 'done' })
  })
})
