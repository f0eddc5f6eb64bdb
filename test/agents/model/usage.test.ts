import { describe, expect, it } from 'vitest'
import { toFinishReason, toUsage } from '../../../src/agents/model/usage.ts'
import { addUsage, noUsage, type Usage } from '../../../src/records/usage.ts'

const read = (usage: unknown, provider = 'openai.chat', providerMetadata?: unknown) =>
  toUsage({ usage, providerMetadata }, provider)

it('toUsage reads the flat counts of v2', () => {
  expect(read({ inputTokens: 10, outputTokens: 4, totalTokens: 15 })).toEqual({
    inputTokens: 10,
    outputTokens: 4,
    totalTokens: 15,
    cachedInputTokens: 0,
    cacheCreationInputTokens: 0,
  })
})

it('toUsage reads the nested counts of v3 and v4, with cache writes', () => {
  const usage = read({
    inputTokens: { total: 100, noCache: 50, cacheRead: 30, cacheWrite: 20 },
    outputTokens: { total: 10, text: 7, reasoning: 3 },
  })
  expect(usage).toEqual({
    inputTokens: 100,
    outputTokens: 10,
    totalTokens: 110,
    cachedInputTokens: 30,
    cacheCreationInputTokens: 20,
    details: {
      input: 50,
      cachedInput: 30,
      cacheCreationInput: 20,
      output: 7,
      reasoning: 3,
      total: 110,
    },
  })
})

it.each([
  [undefined],
  [null],
  ['many'],
  [{}],
  [{ inputTokens: undefined, outputTokens: Number.NaN, totalTokens: -1 }],
  [{ inputTokens: { total: undefined }, outputTokens: { total: 'x' } }],
])('toUsage reads a missing or invalid count as 0: %j', (raw) => {
  expect(read(raw)).toEqual(noUsage)
})

it.each([
  ['stop', 'stop'],
  [{ unified: 'tool-calls', raw: 'tool_use' }, 'tool-calls'],
  [{ unified: 'interrupted', raw: undefined }, 'interrupted'],
  ['unknown', 'unknown'],
  ['novel', 'unknown'],
  [undefined, 'unknown'],
])('toFinishReason(%j) returns %s', (raw, reason) => {
  expect(toFinishReason(raw)).toBe(reason)
})

/** What one answer reports in each version, and what it means: provider, usage and metadata, then the counts. */
const anthropic = {
  inputTokens: 13,
  outputTokens: 5,
  totalTokens: 18,
  cachedInputTokens: 4,
  cacheCreationInputTokens: 2,
}
const google = {
  inputTokens: 11,
  outputTokens: 7,
  totalTokens: 18,
  cachedInputTokens: 0,
  cacheCreationInputTokens: 0,
}
const openai = {
  inputTokens: 10,
  outputTokens: 5,
  totalTokens: 15,
  cachedInputTokens: 4,
  cacheCreationInputTokens: 0,
}

describe('the usage of one answer', () => {
  it.each<[string, string, unknown, unknown, Usage]>([
    [
      'Anthropic, version 2',
      'anthropic.messages',
      { inputTokens: 7, outputTokens: 5, totalTokens: 12, cachedInputTokens: 4 },
      { anthropic: { cacheCreationInputTokens: 2 } },
      {
        ...anthropic,
        details: {
          input: 7,
          cachedInput: 4,
          cacheCreationInput: 2,
          output: 5,
          reasoning: 0,
          total: 18,
        },
      },
    ],
    [
      'Anthropic on Vertex, version 2, with the raw usage in its metadata',
      'googleVertex.anthropic.messages',
      { inputTokens: 7, outputTokens: 5, totalTokens: 12, cachedInputTokens: 4 },
      { anthropic: { usage: { cache_creation_input_tokens: 2 } } },
      {
        ...anthropic,
        details: {
          input: 7,
          cachedInput: 4,
          cacheCreationInput: 2,
          output: 5,
          reasoning: 0,
          total: 18,
        },
      },
    ],
    [
      'Bedrock, version 2, whose total counts everything',
      'amazon-bedrock',
      { inputTokens: 7, outputTokens: 5, totalTokens: 18, cachedInputTokens: 4 },
      { bedrock: { usage: { cacheWriteInputTokens: 2 } } },
      {
        ...anthropic,
        details: {
          input: 7,
          cachedInput: 4,
          cacheCreationInput: 2,
          output: 5,
          reasoning: 0,
          total: 18,
        },
      },
    ],
    [
      'Anthropic, version 3',
      'anthropic.messages',
      {
        inputTokens: { total: 13, noCache: 7, cacheRead: 4, cacheWrite: 2 },
        outputTokens: { total: 5 },
      },
      undefined,
      {
        ...anthropic,
        details: {
          input: 7,
          cachedInput: 4,
          cacheCreationInput: 2,
          output: 5,
          reasoning: 0,
          total: 18,
        },
      },
    ],
    [
      'Google, version 2',
      'google.generative-ai',
      { inputTokens: 11, outputTokens: 4, totalTokens: 18, reasoningTokens: 3 },
      undefined,
      {
        ...google,
        details: {
          input: 11,
          cachedInput: 0,
          cacheCreationInput: 0,
          output: 4,
          reasoning: 3,
          total: 18,
        },
      },
    ],
    [
      'Google, version 2, with as many cached tokens as reasoning',
      'google.generative-ai',
      {
        inputTokens: 11,
        outputTokens: 4,
        totalTokens: 18,
        reasoningTokens: 3,
        cachedInputTokens: 3,
      },
      undefined,
      {
        ...google,
        cachedInputTokens: 3,
        details: {
          input: 8,
          cachedInput: 3,
          cacheCreationInput: 0,
          output: 4,
          reasoning: 3,
          total: 18,
        },
      },
    ],
    [
      'Google, version 3',
      'google.generative-ai',
      { inputTokens: { total: 11 }, outputTokens: { total: 7, text: 4, reasoning: 3 } },
      undefined,
      {
        ...google,
        details: {
          input: 11,
          cachedInput: 0,
          cacheCreationInput: 0,
          output: 4,
          reasoning: 3,
          total: 18,
        },
      },
    ],
    [
      'OpenAI, version 2',
      'openai.responses',
      {
        inputTokens: 10,
        outputTokens: 5,
        totalTokens: 15,
        cachedInputTokens: 4,
        reasoningTokens: 2,
      },
      undefined,
      {
        ...openai,
        details: {
          input: 6,
          cachedInput: 4,
          cacheCreationInput: 0,
          output: 3,
          reasoning: 2,
          total: 15,
        },
      },
    ],
    [
      'a total that nothing explains',
      'openai.chat',
      { inputTokens: 10, outputTokens: 5, totalTokens: 99, cachedInputTokens: 4 },
      undefined,
      { ...openai, totalTokens: 99 },
    ],
    [
      'more cached tokens than input',
      'openai.chat',
      { inputTokens: 1, outputTokens: 5, totalTokens: 6, cachedInputTokens: 4 },
      undefined,
      { ...openai, inputTokens: 1, totalTokens: 6 },
    ],
    [
      'parts that do not add up, version 3',
      'xai.chat',
      {
        inputTokens: { total: 10, noCache: 9, cacheRead: 4 },
        outputTokens: { total: 5, text: 5, reasoning: 2 },
      },
      undefined,
      openai,
    ],
    [
      'parts without a total, version 4',
      'other',
      { inputTokens: { noCache: 6, cacheRead: 4 }, outputTokens: { text: 3, reasoning: 2 } },
      undefined,
      {
        ...openai,
        details: {
          input: 6,
          cachedInput: 4,
          cacheCreationInput: 0,
          output: 3,
          reasoning: 2,
          total: 15,
        },
      },
    ],
  ])('adds up or has no details: %s', (...row) => {
    const [, provider, raw, metadata, expected] = row
    const usage = read(raw, provider, metadata)
    expect(usage).toEqual(expected)
    if (!usage.details) return
    const { total, ...parts } = usage.details
    expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(total)
    expect(total).toBe(usage.totalTokens)
  })
})

it('addUsage keeps details only while they still add up to the total', () => {
  const whole = read({ inputTokens: { total: 3 }, outputTokens: { total: 2, reasoning: 1 } })
  const plain = read({ inputTokens: 1, outputTokens: 1 })
  expect(addUsage(whole, whole).details).toMatchObject({ total: 10, reasoning: 2 })
  expect(addUsage(noUsage, whole)).toEqual(whole)
  expect(addUsage(whole, plain).details).toBeUndefined()
  expect(addUsage(whole, { ...noUsage, cachedInputTokens: 1 }).details).toBeUndefined()
})
