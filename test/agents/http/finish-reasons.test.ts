import { describe, expect, it } from 'vitest'
import type { ScriptedTurn } from '../../../src/testing.ts'
import { addTool, toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio } from '../../support/studio.ts'

const apiError = (statusCode: number) => Object.assign(new Error('refused'), { statusCode })

describe.each(storeKinds)('on $name stores', (store) => {
  /** Makes a run buffered and another streamed; resolves to both answers, their runs and their traces. */
  async function play(turn: ScriptedTurn) {
    const studio = await createTestStudio({ store, turns: [turn, turn], agent: { retries: 0 } })
    const buffered = (await studio.run('go')).body
    const events = await (await studio.runStream('go')).rest()
    const streamed = events.at(-1)
    const { body } = await studio.get('/runs')
    const ids = (body as { runs: { id: string }[] }).runs.map(({ id }) => id)
    const runs = await Promise.all(ids.map(async (id) => (await studio.get(`/runs/${id}`)).body))
    const traces = await Promise.all(
      runs.map(async (run) => (await studio.get(`/traces/${textAt(run, 'trace.traceId')}`)).body),
    )
    return { buffered, streamed, runs, traces }
  }

  it.each(['content-filter', 'length', 'interrupted'])(
    'an answer that ends as %s without text fails its run, buffered and streamed alike',
    async (finishReason) => {
      const { buffered, streamed, runs, traces } = await play([
        { reasoning: 'Hm' },
        { finish: finishReason },
      ])
      expect(buffered).toMatchObject({
        error: { details: { code: 'model_error', name: 'ModelError', finishReason } },
      })
      expect(streamed).toMatchObject({
        type: 'error',
        error: { code: 'model_error' },
        finishReason,
      })
      expect(runs).toMatchObject([
        { status: 'failed', finishReason },
        { status: 'failed', finishReason },
      ])
      expect(traces).toMatchObject([
        { status: 'error', finishReason },
        { status: 'error', finishReason },
      ])
    },
  )

  it('an answer that its length cut short is a success that says so everywhere', async () => {
    const { buffered, streamed, runs, traces } = await play(['Pay 10', { finish: 'length' }])
    const finishReason = 'length'
    expect(buffered).toMatchObject({ output: 'Pay 10', finishReason })
    expect(streamed).toMatchObject({ type: 'final', output: 'Pay 10', finishReason })
    expect(runs).toMatchObject([
      { status: 'succeeded', finishReason },
      { status: 'succeeded', finishReason },
    ])
    expect(traces).toMatchObject([
      { status: 'success', finishReason },
      { status: 'success', finishReason },
    ])
  })

  it.each([401, 404, 429, 500])(
    'a run that the provider refused with %i has this status in its error',
    async (status) => {
      const { buffered, streamed, runs, traces } = await play({ error: apiError(status) })
      const error = { code: 'model_error', message: 'refused', status }
      expect(buffered).toMatchObject({ error: { details: error } })
      expect(streamed).toMatchObject({ type: 'error', error })
      expect(runs).toMatchObject([{ error }, { error }])
      expect(traces).toMatchObject([{ error }, { error }])
    },
  )

  it('the finish reason of a run is that of its last turn', async () => {
    const turns = [toolCall('add', { a: 1, b: 2 }), 'three'].map((part) => [part])
    const { run, get } = await createTestStudio({ store, turns, tools: [addTool] })
    const { body } = await run('go')
    expect(body).toMatchObject({ output: 'three', finishReason: 'stop' })
    const { body: shown } = await get(`/runs/${textAt(body, 'runId')}`)
    expect(shown).toMatchObject({ turns: 2, finishReason: 'stop' })
  })
})

it('a run with a time limit ends with the error of its provider when there is no time to try again', async () => {
  const overloaded = Object.assign(apiError(529), { responseHeaders: { 'retry-after': '30' } })
  const { run } = await createTestStudio({ turns: [{ error: overloaded }] })
  expect((await run({ message: 'go', timeoutMs: 5_000 })).body).toMatchObject({
    error: { details: { code: 'model_error', status: 529 } },
  })
})
