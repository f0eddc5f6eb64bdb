import { describe, expect, it } from 'vitest'
import { isoTime } from '../../../src/lib/clock.ts'
import { addTool, toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] })
const assistant = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] })

describe.each(storeKinds)('a buffered run ($name stores)', (store) => {
  it('a buffered run calls the model once, with instructions, history and prompt (R-11)', async () => {
    const { run, model, failures } = await createTestStudio({ store, turns: ['A robot.'] })
    const history = [user('Hi'), assistant('Hello')]
    const answer = await run({
      message: 'What is this?',
      history,
      maxTurns: 2,
      toolConcurrency: 3,
      metadata: { requestId: 'r1' },
    })
    expect(answer).toMatchObject({ status: 200, body: { output: 'A robot.' } })
    expect(model.calls).toHaveLength(1)
    expect(model.calls[0]?.prompt).toEqual([
      { role: 'system', content: 'You help.' },
      ...history,
      user('What is this?'),
    ])
    expect(failures).toEqual([])
  })

  it('the prompt of a run is the last of `messages` (R-12)', async () => {
    const { run, model } = await createTestStudio({ store, turns: ['one', 'two'] })
    await run({ messages: [user('hi')] })
    const three = [user('hi'), assistant('hello'), user('how are you?')]
    await run({ messages: three })
    const prompts = model.calls.map(({ prompt }) => prompt.slice(1))
    expect(prompts).toEqual([[user('hi')], three])
  })

  it('a run uses `message` when the request has `messages` too', async () => {
    const { run, model } = await createTestStudio({ store, turns: ['one'] })
    await run({ message: 'this', messages: [user('not this')] })
    expect(model.calls[0]?.prompt.slice(1)).toEqual([user('this')])
  })

  it('a buffered run answers with its output, usage and messages (R-15)', async () => {
    const turn = ['hello', { usage: { inputTokens: 3, outputTokens: 2 } }]
    const { run } = await createTestStudio({ store, turns: [turn] })
    const answer = await run({ message: 'hi', history: [user('before'), assistant('ok')] })
    const usage = {
      inputTokens: 3,
      outputTokens: 2,
      totalTokens: 5,
      cachedInputTokens: 0,
      cacheCreationInputTokens: 0,
    }
    const generation = {
      provider: 'scripted',
      model: 'scripted-model',
      usage,
      finishReason: 'stop',
    }
    expect(answer.body).toEqual({
      runId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      output: 'hello',
      usage,
      messages: [user('hi'), { ...assistant('hello'), metadata: { studio: { generation } } }],
      finishReason: 'stop',
      trace: {
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
        observationId: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    })
    expect(answer.headers.get('location')).toBe(`/runs/${textAt(answer.body, 'runId')}`)
  })

  it('the usage of a run is the sum of its turns', async () => {
    const usage = { usage: { inputTokens: 10, outputTokens: 1, cachedInputTokens: 4 } }
    const { run } = await createTestStudio({
      store,
      tools: [addTool],
      turns: [
        [toolCall('add', { a: 1, b: 2 }), usage],
        ['three', usage],
      ],
    })
    expect((await run('1+2?')).body).toMatchObject({
      output: 'three',
      usage: {
        inputTokens: 20,
        outputTokens: 2,
        totalTokens: 22,
        cachedInputTokens: 8,
        details: { cachedInput: 8, total: 22 },
      },
    })
  })

  it('the output joins the texts of the last answer with newlines', async () => {
    const separate = { text: 'two', providerMetadata: { x: { cited: true } } }
    const { run } = await createTestStudio({ store, turns: [['one', separate]] })
    expect((await run('hi')).body).toMatchObject({ output: 'one\ntwo' })
  })

  it('a failed run answers 500 with the name and message of the error (R-17)', async () => {
    const error = Object.assign(new Error('model exploded'), { name: 'BoomError' })
    const { run, get, failures } = await createTestStudio({ store, turns: [[{ error }]] })
    const answer = await run('hi')
    expect(answer).toMatchObject({
      status: 500,
      body: {
        error: {
          code: 'internal_error',
          details: { code: 'model_error', name: 'BoomError', message: 'model exploded' },
        },
      },
    })
    const runId = textAt(answer.body, 'error.details.runId')
    expect(answer.headers.get('location')).toBe(`/runs/${runId}`)
    expect((await get(`/runs/${runId}`)).body).toMatchObject({
      status: 'failed',
      error: { code: 'model_error', message: 'model exploded' },
    })
    expect(failures).toEqual([error])
  })

  it('GET /runs/:runId shows a run in its current state', async () => {
    const { run, get, clock } = await createTestStudio({ store, turns: ['hello'] })
    const answer = await run({ message: 'hi', metadata: { requestId: 'r1' } })
    const now = isoTime(clock.now())
    const resource = await get(`/runs/${textAt(answer.body, 'runId')}`)
    expect(resource.body).toEqual({
      id: textAt(answer.body, 'runId'),
      agentId: 'support',
      status: 'succeeded',
      createdAt: now,
      startedAt: now,
      endedAt: now,
      turns: 1,
      usage: expect.objectContaining({ totalTokens: 0 }),
      preview: 'hi',
      output: 'hello',
      finishReason: 'stop',
      trace: {
        traceId: textAt(answer.body, 'trace.traceId'),
        observationId: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      metadata: { requestId: 'r1' },
      approvals: [],
    })
    expect(await get('/runs/none')).toMatchObject({
      status: 404,
      body: { error: { code: 'not_found' } },
    })
  })

  it('a buffered run does not stream from the model', async () => {
    const asked: string[] = []
    const { model } = await createTestStudio({ turns: [] })
    const agent = {
      model: {
        ...model,
        doGenerate: async () => {
          asked.push('whole')
          return { content: [{ type: 'text', text: 'hello' }], finishReason: 'stop', usage: {} }
        },
        doStream: async () => {
          throw new Error('not asked for')
        },
      },
    }
    const { run, runStream } = await createTestStudio({ store, agent })
    expect(await run('hi')).toMatchObject({ status: 200, body: { output: 'hello' } })
    expect(asked).toEqual(['whole'])
    const stream = await runStream('hi')
    expect(await stream.until('error')).toMatchObject({ error: { message: 'not asked for' } })
  })
})
