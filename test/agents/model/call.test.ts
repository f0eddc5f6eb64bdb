import { describe, expect, it } from 'vitest'
import { scriptedModel, type ScriptedTurn } from '../../../src/testing.ts'
import { answerOf, ask, failureOf, rawModel, versions } from './support.ts'

const modes = versions.flatMap((version) =>
  [true, false].map((stream) => ({ version, stream, way: stream ? 'streamed' : 'whole' })),
)

describe.each(modes)('a $version model, $way', ({ version, stream }) => {
  const play = (...turn: Extract<ScriptedTurn, readonly unknown[]>) =>
    ask(scriptedModel([turn], { specificationVersion: version }), { stream })

  it('a call returns text, reasoning and tool calls in order of appearance', async () => {
    const { outcome, log } = await play({ reasoning: 'Look it up.' }, 'One moment.', {
      toolCall: { name: 'find', input: { id: 7 }, id: 'a' },
    })
    const answer = answerOf(outcome)
    expect(answer.message.content).toMatchObject([
      { type: 'reasoning', text: 'Look it up.' },
      { type: 'text', text: 'One moment.' },
      { type: 'tool_call', id: 'a', function: { name: 'find', arguments: { id: 7 } } },
    ])
    expect(answer.toolCalls).toEqual([{ part: answer.message.content[2], inputError: null }])
    expect(answer.finishReason).toBe('tool-calls')
    expect(log.slice(1)).toEqual(['text One moment.', 'tool a find {"id":7}'])
    expect(log[0]).toMatch(/^reasoning .*Look it up\.$/)
  })

  it('a call returns provider, model, usage and finish reason', async () => {
    const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 2 }
    const answer = answerOf((await play('Hello', { usage })).outcome)
    expect(answer.usage).toEqual({
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 15,
      cachedInputTokens: 4,
      cacheCreationInputTokens: 0,
      details: {
        input: 6,
        cachedInput: 4,
        cacheCreationInput: 0,
        output: 3,
        reasoning: 2,
        total: 15,
      },
    })
    expect(answer.message.metadata).toEqual({
      studio: {
        generation: {
          provider: 'scripted',
          model: 'scripted-model',
          usage: answer.usage,
          finishReason: 'stop',
        },
      },
    })
  })

  it('a call keeps the provider metadata of each part', async () => {
    const openai = { openai: { itemId: 'x' } }
    const answer = answerOf(
      (
        await play(
          { reasoning: 'Hm', providerMetadata: { anthropic: { signature: 's' } } },
          { text: 'Hi', providerMetadata: openai },
          { toolCall: { name: 'find', providerMetadata: { google: { thoughtSignature: 't' } } } },
        )
      ).outcome,
    )
    expect(answer.message.content).toMatchObject([
      { content: [{ type: 'text', text: 'Hm', signature: '{"anthropic":{"signature":"s"}}' }] },
      { text: 'Hi', signature: JSON.stringify(openai) },
      { additionalParams: { providerMetadata: { google: { thoughtSignature: 't' } } } },
    ])
  })

  it('a call fails on an error part', async () => {
    const { error, partial } = failureOf((await play('Half', { error: new Error('boom') })).outcome)
    expect(error).toEqual({ name: 'Error', message: 'boom' })
    expect(partial?.content ?? null).toEqual(stream ? [{ type: 'text', text: 'Half' }] : null)
  })

  it('a call fails on the finish reason error and keeps text and usage', async () => {
    const failure = failureOf(
      (await play('Half', { usage: { outputTokens: 3 } }, { finish: 'error' })).outcome,
    )
    expect(failure.error.name).toBe('ModelError')
    expect(failure.usage.outputTokens).toBe(3)
    expect(failure.partial?.content).toEqual([{ type: 'text', text: 'Half' }])
    expect(failure.partial?.metadata).toMatchObject({ studio: { interrupted: true } })
  })

  it('a call sends tools, tool choice, settings and instructions', async () => {
    const model = scriptedModel(['ok'], { specificationVersion: version })
    const tool = { name: 'find', description: 'Finds.', inputSchema: { type: 'object' } }
    await ask(model, {
      stream,
      instructions: 'Be brief.',
      tools: [tool],
      settings: { temperature: 0.2, toolChoice: { toolName: 'find' } },
    })
    expect(model.calls[0]).toMatchObject({
      prompt: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }],
      tools: [{ type: 'function', ...tool }],
      toolChoice: { type: 'tool', toolName: 'find' },
      temperature: 0.2,
    })
  })
})

describe('a stream', () => {
  const finish = { type: 'finish', finishReason: { unified: 'stop' }, usage: {} }
  const delta = (id: string, text: string) => ({ type: 'text-delta', id, delta: text })

  it('a stream without a finish fails with a partial answer', async () => {
    const failure = failureOf((await ask(scriptedModel([['Half', { finish: false }]]))).outcome)
    expect(failure.error.message).toBe('The model ended its answer without a finish')
    expect(failure.partial?.content).toEqual([{ type: 'text', text: 'Half' }])
  })

  it('a stream that breaks fails with a partial answer', async () => {
    const broken = Promise.reject(new Error('connection lost to /home/me/socket'))
    const failure = failureOf((await ask(scriptedModel([['Half', { wait: broken }]]))).outcome)
    expect(failure.error.message).toBe('connection lost to [path]')
    expect(failure.partial?.content).toEqual([{ type: 'text', text: 'Half' }])
  })

  it.each([
    [null],
    ['text'],
    [{ type: 'text-delta', id: '1' }],
    [{ type: 'reasoning-delta', delta: 5 }],
  ])('a stream with the malformed part %j fails', async (part) => {
    const failure = failureOf((await ask(rawModel([delta('1', 'a'), part, finish]))).outcome)
    expect(failure.error).toEqual({ name: 'TypeError', message: 'The model sent a malformed part' })
    expect(failure.partial?.content).toEqual([{ type: 'text', text: 'a' }])
  })

  it('a value that is not a stream fails', async () => {
    const model = { ...rawModel([]), doStream: () => Promise.resolve({}) as never }
    expect(failureOf((await ask(model)).outcome).error.message).toBe('The model returned no stream')
  })

  it('a stream of unknown parts is an empty answer', async () => {
    const answer = answerOf(
      (await ask(rawModel([{ type: 'news' }, { type: 'ping' }, finish]))).outcome,
    )
    expect(answer.message.content).toEqual([])
  })

  it('adjacent texts are joined, texts around other parts stay apart', async () => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 'find', input: '{}' }
    const parts = [delta('1', 'a'), delta('2', 'b'), call, delta('1', 'a'), delta('3', 'c'), finish]
    const answer = answerOf((await ask(rawModel(parts))).outcome)
    expect(answer.message.content).toMatchObject([
      { type: 'text', text: 'aab' },
      { type: 'tool_call' },
      { type: 'text', text: 'c' },
    ])
  })

  it('reasoning is merged by id', async () => {
    const think = (id: string, text: string) => ({ type: 'reasoning-delta', id, delta: text })
    const parts = [think('1', 'a'), think('2', 'x'), think('1', 'b'), finish]
    const answer = answerOf((await ask(rawModel(parts))).outcome)
    expect(answer.message.content).toEqual([
      { type: 'reasoning', id: '1', text: 'ab' },
      { type: 'reasoning', id: '2', text: 'x' },
    ])
  })

  it('a stream keeps sources, warnings, the response and calls that the provider executed', async () => {
    const search = { toolCallId: 's', toolName: 'web_search', providerExecuted: true }
    const parts = [
      { type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'topK' }] },
      { type: 'response-metadata', id: 'resp-1', modelId: 'big-2' },
      { type: 'tool-input-start', id: 's', toolName: 'web_search', providerExecuted: true },
      { type: 'tool-input-delta', id: 's', delta: '{}' },
      { type: 'tool-call', input: '{}', ...search },
      { type: 'tool-result', result: {}, ...search },
      { type: 'source', sourceType: 'url', id: '1', url: 'https://a.test/', title: 'A' },
      { type: 'source', sourceType: 'url', id: '2', url: 'https://a.test/', title: 'A' },
      delta('1', 'found'),
      finish,
    ]
    const { outcome, log } = await ask(rawModel(parts))
    const answer = answerOf(outcome)
    expect(answer).toMatchObject({
      responseId: 'resp-1',
      responseModel: 'big-2',
      warnings: ['unsupported: topK'],
      toolCalls: [],
      message: { id: 'resp-1', content: [{ type: 'tool_call' }, { type: 'text', text: 'found' }] },
    })
    expect(answer.message.metadata).toMatchObject({
      studio: {
        generation: {
          sources: [{ type: 'url', url: 'https://a.test/', title: 'A', id: '2' }],
          providerToolCalls: [{ id: 's', name: 'web_search', status: 'done' }],
        },
      },
    })
    expect(log).toEqual([
      'provider web_search running',
      'provider web_search done',
      'source url A',
      'text found',
    ])
  })

  it('a stream keeps generated images, with bare or tagged data', async () => {
    const bytes = new Uint8Array([1, 2, 3])
    const parts = [
      { type: 'file', mediaType: 'image/png', data: bytes },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AQID' } },
      { type: 'file', mediaType: 'text/plain', data: 'AQID' },
      finish,
    ]
    const image = {
      type: 'image',
      source: { type: 'base64', data: 'AQID', mediaType: 'image/png' },
    }
    expect(answerOf((await ask(rawModel(parts))).outcome).message.content).toEqual([image, image])
  })
})
