import { describe, expect, it } from 'vitest'
import { addTool, createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { racyKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)

describe.each(racyKinds)('a session after a failed run ($name stores)', (store) => {
  it('a failed run leaves the user message, an entry that says what failed and an error trace in its session (R-36)', async () => {
    const error = new Error('model exploded')
    const studio = await createTestStudio({ store, turns: [[{ error }]] })
    const sessionId = await studio.createSession()
    expect(await studio.run({ message: 'fail', sessionId })).toMatchObject({ status: 500 })
    expect((await studio.get(`/sessions/${sessionId}`)).body).toMatchObject({
      messageCount: 1,
      messages: [{ role: 'user' }],
      transcript: [
        { entryId: 0, kind: 'message', role: 'user', text: 'fail' },
        {
          entryId: 1,
          kind: 'message',
          role: 'assistant',
          text: 'model exploded',
          tone: 'error',
          error: { code: 'model_error', message: 'model exploded' },
          durationMs: expect.any(Number),
        },
      ],
    })
    const { body } = await studio.get(`/traces?sessionId=${sessionId}&include=detail`)
    expect(body).toMatchObject({
      traces: [{ status: 'error', error: { message: 'model exploded' } }],
    })
    const observations = listAt(body, 'traces.0.observations')
    const generations = observations.filter((one) => textAt(one, 'kind') === 'generation')
    expect(generations).toMatchObject([{ status: 'error', error: { message: 'model exploded' } }])
  })

  it('the run after a failed run sends a history with an answer between two user messages', async () => {
    const error = new Error('model exploded')
    const studio = await createTestStudio({ store, turns: [[{ error }], 'fine'] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'fail', sessionId })
    await studio.run({ message: 'again', sessionId })
    expect(rolesOf(studio.model.calls[1]?.prompt)).toEqual(['system', 'user', 'assistant', 'user'])
  })

  it('a history has only the text of an interrupted answer', async () => {
    const turns = [[{ reasoning: 'secret thought' }, 'half', { wait: never }], 'fine']
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const { response, until } = await studio.runStream({ message: 'hi', sessionId })
    await until('text_delta')
    await studio.post(`${response.headers.get('location')}/cancel`)
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(body).toMatchObject({
      messages: [
        { role: 'user' },
        { role: 'assistant', metadata: { studio: { interrupted: true, generation: {} } } },
      ],
      transcript: [
        { kind: 'message', role: 'user' },
        { kind: 'reasoning', text: 'secret thought' },
        { kind: 'message', role: 'assistant', text: 'half' },
        { kind: 'message', tone: 'cancelled', text: 'Cancelled by the caller.', durationMs: 0 },
      ],
    })
    await studio.run({ message: 'go on', sessionId })
    const prompt = studio.model.calls[1]?.prompt
    expect(rolesOf(prompt)).toEqual(['system', 'user', 'assistant', 'user'])
    expect(at(prompt?.[2], 'content')).toEqual([{ type: 'text', text: 'half' }])
  })

  it('a history has a result for every tool call', async () => {
    const { tool } = createRefundTool()
    const turns = [
      [
        toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1'),
        toolCall('add', { a: 1, b: 2 }, 'c2'),
      ],
      'fine',
    ]
    const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
    const sessionId = await studio.createSession()
    const { response, until } = await studio.runStream({ message: 'hi', sessionId })
    await until('tool_approval_request')
    await studio.post(`${response.headers.get('location')}/cancel`)
    await studio.run({ message: 'go on', sessionId })
    const prompt = studio.model.calls[1]?.prompt
    expect(rolesOf(prompt)).toEqual(['system', 'user', 'assistant', 'tool', 'user'])
    const results = listAt(prompt?.[3], 'content').map((part) => textAt(part, 'toolCallId'))
    expect(results).toEqual(['c1', 'c2'])
  })

  it('a session keeps the messages of a run that reached maxTurns', async () => {
    const turns = [toolCall('add', { a: 1, b: 2 }), 'fine']
    const studio = await createTestStudio({ store, turns, tools: [addTool] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'hi', sessionId, maxTurns: 1 })
    const { body } = await studio.get(`/sessions/${sessionId}`)
    expect(rolesOf(at(body, 'messages'))).toEqual(['user', 'assistant', 'tool'])
    expect(listAt(body, 'transcript')).toMatchObject([
      { role: 'user' },
      { kind: 'tool', toolName: 'add', args: '{\n  "a": 1,\n  "b": 2\n}', result: '3' },
      { role: 'assistant', tone: 'error', error: { code: 'max_turns' } },
    ])
    await studio.run({ message: 'go on', sessionId })
    const said = rolesOf(studio.model.calls[1]?.prompt)
    expect(said).toEqual(['system', 'user', 'assistant', 'tool', 'user'])
  })
})

describe.each(racyKinds)('a busy session ($name stores)', (store) => {
  const start = async () => {
    const gate = createGate()
    const turns = [[{ wait: gate.opened }, 'one'], 'two']
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const first = await studio.startRun({ message: 'first', sessionId })
    await eventually(async () => expect(studio.model.calls).toHaveLength(1))
    return { ...studio, gate, sessionId, first }
  }

  it('onBusy: enqueue runs one run of a session after the other', async () => {
    const { run, get, gate, sessionId, model } = await start()
    const second = run({ message: 'second', sessionId })
    gate.open()
    expect(await second).toMatchObject({ status: 200, body: { output: 'two' } })
    const { body } = await get(`/sessions/${sessionId}`)
    const said = listAt(body, 'messages').map((message) => textAt(message, 'content.0.text'))
    expect(said).toEqual(['first', 'one', 'second', 'two'])
    expect(rolesOf(model.calls[1]?.prompt)).toEqual(['system', 'user', 'assistant', 'user'])
  })

  it('a queued run adds its message to the session only when it starts', async () => {
    const { startRun, runIn, get, gate, sessionId } = await start()
    const second = await startRun({ message: 'second', sessionId })
    expect((await get(`/runs/${second}`)).body).toMatchObject({ status: 'queued' })
    await eventually(async () =>
      expect((await get(`/sessions/${sessionId}`)).body).toMatchObject({ messageCount: 1 }),
    )
    gate.open()
    await runIn(second, 'succeeded')
  })

  it('onBusy: reject is refused with 409 while the session is busy', async () => {
    const { run, gate, sessionId, first, runIn } = await start()
    expect(await run({ message: 'second', sessionId, onBusy: 'reject' })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { runId: first } } },
    })
    gate.open()
    await runIn(first, 'succeeded')
    expect(await run({ message: 'second', sessionId, onBusy: 'reject' })).toMatchObject({
      status: 200,
    })
  })

  it('onBusy: cancel cancels the run in progress', async () => {
    const { run, sessionId, first, runIn } = await start()
    const second = await run({ message: 'second', sessionId, onBusy: 'cancel' })
    expect(second).toMatchObject({ status: 200, body: { output: 'two' } })
    await runIn(first, 'cancelled')
  })

  it('twenty concurrent runs of one session run one after the other', async () => {
    const turns = Array.from({ length: 20 }, (_, index) => `answer ${index}`)
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const answers = await Promise.all(
      turns.map((_, index) => studio.run({ message: `question ${index}`, sessionId })),
    )
    expect(answers.map(({ status }) => status)).toEqual(turns.map(() => 200))
    const { body } = await studio.get(`/sessions/${sessionId}`)
    const said = listAt(body, 'messages').map((message) => textAt(message, 'content.0.text'))
    expect(said).toHaveLength(40)
    said.forEach((text, index) =>
      expect(text).toMatch(
        index % 2 === 0 ? /^question/ : new RegExp(`^answer ${(index - 1) / 2}$`),
      ),
    )
  })
})

describe.each(racyKinds)('a long session ($name stores)', (store) => {
  it('the pages of a session together hold every message and transcript entry', async () => {
    const turns = Array.from({ length: 4 }, (_, index) => [
      toolCall('add', { a: index, b: 1 }),
      `sum ${index}`,
    ]).flat()
    const studio = await createTestStudio({ store, turns, tools: [addTool] })
    const sessionId = await studio.createSession()
    for (const message of ['a', 'b', 'c', 'd']) await studio.run({ message, sessionId })
    const whole = (await studio.get(`/sessions/${sessionId}`)).body
    expect(listAt(whole, 'messages')).toHaveLength(16)
    expect(whole).not.toHaveProperty('nextBefore')
    for (const limit of [1, 3, 4, 5, 16]) {
      let query = `messageLimit=${limit}`
      const messages: unknown[] = []
      const durations: unknown[] = []
      for (;;) {
        const { body } = await studio.get(`/sessions/${sessionId}?${query}`)
        expect(listAt(body, 'messages').length).toBeLessThanOrEqual(limit)
        messages.unshift(...listAt(body, 'messages'))
        durations.unshift(
          ...listAt(body, 'transcript').filter((entry) => at(entry, 'durationMs') !== undefined),
        )
        const next = at(body, 'nextBefore')
        if (next === undefined) break
        query = `messageLimit=${limit}&before=${String(next)}`
      }
      expect(messages).toEqual(at(whole, 'messages'))
      expect(durations.map((entry) => textAt(entry, 'text'))).toEqual([
        'sum 0',
        'sum 1',
        'sum 2',
        'sum 3',
      ])
    }
  })

  it.each(['messageLimit=0', 'messageLimit=1001', 'messageLimit=x', 'before=-1', 'before=1.5'])(
    'a session refuses %s',
    async (query) => {
      const { get, createSession } = await createTestStudio({ store })
      expect(await get(`/sessions/${await createSession()}?${query}`)).toMatchObject({
        status: 400,
      })
    },
  )
})

function rolesOf(messages: unknown): string[] {
  return (messages as unknown[]).map((message) => textAt(message, 'role'))
}
