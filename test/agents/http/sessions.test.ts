import { describe, expect, it } from 'vitest'
import { createGate, createSupport } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

describe.each(storeKinds)('sessions ($name stores)', (store) => {
  it('GET /sessions is empty at first (R-25)', async () => {
    const { get } = await createTestStudio({ store })
    expect((await get('/sessions')).body).toEqual({ sessions: [] })
  })

  it.each([
    ['no agent', {}, 400],
    ['an empty agent id', { agentId: '' }, 400],
    ['a number as agent id', { agentId: 5 }, 400],
    ['an unknown agent', { agentId: 'none' }, 404],
    ['a number as title', { agentId: 'support', title: 5 }, 400],
    ['an array as metadata', { agentId: 'support', metadata: [] }, 400],
  ])('POST /sessions refuses %s (R-27)', async (_what, body, status) => {
    const { post, get } = await createTestStudio({ store })
    expect(await post('/sessions', body)).toMatchObject({ status })
    expect((await get('/sessions')).body).toEqual({ sessions: [] })
  })

  it('POST /sessions trims the title and generates the id (R-27)', async () => {
    const { post, get } = await createTestStudio({ store })
    const answer = await post('/sessions', {
      id: 'mine',
      agentId: ' support ',
      title: '  T  ',
      metadata: { team: 'a' },
    })
    const id = textAt(answer.body, 'id')
    expect(answer).toMatchObject({
      status: 201,
      body: { agentId: 'support', title: 'T', metadata: { team: 'a' }, messageCount: 0 },
    })
    expect(id).not.toBe('mine')
    expect(answer.headers.get('location')).toBe(`/sessions/${id}`)
    expect((await get(`/sessions/${id}`)).body).toEqual({
      ...(answer.body as object),
      messages: [],
      transcript: [],
    })
    expect((await post('/sessions', { agentId: 'support', title: ' ' })).body).not.toHaveProperty(
      'title',
    )
  })

  it('an unknown session answers 404 (R-29)', async () => {
    const { get, del, run } = await createTestStudio({ store })
    expect(await get('/sessions/none')).toMatchObject({ status: 404 })
    expect(await del('/sessions/none')).toMatchObject({ status: 404 })
    expect(await run({ message: 'hi', sessionId: 'none' })).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found', message: 'Session not found' } },
    })
  })

  it('a run in a session refuses a history (R-30)', async () => {
    const { run, createSession } = await createTestStudio({ store })
    const combined = {
      status: 400,
      body: { error: { message: 'sessionId cannot be combined with history' } },
    }
    const user = { role: 'user', content: [] }
    const sessionId = await createSession()
    for (const id of [sessionId, 'none']) {
      expect(await run({ message: 'hi', history: [], sessionId: id })).toMatchObject(combined)
      expect(await run({ messages: [user, user], sessionId: id })).toMatchObject(combined)
    }
  })

  it('a run in a session accepts one message in `messages`', async () => {
    const { run, createSession } = await createTestStudio({ store, turns: ['hello'] })
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]
    const answer = await run({ messages, sessionId: await createSession() })
    expect(answer).toMatchObject({ status: 200, body: { output: 'hello' } })
  })

  it('a run in the session of another agent is refused', async () => {
    const agents = [createSupport(['x']).agent, createSupport(['y'], { id: 'other' }).agent]
    const { post, createSession, get } = await createTestStudio({ store, agents })
    const sessionId = await createSession()
    expect(await post('/agents/other/runs', { message: 'hi', sessionId })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'sessionId' }] } },
    })
    expect((await get('/sessions?agentId=other')).body).toEqual({ sessions: [] })
    expect((await get('/sessions?agentId=support')).body).toMatchObject({
      sessions: [{ id: sessionId }],
    })
    expect(await get('/sessions?agentId=none')).toMatchObject({ status: 404 })
  })

  it.each([true, false])(
    'a session shows streamed and buffered runs alike (R-33, streamed: %s)',
    async (stream) => {
      const studio = await createTestStudio({ store, turns: ['hello'] })
      const sessionId = await studio.createSession()
      const response = await studio.send('POST', '/agents/support/runs', {
        body: { message: 'hi', sessionId, stream },
      })
      expect(await response.text()).toContain('hello')
      const { body } = await studio.get(`/sessions/${sessionId}`)
      expect(body).toMatchObject({
        title: 'hi',
        messageCount: 2,
        messages: [{ role: 'user' }, { role: 'assistant', content: [{ text: 'hello' }] }],
      })
      expect(listAt(body, 'transcript')).toEqual([
        { entryId: 0, kind: 'message', role: 'user', text: 'hi' },
        {
          entryId: 1,
          kind: 'message',
          role: 'assistant',
          text: 'hello',
          durationMs: 0,
          traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      ])
    },
  )

  it('a run in a session sends the earlier messages to the model', async () => {
    const { run, createSession, model } = await createTestStudio({ store, turns: ['one', 'two'] })
    const sessionId = await createSession()
    await run({ message: 'first', sessionId })
    await run({ message: 'second', sessionId })
    const said = model.calls[1]?.prompt.slice(1).map((message) => textAt(message, 'content.0.text'))
    expect(said).toEqual(['first', 'one', 'second'])
  })

  it('maxHistory limits the messages that the model gets, which begin at a user message', async () => {
    const turns = ['one', 'two', 'three', 'four']
    const agent = { maxHistory: 3 }
    const { run, createSession, model } = await createTestStudio({ store, turns, agent })
    const sessionId = await createSession()
    for (const message of ['a', 'b', 'c', 'd']) await run({ message, sessionId })
    const said = model.calls[3]?.prompt.slice(1).map((message) => textAt(message, 'content.0.text'))
    expect(said).toEqual(['c', 'three', 'd'])
  })

  it('a run updates the time of its session, and GET /sessions sorts by it', async () => {
    const { run, createSession, get, clock } = await createTestStudio({ store, turns: ['hello'] })
    const first = await createSession()
    clock.advance(1_000)
    const second = await createSession()
    clock.advance(1_000)
    await run({ message: 'hi', sessionId: first })
    const now = new Date(clock.now()).toISOString()
    const { body } = await get('/sessions')
    expect(body).toMatchObject({ sessions: [{ id: first, updatedAt: now }, { id: second }] })
  })
})

describe.each(storeKinds)('the title of a session ($name stores)', (store) => {
  const titleAfter = async (message: unknown, given?: string) => {
    const { run, createSession, get } = await createTestStudio({ store, turns: ['a', 'b'] })
    const sessionId = await createSession(given === undefined ? {} : { title: given })
    await run({ message, sessionId })
    await run({ message: 'second', sessionId })
    return (await get(`/sessions/${sessionId}`)).body
  }

  it('a title of the client stays', async () => {
    expect(await titleAfter('hi', 'Mine')).toMatchObject({ title: 'Mine' })
  })

  it('a missing title is taken from the first prompt, on one line', async () => {
    expect(await titleAfter('  hello\n\n there ')).toMatchObject({ title: 'hello there' })
  })

  it('a title from a prompt has at most 72 characters', async () => {
    expect(await titleAfter('x'.repeat(72))).toMatchObject({ title: 'x'.repeat(72) })
    expect(await titleAfter('x'.repeat(73))).toMatchObject({ title: `${'x'.repeat(69)}...` })
  })

  it('a title is taken from the next prompt when the first has no text', async () => {
    const image = { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }
    expect(await titleAfter({ role: 'user', content: [image] })).toMatchObject({ title: 'second' })
  })
})

describe.each(storeKinds)('deleting a session ($name stores)', (store) => {
  it('DELETE /sessions/:sessionId deletes runs and traces too (R-38)', async () => {
    const { run, createSession, get, del } = await createTestStudio({ store, turns: ['hello'] })
    const sessionId = await createSession()
    const { body } = await run({ message: 'hi', sessionId })
    expect(listAt((await get(`/traces?sessionId=${sessionId}`)).body, 'traces')).toHaveLength(1)
    const answer = await del(`/sessions/${sessionId}`)
    expect(answer).toMatchObject({ status: 204, body: null })
    expect(await get(`/sessions/${sessionId}`)).toMatchObject({ status: 404 })
    expect((await get(`/traces?sessionId=${sessionId}`)).body).toEqual({ traces: [] })
    expect(await get(`/traces/${textAt(body, 'trace.traceId')}`)).toMatchObject({ status: 404 })
    expect(await get(`/runs/${textAt(body, 'runId')}`)).toMatchObject({ status: 404 })
    expect(await del(`/sessions/${sessionId}`)).toMatchObject({ status: 404 })
  })

  it('DELETE /sessions/:sessionId cancels open runs and discards their later writes', async () => {
    const gate = createGate()
    const turns = [['half', { wait: gate.opened }, 'late']]
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    const { until, rest } = await studio.runStream({ message: 'hi', sessionId })
    await until('text_delta')
    const queued = await studio.startRun({ message: 'queued', sessionId })
    const racing = studio.run({ message: 'racing', sessionId })
    await eventually(async () =>
      expect(listAt((await studio.get('/runs')).body, 'runs')).toHaveLength(3),
    )
    expect(await studio.del(`/sessions/${sessionId}`)).toMatchObject({ status: 204 })
    expect((await rest()).at(-1)).toMatchObject({
      type: 'cancelled',
      reason: 'The session was deleted.',
    })
    expect(await racing).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } })
    expect(await studio.get(`/runs/${queued}`)).toMatchObject({ status: 404 })
    gate.open()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await studio.get('/runs')).body).toEqual({ runs: [] })
    expect((await studio.get('/traces')).body).toEqual({ traces: [] })
    expect(studio.failures).toEqual([])
  })
})
