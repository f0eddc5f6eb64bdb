import { describe, expect, it } from 'vitest'
import { defineTool } from '../../../src/agents/tool.ts'
import { toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)

describe.each(storeKinds)('a time limit on $name stores', (store) => {
  it('timeoutMs of a tool aborts a slow call and reports a TimeoutError to the model', async () => {
    let aborted = false
    const slow = defineTool({
      name: 'slow',
      description: 'Never returns.',
      timeoutMs: 20,
      execute: (_input, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true))
        return never
      },
    })
    const turns = [toolCall('slow', {}), 'sorry']
    const { runStream } = await createTestStudio({ store, turns, tools: [slow] })
    const { until, rest } = await runStream('go')
    expect(await until('tool_result')).toMatchObject({
      isError: true,
      result: expect.stringMatching(/^TimeoutError: .*20 ms/),
    })
    expect((await rest()).at(-1)).toMatchObject({ type: 'final', output: 'sorry' })
    expect(aborted).toBe(true)
  })

  it('timeoutMs of a request ends a run whose model hangs', async () => {
    const turns = [['half', { wait: never }], [{ wait: never }]]
    const { run, runStream, model } = await createTestStudio({ store, turns })
    const body = { message: 'go', timeoutMs: 30 }
    expect(await (await runStream(body)).until('error')).toMatchObject({
      error: { code: 'timeout', message: expect.stringContaining('30 ms') },
    })
    expect(await run(body)).toMatchObject({
      status: 500,
      body: { error: { details: { code: 'timeout' } } },
    })
    expect(model.calls.map(({ abortSignal }) => abortSignal?.aborted)).toEqual([true, true])
  })

  it('timeoutMs of an agent ends its runs, also during a tool call', async () => {
    let signal: AbortSignal | null = null
    const slow = defineTool({
      name: 'slow',
      description: 'Never returns.',
      execute: (_input, context) => {
        signal = context.signal
        return never
      },
    })
    const turns = [toolCall('slow', {})]
    const agent = { timeoutMs: 500 }
    const { runStream } = await createTestStudio({ store, turns, tools: [slow], agent })
    const { until } = await runStream('go')
    expect(await until('tool_result')).toMatchObject({
      isError: true,
      result: expect.stringContaining('outcome is unknown'),
    })
    expect(await until('error')).toMatchObject({ error: { code: 'timeout' } })
    expect(at(signal, 'aborted')).toBe(true)
  })
})

describe.each(storeKinds)('a failing model on $name stores', (store) => {
  it('a model stream without a finish part fails the run and keeps the text', async () => {
    const studio = await createTestStudio({ store, turns: [['half', { finish: false }]] })
    const sessionId = await studio.createSession()
    const lines = await (await studio.runStream({ message: 'go', sessionId })).rest()
    expect(lines.at(-1)).toMatchObject({ type: 'error', error: { code: 'model_error' } })
    expect((await studio.get(`/sessions/${sessionId}`)).body).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'half' }],
          metadata: { studio: { interrupted: true } },
        },
      ],
    })
  })

  it('a model call that fails after its first delta is not retried', async () => {
    const error = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
    const turns = [['half', { error }], 'unused']
    const { runStream, model } = await createTestStudio({ store, turns })
    expect(await (await runStream('go')).until('error')).toMatchObject({
      error: { message: 'reset' },
    })
    expect(model.calls).toHaveLength(1)
  })

  it('an overloaded model is called four times at most, and the trace lists the retries', async () => {
    const error = Object.assign(new Error('slow down'), {
      statusCode: 429,
      responseHeaders: { 'retry-after-ms': '1' },
    })
    const turns = Array.from({ length: 5 }, () => [{ error }])
    const { run, get, model } = await createTestStudio({ store, turns })
    const answer = await run('go')
    expect(answer).toMatchObject({
      status: 500,
      body: { error: { details: { message: 'slow down' } } },
    })
    expect(model.calls).toHaveLength(4)
    const { body } = await get('/traces?include=detail')
    const [trace] = listAt(body, 'traces')
    const generations = listAt(trace, 'observations').filter(
      (observation) => textAt(observation, 'kind') === 'generation',
    )
    const retry = { type: 'retry', delayMs: 1, message: 'slow down', at: expect.any(String) }
    expect(generations).toMatchObject([{ status: 'error', events: [retry, retry, retry] }])
  })

  it('a model call that fails with 401 is not retried', async () => {
    const error = Object.assign(new Error('bad key'), { statusCode: 401 })
    const { run, model } = await createTestStudio({ store, turns: [[{ error }], 'no'] })
    expect(await run('go')).toMatchObject({ status: 500 })
    expect(model.calls).toHaveLength(1)
  })
})
