import { describe, expect, it } from 'vitest'
import { scriptedModel, type ScriptedTurn } from '../../../src/testing.ts'
import { answerOf, ask, failureOf, rawModel, versions } from './support.ts'

const modes = versions.flatMap((version) =>
  [true, false].map((stream) => ({ version, stream, way: stream ? 'streamed' : 'whole' })),
)

describe.each(modes)('an answer of a $version model, $way', ({ version, stream }) => {
  const play = async (...turns: ScriptedTurn[]) => {
    const model = scriptedModel(turns, { specificationVersion: version })
    return { model, ...(await ask(model, { stream })) }
  }
  const call = { toolCall: { name: 'find', input: {} } }

  it.each(['content-filter', 'length', 'error', 'interrupted', 'other'])(
    'is a failure when it ends as %s without text',
    async (finish) => {
      for (const parts of [[], [{ reasoning: 'Hm' }], ['\n ']]) {
        const model = scriptedModel([[...parts, { finish }]], { specificationVersion: version })
        const { outcome } = await ask(model, { stream }, { retries: 0 })
        expect(failureOf(outcome)).toMatchObject({
          error: { name: 'ModelError' },
          finishReason: finish,
        })
      }
    },
  )

  it.each(['content-filter', 'interrupted'])(
    'is a failure when it ends as %s after some text, which is kept',
    async (finish) => {
      const { partial } = failureOf((await play(['Pay 10', call, { finish }])).outcome)
      expect(partial?.content[0]).toEqual({ type: 'text', text: 'Pay 10' })
      expect(partial?.metadata).toMatchObject({
        studio: { interrupted: true, generation: { finishReason: finish } },
      })
    },
  )

  it('is a success with its finish reason when only its length ended it', async () => {
    expect(answerOf((await play(['Pay 10', { finish: 'length' }])).outcome).finishReason).toBe(
      'length',
    )
  })

  it('is a success when it has a tool call or nothing to add', async () => {
    expect(answerOf((await play([call, { finish: 'length' }])).outcome).toolCalls).toHaveLength(1)
    expect(answerOf((await play([{ finish: 'stop' }])).outcome).message.content).toEqual([])
  })

  it('is requested again when it was cut off before its first part', async () => {
    const { outcome, model } = await play([{ finish: 'interrupted' }], ['Hello'])
    expect(answerOf(outcome).finishReason).toBe('stop')
    expect(model.calls).toHaveLength(2)
  })
})

describe('a stream that ends without a reason of the provider', () => {
  const delta = { type: 'text-delta', id: '1', delta: 'Pay 10' }
  const finish = (finishReason: unknown) => ({ type: 'finish', finishReason, usage: {} })

  it.each([
    ['no finish at all', [delta]],
    ['unknown, as version 2 says', [delta, finish('unknown')]],
    ['other, as version 3 says', [delta, finish({ unified: 'other', raw: undefined })]],
    ['interrupted, as version 4 says', [delta, finish({ unified: 'interrupted' })]],
    ['nothing', [delta, finish(undefined)]],
  ])('fails and keeps its text: %s', async (_, parts) => {
    const { partial } = failureOf((await ask(rawModel(parts))).outcome)
    expect(partial?.content).toEqual([{ type: 'text', text: 'Pay 10' }])
  })

  it('succeeds when the provider gave a reason of its own', async () => {
    const parts = [delta, finish({ unified: 'other', raw: 'pause' })]
    expect(answerOf((await ask(rawModel(parts))).outcome).finishReason).toBe('other')
  })

  it('is requested again while nothing was received', async () => {
    const model = scriptedModel([[{ finish: false }], [{ finish: false }], 'Hello'])
    expect(answerOf((await ask(model)).outcome).finishReason).toBe('stop')
    expect(model.calls).toHaveLength(3)
  })
})
