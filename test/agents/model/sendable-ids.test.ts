import { describe, expect, it } from 'vitest'
import { closeHistory } from '../../../src/agents/model/messages.ts'
import {
  type AssistantMessage,
  type Message,
  type ToolMessage,
  userMessage,
} from '../../../src/records/message.ts'
import { ask, answerOf, rawModel } from './support.ts'

const hi = userMessage('Hi')
const from = (provider: string, message: AssistantMessage): AssistantMessage => ({
  ...message,
  metadata: { studio: { generation: { provider } } },
})
const calls = (...ids: string[]): AssistantMessage => ({
  role: 'assistant',
  content: ids.map((id) => ({ type: 'tool_call', id, function: { name: 'find', arguments: {} } })),
})
const results = (...ids: string[]): ToolMessage => ({
  role: 'tool',
  content: ids.map((id, at) => ({
    type: 'tool_result',
    id,
    toolName: 'find',
    content: [{ type: 'text', text: `found ${at}` }],
  })),
})

/** Returns the ids of calls and of results, in order. */
function idsOf(messages: readonly Message[]) {
  const [called, answered]: [string[], string[]] = [[], []]
  for (const { role, content } of messages) {
    if (role !== 'assistant' && role !== 'tool') continue
    for (const part of content) {
      if (part.type === 'tool_call') called.push(part.id)
      if (part.type === 'tool_result') answered.push(part.id)
    }
  }
  return { called, answered }
}

describe('closeHistory', () => {
  it('numbers ids that are repeated, in calls and results alike', () => {
    const turn = [hi, calls('call_0', 'call_1'), results('call_1', 'call_0')]
    const { called, answered } = idsOf(closeHistory([...turn, ...turn, ...turn]))
    expect(called).toEqual(['call_0', 'call_1', 'call_0_2', 'call_1_2', 'call_0_3', 'call_1_3'])
    expect(answered).toEqual(['call_1', 'call_0', 'call_1_2', 'call_0_2', 'call_1_3', 'call_0_3'])
  })

  it('keeps each result with its call when one message has an id twice', () => {
    const closed = closeHistory([hi, calls('a', 'a'), results('a', 'a')])
    expect(idsOf(closed)).toEqual({ called: ['a', 'a_2'], answered: ['a', 'a_2'] })
    expect(closed[2]).toMatchObject({
      content: [{ content: [{ text: 'found 0' }] }, { content: [{ text: 'found 1' }] }],
    })
  })

  it('does not give a number that another call has as its id', () => {
    const { called } = idsOf(closeHistory([calls('a_2'), results('a_2'), calls('a', 'a')]))
    expect(called).toEqual(['a_2', 'a', 'a_3'])
  })

  it.each([
    ['long', 'x'.repeat(4_572)],
    ['empty', ''],
    ['made of other characters', 'functions.find:0 é😀'],
  ])('gives a call of elsewhere an id that every provider accepts: %s', (_, id) => {
    const { called, answered } = idsOf(closeHistory([hi, calls(id), results(id)], 'openai.chat'))
    expect(called[0]).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
    expect(answered).toEqual(called)
  })

  it('keeps the characters of an id for the provider that gave it, and for no other', () => {
    const history = [hi, from('moonshot', calls('functions.find:0')), results('functions.find:0')]
    expect(closeHistory(history, 'moonshot')).toBe(history)
    expect(idsOf(closeHistory(history, 'anthropic')).called).toEqual(['functions_find_0'])
  })

  it('makes the same ids of equal conversations', () => {
    const history = () => [hi, calls('a', 'b'), results('a', 'b'), calls('a'), results('a')]
    expect(closeHistory(history())).toEqual(closeHistory(structuredClone(history())))
  })
})

it.each([['x'.repeat(65)], ['x'.repeat(100_000)], ['with space'], ['half \ud83d'], ['nul\0'], [7]])(
  'a model that gives the id %j to a call gets a short one of ours back',
  async (toolCallId) => {
    const parts = [
      { type: 'tool-input-start', id: toolCallId, toolName: 'find' },
      { type: 'tool-input-delta', id: toolCallId, delta: '{}' },
      { type: 'tool-call', toolCallId, toolName: 'find', input: '{}' },
      { type: 'finish', finishReason: 'tool-calls', usage: {} },
    ]
    const { outcome, log } = await ask(rawModel(parts))
    const [call] = answerOf(outcome).toolCalls
    expect(call?.part.id).toMatch(/^call_[0-9a-f]{16}$/)
    expect(log).toEqual([`tool ${call?.part.id} find {}`])
  },
)
