import { expect, it } from 'vitest'
import { toFinishReason, toUsage } from '../../../src/agents/model/usage.ts'
import { noUsage } from '../../../src/records/usage.ts'

it('toUsage reads the flat counts of v2', () => {
  expect(toUsage({ inputTokens: 10, outputTokens: 4, totalTokens: 15 })).toEqual({
    inputTokens: 10,
    outputTokens: 4,
    totalTokens: 15,
    cachedInputTokens: 0,
    cacheCreationInputTokens: 0,
  })
})

it('toUsage reads the nested counts of v3 and v4, with cache writes', () => {
  const usage = toUsage({
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
  expect(toUsage(raw)).toEqual(noUsage)
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
