import { describe, expect, it } from 'vitest'
import { addTool, createGate, toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

describe.each(storeKinds)('a stream on $name stores', (store) => {
  it('a stream contains all events of a plain run (R-43)', async () => {
    const { runStream, get } = await createTestStudio({ store, turns: ['hello'] })
    const { response, rest } = await runStream('hi')
    expect(response.status).toBe(200)
    const lines = await rest()
    expect(lines).toMatchObject([
      { type: 'turn_start', turn: 1 },
      { type: 'text_delta', turn: 1, delta: 'hello' },
      { type: 'turn_end', turn: 1, usage: { totalTokens: 0 }, finishReason: 'stop' },
      { type: 'final', output: 'hello', messages: [{ role: 'user' }, { role: 'assistant' }] },
    ])
    const runId = textAt(lines.at(-1), 'runId')
    expect(response.headers.get('location')).toBe(`/runs/${runId}`)
    expect((await get(`/runs/${runId}`)).body).toMatchObject({ status: 'succeeded' })
  })

  it('a verbose stream contains prompt, request, provider and model (R-43)', async () => {
    const { runStream } = await createTestStudio({ store, turns: ['hello'], tools: [addTool] })
    const lines = await (await runStream({ message: 'hi', verbose: true })).rest()
    expect(lines).toMatchObject([
      {
        type: 'turn_start',
        prompt: { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        history: [],
      },
      {
        type: 'generation_start',
        turn: 1,
        request: {
          instructions: 'You help.',
          messages: [{ role: 'user' }],
          tools: [{ name: 'add' }],
        },
        modelInfo: { provider: 'scripted', defaultModel: 'scripted-model' },
      },
      { type: 'text_delta' },
      { type: 'turn_end', response: { message: { role: 'assistant' } } },
      { type: 'final' },
    ])
  })

  it('a stream has headers that prevent buffering by proxies (R-44)', async () => {
    const { runStream } = await createTestStudio({ store, turns: ['hello'] })
    const { response, rest } = await runStream('hi')
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
    expect(response.headers.get('x-accel-buffering')).toBe('no')
    expect(response.headers.get('connection')).toBeNull()
    expect(response.headers.get('transfer-encoding')).toBeNull()
    await rest()
  })

  it('a stream sends a delta before the model has finished (R-44)', async () => {
    const gate = createGate()
    const turn = [{ reasoning: 'thinking' }, { wait: gate.opened }, 'hello']
    const { runStream } = await createTestStudio({ store, turns: [turn] })
    const { until, rest } = await runStream('hi')
    expect(await until('reasoning_delta')).toMatchObject({ delta: 'thinking', turn: 1 })
    gate.open()
    expect((await rest()).at(-1)).toMatchObject({ type: 'final', output: 'hello' })
  })

  it('a stream does not show a failed first attempt at a model call (R-45)', async () => {
    const error = Object.assign(new Error('overloaded'), { statusCode: 503 })
    const turns = [[{ error }], 'recovered']
    const { runStream, model } = await createTestStudio({ store, turns })
    const lines = await (await runStream('hi')).rest()
    expect(lines.map(({ type }) => type)).not.toContain('error')
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'recovered' })
    expect(model.calls).toHaveLength(2)
    expect(model.calls[0]?.prompt).toEqual(model.calls[1]?.prompt)
  })

  it('a stream ends with one error event if the model cannot stream (R-47)', async () => {
    const doStream = () => Promise.reject(new Error('streaming is not supported'))
    const { model } = await createTestStudio()
    const agent = { model: { ...model, doStream } }
    const { runStream, get } = await createTestStudio({ store, agent })
    const { response, rest } = await runStream('hi')
    expect(response.status).toBe(200)
    const lines = await rest()
    const errors = lines.filter(({ type }) => type === 'error')
    expect(errors).toMatchObject([
      {
        runId: expect.any(String),
        error: { code: 'model_error', message: 'streaming is not supported' },
        usage: { totalTokens: 0 },
      },
    ])
    expect(lines.at(-1)).toEqual(errors[0])
    const runId = textAt(errors[0], 'runId')
    expect((await get(`/runs/${runId}`)).body).toMatchObject({ status: 'failed' })
  })

  it('a stream contains tool calls and results in the order of the turn', async () => {
    const turns = [[{ reasoning: 'hm' }, toolCall('add', { a: 1, b: 2 }, 'c1')], 'three']
    const { runStream } = await createTestStudio({ store, turns, tools: [addTool] })
    const lines = await (await runStream('1+2?')).rest()
    expect(lines).toMatchObject([
      { type: 'turn_start', turn: 1 },
      { type: 'reasoning_delta', delta: 'hm', id: expect.any(String) },
      { type: 'tool_call_delta', toolCallId: 'c1', toolName: 'add', delta: '{"a":1,"b":2}' },
      {
        type: 'tool_call',
        turn: 1,
        toolCall: {
          type: 'tool_call',
          id: 'c1',
          function: { name: 'add', arguments: { a: 1, b: 2 } },
        },
      },
      { type: 'turn_end', turn: 1, finishReason: 'tool-calls' },
      { type: 'tool_result', turn: 1, toolCallId: 'c1', toolName: 'add', result: '3' },
      { type: 'turn_start', turn: 2 },
      { type: 'text_delta', turn: 2, delta: 'three' },
      { type: 'turn_end', turn: 2 },
      { type: 'final', output: 'three' },
    ])
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
  })

  it('an unread stream does not stop its run (R-50)', async () => {
    const { runStream, runIn, model } = await createTestStudio({ store, turns: ['hello'] })
    const { response } = await runStream('hi')
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''
    expect(await runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
    expect(model.calls).toHaveLength(1)
  })

  it('a stream that is read after the end of its run is complete', async () => {
    const deltas = Array.from({ length: 3_000 }, (_, index) => `${index} `)
    const { runStream, runIn } = await createTestStudio({ store, turns: [[{ deltas }]] })
    const { response, until, rest } = await runStream('hi')
    await until('turn_start')
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''
    await runIn(runId, 'succeeded')
    const lines = await rest()
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    const text = lines.filter(({ type }) => type === 'text_delta').map(({ delta }) => delta)
    expect(text).toEqual(deltas)
  })

  it('a stream that the client closes does not stop its run', async () => {
    const gate = createGate()
    const turn = ['hel', { wait: gate.opened }, 'lo']
    const { runStream, runIn } = await createTestStudio({ store, turns: [turn] })
    const { response, until, cancel } = await runStream('hi')
    await until('text_delta')
    await cancel()
    gate.open()
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''
    expect(await runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
  })

  it('HEAD events returns headers without a body', async () => {
    const { run, send } = await createTestStudio({ store, turns: ['hello'] })
    const runId = textAt((await run('hi')).body, 'runId')
    const response = await send('HEAD', `/runs/${runId}/events`, {})
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain('application/x-ndjson')
    expect(await response.text()).toBe('')
  })
})
