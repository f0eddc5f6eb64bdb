import { Agent, Runner, RunState } from '@openai/agents-core'
import { describe, expect, it } from 'vitest'
import { hostAgent as hostGraph } from '../../src/host/langgraph/index.ts'
import { toChatMessages } from '../../src/host/langgraph/chat-messages.ts'
import { packCheckpoint, unpackCheckpoint } from '../../src/host/langgraph/checkpoint.ts'
import { readInterrupts, toResume } from '../../src/host/langgraph/interrupts.ts'
import { hostAgent as hostMastra } from '../../src/host/mastra/index.ts'
import { toModelMessages } from '../../src/host/mastra/model-messages.ts'
import { hostAgent as hostOpenAi } from '../../src/host/openai-agents/index.ts'
import { toInputItems } from '../../src/host/openai-agents/input-items.ts'
import type { Message } from '../../src/records/message.ts'

describe('hostAgent of a framework', () => {
  it('refuses what is no agent, what is missing and what it does not know', () => {
    const agent = new Agent({ name: 'Support' })
    const runner = new Runner({ tracingDisabled: true })
    const right = { id: 'support', runner, RunState }
    const refused = [
      () => hostOpenAi({} as Agent, right),
      () => hostOpenAi(agent, { ...right, runner: {} as Runner }),
      () => hostOpenAi(agent, { ...right, RunState: {} as typeof RunState }),
      () => hostOpenAi(agent, { ...right, onCrash: 'ask' as 'fail' }),
      () => hostOpenAi(agent, { ...right, approvalExpiresInMs: 0 }),
      () => hostOpenAi(agent, { ...right, expiresInMs: 1 } as typeof right),
      () => hostOpenAi(agent, { ...right, id: ' ' }),
    ]
    const messages = refused.map((make) => {
      try {
        return String(make())
      } catch (error) {
        return (error as TypeError).message
      }
    })
    expect(messages).toEqual([
      'hostAgent takes an Agent of @openai/agents',
      'hostAgent needs runner: a Runner of @openai/agents',
      'hostAgent needs RunState of @openai/agents',
      "hostAgent needs onCrash 'fail' or 'retry'",
      'approvalExpiresInMs must be a number of milliseconds above 0, not 0',
      expect.stringContaining('"expiresInMs" is unknown'),
      'An agent needs an id that is not empty',
    ])
  })

  it('refuses a graph without messages, and classes that are not handed over', () => {
    const graph = { channels: { messages: {} }, stream: () => null, getState: () => null }
    const options = { id: 'support', Command: Map, MemorySaver: Map }
    expect(hostGraph(graph, options)).toMatchObject({ id: 'support' })
    const other = { ...graph, channels: { total: {} } }
    expect(() => hostGraph(other, options)).toThrow(/whose state has messages/)
    const without = { ...options, Command: undefined } as unknown as typeof options
    expect(() => hostGraph(graph, without)).toThrow(/needs Command/)
  })

  it('refuses an agent of Mastra that no Mastra has', () => {
    const agent = {
      stream: () => null,
      approveToolCall: () => null,
      declineToolCall: () => null,
      getMastraInstance: (): unknown => null,
    }
    expect(() => hostMastra(agent, { id: 'support' })).toThrow(/mastra\.getAgent/)
    expect(() => hostMastra({} as typeof agent, { id: 'support' })).toThrow(/@mastra\/core 1/)
  })
})

const conversation: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'Look' },
      { type: 'image', source: { type: 'base64', data: 'aGk=', mediaType: 'image/png' } },
      {
        type: 'document',
        source: { type: 'base64', data: 'aGk=', mediaType: 'application/pdf', filename: 'a.pdf' },
      },
      { type: 'document', source: { type: 'text', text: 'note', filename: 'a.txt' } },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'reasoning', text: 'Hm.' },
      { type: 'text', text: 'Let me see.' },
      { type: 'tool_call', id: 'c1', function: { name: 'find', arguments: { id: 1 } } },
    ],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool_result',
        id: 'c1',
        toolName: 'find',
        content: [{ type: 'text', text: 'No' }],
        isError: true,
      },
    ],
  },
]

describe('a conversation', () => {
  it('becomes input items of OpenAI Agents', () => {
    expect(toInputItems(conversation)).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', image: 'data:image/png;base64,aGk=' },
          { type: 'input_file', file: 'data:application/pdf;base64,aGk=', filename: 'a.pdf' },
          { type: 'input_text', text: 'a.txt:\nnote' },
        ],
      },
      {
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'Let me see.' }],
      },
      {
        type: 'function_call',
        status: 'completed',
        callId: 'c1',
        name: 'find',
        arguments: '{"id":1}',
      },
      {
        type: 'function_call_result',
        status: 'completed',
        callId: 'c1',
        name: 'find',
        output: { type: 'text', text: 'No' },
      },
    ])
  })

  it('becomes messages of LangChain', () => {
    expect(toChatMessages(conversation)).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          {
            type: 'file',
            mimeType: 'application/pdf',
            data: 'aGk=',
            metadata: { filename: 'a.pdf' },
          },
          { type: 'text', text: 'a.txt:\nnote' },
        ],
      },
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [{ type: 'tool_call', id: 'c1', name: 'find', args: { id: 1 } }],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'find', content: 'No', status: 'error' },
    ])
  })

  it('becomes messages of Mastra', () => {
    expect(toModelMessages(conversation)).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'file', data: 'aGk=', mediaType: 'image/png' },
          { type: 'file', data: 'aGk=', mediaType: 'application/pdf', filename: 'a.pdf' },
          { type: 'text', text: 'a.txt:\nnote' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'find', input: { id: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'find',
            output: { type: 'error-text', value: 'No' },
          },
        ],
      },
    ])
  })
})

describe('the state of a graph', () => {
  it('keeps the bytes of its checkpointer, texts and others', () => {
    const text = new TextEncoder().encode('{"ä":"\uFEFF"}')
    const saver = {
      storage: { t: { '': { id: [text, Uint8Array.of(0xff, 0x00), undefined] } } },
      writes: { key: { '0': ['task', 'channel', text] } },
    }
    const restored = { storage: null as unknown, writes: null as unknown }
    unpackCheckpoint(restored, JSON.parse(JSON.stringify(packCheckpoint(saver))))
    expect(restored).toEqual({
      storage: { t: { '': { id: [text, Uint8Array.of(0xff, 0x00), null] } } },
      writes: saver.writes,
    })
  })

  it('gives each call its own decision, and rejects those without one', () => {
    const action = (to: string) => ({ name: 'send', args: { to } })
    const value = {
      actionRequests: [action('Bo'), action('Al'), action('Cy')],
      reviewConfigs: [{ actionName: 'send', allowedDecisions: ['approve', 'edit', 'respond'] }],
    }
    const calls = [
      { id: 'b', ...action('Al') },
      { id: 'a', ...action('Bo') },
    ]
    const asked = { id: 'question', value: { size: '?' } }
    const { waiting, pending } = readInterrupts([{ id: 'i', value }, asked], calls)
    expect(pending).toEqual([
      { callId: 'a', toolName: 'send', input: { to: 'Bo' }, allowed: ['approve', 'edit'] },
      { callId: 'b', toolName: 'send', input: { to: 'Al' }, allowed: ['approve', 'edit'] },
      { callId: 'i:2', toolName: 'send', input: { to: 'Cy' }, allowed: ['approve', 'edit'] },
      { callId: 'question', toolName: 'interrupt', input: { size: '?' }, asksOutput: true },
    ])
    const decided = [
      { callId: 'question', approved: true, output: 'L', reason: null },
      { callId: 'b', approved: true, input: { to: 'Al?' }, reason: null },
      { callId: 'a', approved: true, reason: null },
    ]
    expect(toResume(waiting, decided)).toEqual({
      i: {
        decisions: [
          { type: 'approve' },
          { type: 'edit', editedAction: { name: 'send', args: { to: 'Al?' } } },
          { type: 'reject', message: 'The tool call was rejected.' },
        ],
      },
      question: 'L',
    })
    expect(toResume(waiting, [])).toMatchObject({ question: { rejected: true, reason: null } })
  })
})
