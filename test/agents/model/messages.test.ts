import type {
  LanguageModelV2Prompt,
  LanguageModelV3Prompt,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { toPrompt } from '../../../src/agents/model/messages.ts'
import { createTarget } from '../../../src/agents/model/prompt-target.ts'
import type { Message } from '../../../src/records/message.ts'
import { versions } from './support.ts'

const targetOf = (version: (typeof versions)[number]) => createTarget(version, () => true)
const data = 'AQID'
const url = 'https://files.test/cat.png'
const files: Message = {
  role: 'user',
  content: [
    { type: 'image', source: { type: 'url', url } },
    { type: 'image', source: { type: 'base64', data, mediaType: 'image/png' }, detail: 'low' },
    { type: 'image', source: { type: 'url', url: `data:image/gif;base64,${data}` } },
    {
      type: 'document',
      source: { type: 'base64', data, mediaType: 'application/pdf', filename: 'a.pdf' },
    },
    { type: 'document', source: { type: 'text', text: 'Notes', filename: 'notes.txt' } },
  ],
}
const result: Message = {
  role: 'tool',
  content: [
    {
      type: 'tool_result',
      id: 'a',
      toolName: 'shoot',
      content: [
        { type: 'text', text: 'Here' },
        { type: 'image', data },
      ],
    },
  ],
}
const low = { openai: { imageDetail: 'low' } }
const notes = { type: 'text', text: 'notes.txt:\nNotes' } as const

describe('files', () => {
  it('toPrompt sends files as bare data in v2 and v3', () => {
    const expected = [
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/*', data: new URL(url) },
          { type: 'file', mediaType: 'image/png', data, providerOptions: low },
          { type: 'file', mediaType: 'image/gif', data },
          { type: 'file', mediaType: 'application/pdf', data, filename: 'a.pdf' },
          notes,
        ],
      },
    ] satisfies LanguageModelV2Prompt satisfies LanguageModelV3Prompt
    expect(toPrompt(targetOf('v2'), null, [files])).toEqual(expected)
    expect(toPrompt(targetOf('v3'), null, [files])).toEqual(expected)
  })

  it('toPrompt sends files as tagged data in v4', () => {
    const expected = [
      {
        role: 'user',
        content: [
          { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL(url) } },
          {
            type: 'file',
            mediaType: 'image/png',
            data: { type: 'data', data },
            providerOptions: low,
          },
          { type: 'file', mediaType: 'image/gif', data: { type: 'data', data } },
          {
            type: 'file',
            mediaType: 'application/pdf',
            data: { type: 'data', data },
            filename: 'a.pdf',
          },
          notes,
        ],
      },
    ] satisfies LanguageModelV4Prompt
    expect(toPrompt(targetOf('v4'), null, [files])).toEqual(expected)
  })
})

describe('a tool result with an image', () => {
  const around = (image: object) => [
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'a',
          toolName: 'shoot',
          output: { type: 'content', value: [{ type: 'text', text: 'Here' }, image] },
        },
      ],
    },
  ]
  it.each([
    ['v2', { type: 'media', data, mediaType: 'image/png' }],
    ['v3', { type: 'image-data', data, mediaType: 'image/png' }],
    ['v4', { type: 'file', data: { type: 'data', data }, mediaType: 'image/png' }],
  ] as const)('is worded for %s', (version, image) => {
    expect(toPrompt(targetOf(version), null, [result])).toEqual(around(image))
  })
})

describe.each(versions)('a prompt for %s', (version) => {
  const question: Message = { role: 'user', content: [{ type: 'text', text: 'Hi' }] }

  it('a prompt begins with the instructions', () => {
    expect(toPrompt(targetOf(version), 'Be brief.', [question])).toEqual([
      { role: 'system', content: 'Be brief.' },
      question,
    ])
  })

  it('a prompt returns provider metadata to the provider', () => {
    const anthropic = { anthropic: { signature: 's' } }
    const signature = JSON.stringify(anthropic)
    const message: Message = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm', content: [{ type: 'text', text: 'Hm', signature }] },
        { type: 'text', text: 'Hello', signature },
        {
          type: 'tool_call',
          id: 'a',
          function: { name: 'find', arguments: { q: 1 } },
          additionalParams: { providerMetadata: anthropic },
        },
      ],
    }
    const providerOptions = anthropic
    expect(toPrompt(targetOf(version), null, [message])[0]?.content).toEqual([
      { type: 'reasoning', text: 'Hm', providerOptions },
      { type: 'text', text: 'Hello', providerOptions },
      { type: 'tool-call', toolCallId: 'a', toolName: 'find', input: { q: 1 }, providerOptions },
    ])
  })

  it('a prompt leaves out unknown signatures and empty texts', () => {
    const message: Message = {
      role: 'assistant',
      content: [
        { type: 'text', text: '' },
        { type: 'text', text: 'Hello', signature: 'EqoB' },
        { type: 'text', text: 'there', signature: '{broken' },
      ],
    }
    expect(toPrompt(targetOf(version), null, [message])[0]?.content).toEqual([
      { type: 'text', text: 'Hello' },
      { type: 'text', text: 'there' },
    ])
  })

  it('a prompt rewrites invalid tool names and arguments into a form that providers accept', () => {
    const message: Message = {
      role: 'assistant',
      content: [
        { type: 'tool_call', id: 'a', function: { name: 'functions.find it', arguments: '{"q"' } },
        { type: 'tool_call', id: 'b', function: { name: '', arguments: [1] } },
      ],
    }
    expect(toPrompt(targetOf(version), null, [message])[0]?.content).toMatchObject([
      { toolName: 'functions_find_it', input: {} },
      { toolName: 'unnamed_tool', input: {} },
    ])
  })

  it('a prompt names the tool of a result that has no name', () => {
    const call: Message = {
      role: 'assistant',
      content: [{ type: 'tool_call', id: 'a', function: { name: 'find', arguments: {} } }],
    }
    const answer = (id: string, isError?: boolean): Message => ({
      role: 'tool',
      content: [
        {
          type: 'tool_result',
          id,
          content: [{ type: 'text', text: 'no' }],
          ...(isError ? { isError } : {}),
        },
      ],
    })
    expect(
      toPrompt(targetOf(version), null, [call, answer('a'), answer('a', true)]).slice(1),
    ).toMatchObject([
      { content: [{ toolName: 'find', output: { type: 'text', value: 'no' } }] },
      { content: [{ toolName: 'find', output: { type: 'error-text', value: 'no' } }] },
    ])
  })

  it('toPrompt converts each message once', () => {
    const messages = Array.from({ length: 2_000 }, (_, at): Message => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: [{ type: 'text', text: `${at}` }],
    }))
    const target = targetOf(version)
    const first = toPrompt(target, 'one', messages)
    const second = toPrompt(target, 'two', messages)
    expect(second.slice(1).every((message, at) => message === first[at + 1])).toBe(true)
  })
})
