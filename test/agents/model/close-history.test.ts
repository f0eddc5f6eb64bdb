import { expect, it } from 'vitest'
import { closeHistory, isInterrupted } from '../../../src/agents/model/messages.ts'
import {
  userMessage,
  type AssistantMessage,
  type Message,
  type ToolMessage,
} from '../../../src/records/message.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { ask, failureOf } from './support.ts'

const hi = userMessage('Hi')
const hello: AssistantMessage = { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] }
const rules: Message = { role: 'system', content: 'Rules' }
const calls = (...ids: string[]): AssistantMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_call', id, function: { name: 'find', arguments: {} } })),
})
const results = (...ids: string[]): ToolMessage => ({
  role: 'tool',
  content: ids.map((id) => ({
    type: 'tool_result',
    id,
    toolName: 'find',
    content: [{ type: 'text', text: 'found' }],
  })),
})
const interrupted = (...ids: string[]) => ({
  role: 'tool',
  content: ids.map((id) => ({
    type: 'tool_result',
    id,
    toolName: 'find',
    isError: true,
    content: [{ type: 'text', text: expect.stringContaining('interrupted') }],
  })),
})
const placeholder = { role: 'assistant', content: [{ type: 'text', text: expect.any(String) }] }

it.each<[string, Message[]]>([
  ['an empty one', []],
  ['a plain one', [rules, hi, hello, hi]],
  ['one with tool calls', [hi, calls('a', 'b'), results('a', 'b'), hello, hi]],
  ['one with results in two messages', [hi, calls('a', 'b'), results('b'), results('a'), hello]],
  ['one that ends in results', [hi, calls('a'), results('a')]],
])('closeHistory returns the same array for a well-formed history: %s', (_, history) => {
  expect(closeHistory(history)).toBe(history)
})

it.each<[string, Message[], unknown[]]>([
  ['a call at the end', [hi, calls('a')], [hi, calls('a'), interrupted('a')]],
  ['a call before a user', [calls('a'), hi], [calls('a'), interrupted('a'), hi]],
  [
    'one of two calls',
    [calls('a', 'b'), results('b'), hi],
    [calls('a', 'b'), results('b'), interrupted('a'), hi],
  ],
])('closeHistory adds a result to %s', (_, history, closed) => {
  expect(closeHistory(history)).toEqual(closed)
})

it('closeHistory drops results without a call and second results', () => {
  const history = [hi, results('x'), calls('a'), results('a', 'x'), results('a'), hello]
  expect(closeHistory(history)).toEqual([hi, calls('a'), results('a'), hello])
})

it('closeHistory puts an answer between two user messages, also across system messages', () => {
  expect(closeHistory([hi, hi])).toEqual([hi, placeholder, hi])
  expect(closeHistory([hi, rules, hi])).toEqual([hi, rules, placeholder, hi])
})

it('closeHistory drops an empty answer', () => {
  const silent: AssistantMessage = {
    role: 'assistant',
    content: [{ type: 'reasoning', text: 'Hm' }],
  }
  expect(closeHistory([hi, silent, hi])).toEqual([hi, placeholder, hi])
})

it('closeHistory keeps only the text of an interrupted answer', async () => {
  const openai = { openai: { itemId: 'gone' } }
  const turn = [
    { reasoning: 'Hm', providerMetadata: openai },
    { text: 'Let me look', providerMetadata: openai },
    { toolCall: { name: 'find', id: 'a' } },
    { finish: false as const },
  ]
  const { partial } = failureOf((await ask(scriptedModel([turn]))).outcome)
  if (!partial) throw new Error('nothing was produced')
  expect(isInterrupted(partial)).toBe(true)
  expect(partial.content).toHaveLength(3)
  expect(closeHistory([hi, partial, results('a'), hi])).toEqual([
    hi,
    { role: 'assistant', content: [{ type: 'text', text: 'Let me look' }] },
    hi,
  ])
})
