import { describe, expect, it } from 'vitest'
import { createGate } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const headers = { 'idempotency-key': 'k1' }

describe.each(storeKinds)('Idempotency-Key ($name stores)', (store) => {
  it('a repeated Idempotency-Key answers with the stored result', async () => {
    const { run, get, model } = await createTestStudio({ store, turns: ['one', 'two'] })
    const body = { message: 'hi', metadata: { b: 1, a: 2 } }
    const first = await run(body, { headers })
    const second = await run({ metadata: { a: 2, b: 1 }, message: 'hi' }, { headers })
    expect(second.body).toEqual(first.body)
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(model.calls).toHaveLength(1)
    expect(listAt((await get('/runs')).body, 'runs')).toHaveLength(1)
  })

  it('a repeated Idempotency-Key replays a stream', async () => {
    const { runStream, model } = await createTestStudio({ store, turns: [['a', 'b']] })
    const first = await (await runStream('hi', { headers })).rest()
    expect(await (await runStream('hi', { headers })).rest()).toEqual(first)
    expect(model.calls).toHaveLength(1)
  })

  it('a repeated Idempotency-Key joins a run in progress, streamed or buffered', async () => {
    const gate = createGate()
    const turns = [['a', { wait: gate.opened }, 'b']]
    const studio = await createTestStudio({ store, turns })
    const first = studio.run('hi', { headers })
    await eventually(async () => expect(studio.model.calls).toHaveLength(1))
    const second = studio.run('hi', { headers })
    gate.open()
    const answers = await Promise.all([first, second])
    expect(answers[0]).toMatchObject({ status: 200, body: { output: 'ab' } })
    expect(answers[1].body).toEqual(answers[0].body)
  })

  it('an Idempotency-Key with another body or agent is refused with 422', async () => {
    const { run, post } = await createTestStudio({ store, turns: ['one'] })
    await run('hi', { headers })
    expect(await run('you', { headers })).toMatchObject({
      status: 422,
      body: { error: { code: 'unprocessable' } },
    })
    expect(await run({ message: 'hi', stream: true }, { headers })).toMatchObject({ status: 422 })
    expect(await post('/agents/none/runs', { message: 'hi' }, { headers })).toMatchObject({
      status: 404,
    })
  })

  it('an Idempotency-Key is kept for 24 hours', async () => {
    const { run, clock } = await createTestStudio({ store, turns: ['one', 'two'] })
    await run('hi', { headers })
    clock.advance(86_400_000 - 1)
    expect((await run('hi', { headers })).body).toMatchObject({ output: 'one' })
    clock.advance(1)
    expect((await run('hi', { headers })).body).toMatchObject({ output: 'two' })
  })

  it.each(['', 'x'.repeat(256)])('an empty or too long Idempotency-Key is refused', async (key) => {
    const { run } = await createTestStudio({ store, turns: ['one'] })
    const answer = await run('hi', { headers: { 'idempotency-key': key } })
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } })
  })

  it('concurrent requests with one Idempotency-Key store the user message once', async () => {
    const studio = await createTestStudio({ store, turns: ['one', 'two'] })
    const sessionId = await studio.createSession()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => studio.run({ message: 'hi', sessionId }, { headers })),
    )
    expect(new Set(answers.map(({ body }) => textAt(body, 'runId'))).size).toBe(1)
    expect((await studio.get(`/sessions/${sessionId}`)).body).toMatchObject({ messageCount: 2 })
  })

  it('a repeated Idempotency-Key answers with the stored failure', async () => {
    const turns = [[{ error: new Error('boom') }], 'fine']
    const { run } = await createTestStudio({ store, turns })
    const first = await run('hi', { headers })
    expect(first).toMatchObject({ status: 500 })
    expect(await run('hi', { headers })).toMatchObject({ status: 500, body: first.body })
  })
})

describe.each(storeKinds)('Prefer ($name stores)', (store) => {
  it('Prefer: respond-async answers 202 with the run at once', async () => {
    const gate = createGate()
    const turns = [[{ wait: gate.opened }, 'hello']]
    const { run, runIn } = await createTestStudio({ store, turns })
    const answer = await run('hi', { headers: { prefer: 'respond-async' } })
    const runId = textAt(answer.body, 'id')
    expect(answer).toMatchObject({ status: 202, body: { agentId: 'support', approvals: [] } })
    expect(answer.headers.get('location')).toBe(`/runs/${runId}`)
    expect(answer.headers.get('preference-applied')).toBe('respond-async')
    gate.open()
    expect(await runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
  })

  it('Prefer: wait answers with the result of a run that ends in time', async () => {
    const { run } = await createTestStudio({ store, turns: ['hello'] })
    const answer = await run('hi', { headers: { prefer: 'wait=5' } })
    expect(answer).toMatchObject({ status: 200, body: { output: 'hello' } })
  })

  it('Prefer: wait answers 202 with the run when the time is over', async () => {
    const gate = createGate()
    const turns = [[{ wait: gate.opened }, 'hello']]
    const { run, runIn } = await createTestStudio({ store, turns })
    const headers = { prefer: 'respond-async, wait=0' }
    const answer = await run('hi', { headers })
    expect(answer).toMatchObject({
      status: 202,
      body: { status: expect.stringMatching(/^(queued|running)$/) },
    })
    expect(answer.headers.get('preference-applied')).toBe('wait=0')
    gate.open()
    await runIn(textAt(answer.body, 'id'), 'succeeded')
  })

  it('an unknown Prefer is ignored', async () => {
    const { run } = await createTestStudio({ store, turns: ['hello'] })
    const answer = await run('hi', { headers: { prefer: 'handling=lenient, wait=soon' } })
    expect(answer).toMatchObject({ status: 200, body: { output: 'hello' } })
  })
})
