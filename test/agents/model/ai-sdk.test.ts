import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { MockLanguageModelV3, simulateReadableStream } from 'ai/test'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/lib/clock.ts'
import { userMessage } from '../../../src/records/message.ts'
import { chunk, startOpenAiServer, type Answer } from './open-ai-server.ts'
import { answerOf, ask, failureOf } from './support.ts'

const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const halfCall = chunk({
  tool_calls: [
    { index: 0, id: 'c1', type: 'function', function: { name: 'find', arguments: '{"i' } },
  ],
})
const end = { ...chunk({}, 'stop'), usage }
let server: Awaited<ReturnType<typeof startOpenAiServer>> | undefined

afterEach(async () => {
  await server?.close()
  server = undefined
})

async function local(...answers: Answer[]) {
  server = await startOpenAiServer(answers)
  const provider = createOpenAICompatible({
    name: 'local',
    baseURL: server.url,
    includeUsage: true,
  })
  return { model: provider('local-1'), server }
}

describe('@ai-sdk/openai-compatible over a socket', () => {
  it('@ai-sdk/openai-compatible streams text', async () => {
    const { model } = await local({
      chunks: [chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo' }), end],
    })
    const { outcome, log } = await ask(model, {}, { clock: systemClock })
    expect(answerOf(outcome)).toMatchObject({
      message: { id: 'chat-1', content: [{ type: 'text', text: 'Hello' }] },
      usage: { inputTokens: 9, outputTokens: 4, totalTokens: 13 },
      finishReason: 'stop',
      responseId: 'chat-1',
      responseModel: 'local-1',
      firstDeltaMs: expect.any(Number),
    })
    expect(log).toEqual(['text Hel', 'text lo'])
  })

  it('@ai-sdk/openai-compatible streams a tool call and accepts its result', async () => {
    const call = (call: object) => chunk({ tool_calls: [{ index: 0, ...call }] })
    const { model, server } = await local(
      {
        chunks: [
          call({ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"id"' } }),
          call({ function: { arguments: ':7}' } }),
          chunk({}, 'tool_calls'),
        ],
      },
      { chunks: [chunk({ content: 'Done' }), end] },
    )
    const tools = [{ name: 'find', description: 'Finds.', inputSchema: { type: 'object' } }]
    const { outcome, log } = await ask(model, { tools })
    const { message, toolCalls } = answerOf(outcome)
    expect(toolCalls).toMatchObject([{ part: { id: 'c1', function: { arguments: { id: 7 } } } }])
    expect(log.join('')).toContain('{"id"')

    const messages = [
      userMessage('Find 7'),
      message,
      {
        role: 'tool' as const,
        content: [
          {
            type: 'tool_result' as const,
            id: 'c1',
            content: [{ type: 'text' as const, text: 'here' }],
          },
        ],
      },
    ]
    expect(answerOf((await ask(model, { tools, messages })).outcome).finishReason).toBe('stop')
    expect(server.bodies[1]?.messages).toMatchObject([
      { role: 'user', content: 'Find 7' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'c1', function: { name: 'find', arguments: '{"id":7}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'here' },
    ])
  })

  it('@ai-sdk/openai-compatible answers without streaming', async () => {
    const message = { role: 'assistant', content: 'Hello' }
    const json = {
      ...end,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    }
    const { model } = await local({ json })
    const { outcome, log } = await ask(model, { stream: false })
    expect(answerOf(outcome)).toMatchObject({
      message: { content: [{ type: 'text', text: 'Hello' }] },
      usage: { totalTokens: 13 },
      responseId: 'chat-1',
    })
    expect(log).toEqual(['text Hello'])
  })

  it('a 429 is retried after the time in Retry-After', async () => {
    const { model } = await local(
      { status: 429, headers: { 'retry-after': '3' } },
      { chunks: [chunk({ content: 'Hello' }), end] },
    )
    const { outcome, log, delays } = await ask(model)
    expect(answerOf(outcome).finishReason).toBe('stop')
    expect(log).toEqual(['retry no', 'text Hello'])
    expect(delays).toEqual([3_000])
  })

  it('a 500 is retried three times', async () => {
    const { model, server } = await local(
      { status: 500 },
      { status: 500 },
      { status: 500 },
      {
        chunks: [chunk({ content: 'Hello' }), end],
      },
    )
    expect(answerOf((await ask(model)).outcome).finishReason).toBe('stop')
    expect(server.bodies).toHaveLength(4)
  })

  it('a refused connection fails without the address or the body in the error', async () => {
    const { model, server } = await local()
    await server.close()
    const { outcome, delays } = await ask(model)
    const { error } = failureOf(outcome)
    expect(error.name).toBe('AI_APICallError')
    expect(error.message).toContain('ECONNREFUSED')
    expect(delays).toHaveLength(3)
  })

  it.each([
    [401, false],
    [400, true],
    [413, true],
    [422, true],
  ])(
    'a %i is the status of the failure, and refuses what was said: %s',
    async (status, refused) => {
      const { model } = await local({ status })
      expect(failureOf((await ask(model)).outcome)).toMatchObject({ error: { status }, refused })
    },
  )

  it.each([
    ['without a reason', [chunk({ content: 'Half' })]],
    ['without a reason, in a tool call', [chunk({ content: 'Half' }), halfCall]],
  ])('a stream that ends early is a failure that keeps its text: %s', async (_, chunks) => {
    const { model } = await local({ chunks })
    const { partial } = failureOf((await ask(model)).outcome)
    expect(partial?.content[0]).toEqual({ type: 'text', text: 'Half' })
  })

  it('a stream that ends before its first part is requested again', async () => {
    const { model, server } = await local(
      { chunks: [] },
      { chunks: [chunk({ content: 'Hi' }), end] },
    )
    expect(answerOf((await ask(model)).outcome).finishReason).toBe('stop')
    expect(server.bodies).toHaveLength(2)
  })

  it.each([[''], ['{"id":"chat-1","choi'], ['<html>']])(
    'a body that is no JSON is requested again when it is not streamed: %j',
    async (body) => {
      const message = { role: 'assistant', content: 'Hello' }
      const json = { ...end, choices: [{ index: 0, message, finish_reason: 'stop' }] }
      const { model, server } = await local({ body }, { json })
      expect(answerOf((await ask(model, { stream: false })).outcome).finishReason).toBe('stop')
      expect(server.bodies).toHaveLength(2)
    },
  )

  it('a body that is cut off is requested again when it is not streamed', async () => {
    const message = { role: 'assistant', content: 'Hello' }
    const json = { ...end, choices: [{ index: 0, message, finish_reason: 'stop' }] }
    const { model, server } = await local({ chunks: [{}], cut: true }, { json })
    expect(answerOf((await ask(model, { stream: false })).outcome).finishReason).toBe('stop')
    expect(server.bodies).toHaveLength(2)
  })

  it('a broken connection fails and keeps the received text', async () => {
    const { model } = await local({ chunks: [chunk({ content: 'Half' })], cut: true })
    const { outcome } = await ask(model)
    expect(failureOf(outcome).partial?.content).toEqual([{ type: 'text', text: 'Half' }])
  })

  it('an abort closes the connection', async () => {
    const { model, server } = await local({ chunks: [chunk({ content: 'Half' })], hang: true })
    const controller = new AbortController()
    const asked = ask(model, {}, { signal: controller.signal })
    setTimeout(() => controller.abort(), 50)
    expect(failureOf((await asked).outcome).error.name).toBe('AbortError')
    await expect.poll(() => server.disconnected()).toBe(1)
  })
})

it("isLanguageModel accepts the mock model of 'ai'", async () => {
  const counts = {
    inputTokens: { total: 3, noCache: 3, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 1, text: 1, reasoning: undefined },
  }
  const stop = { unified: 'stop' as const, raw: 'stop' }
  const model = new MockLanguageModelV3({
    doGenerate: {
      content: [{ type: 'text', text: 'Hello' }],
      finishReason: stop,
      usage: counts,
      warnings: [],
    },
    doStream: async () => ({
      stream: simulateReadableStream({
        chunks: [
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: 'Hello' },
          { type: 'text-end', id: '1' },
          { type: 'finish', finishReason: stop, usage: counts },
        ],
      }),
    }),
  })
  const expected = {
    message: { content: [{ type: 'text', text: 'Hello' }] },
    usage: { totalTokens: 4 },
  }
  expect(answerOf((await ask(model)).outcome)).toMatchObject(expected)
  expect(answerOf((await ask(model, { stream: false })).outcome)).toMatchObject(expected)
  expect(model.doStreamCalls[0]?.prompt).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
  ])
})
