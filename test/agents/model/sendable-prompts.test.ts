import { describe, expect, it } from 'vitest'
import { closeHistory, toPrompt } from '../../../src/agents/model/messages.ts'
import { refusedMark } from '../../../src/agents/model/generation.ts'
import { createTarget } from '../../../src/agents/model/prompt-target.ts'
import { type AssistantMessage, type Message, userMessage } from '../../../src/records/message.ts'
import { answerOf, ask, rawModel, versions } from './support.ts'

const hi = userMessage('Hi')
const say = (text: string): AssistantMessage => ({
  role: 'assistant',
  content: [{ type: 'text', text }],
})
const call: AssistantMessage = {
  role: 'assistant',
  content: [
    { type: 'text', text: '\n\n' },
    { type: 'tool_call', id: 'a', function: { name: 'find', arguments: {} } },
  ],
}
const result = (text: string): Message => ({
  role: 'tool',
  content: [{ type: 'tool_result', id: 'a', toolName: 'find', content: [{ type: 'text', text }] }],
})

describe.each(versions)('a prompt for %s', (version) => {
  const write = (messages: readonly Message[], canFetch = () => false) =>
    toPrompt(createTarget(version, canFetch), null, closeHistory(messages))
  const textsOf = (messages: readonly Message[]) =>
    write(messages).flatMap(({ content }) =>
      typeof content === 'string' ? [content] : content.map((part) => part['text'] ?? part['type']),
    )

  it.each([[''], [' '], ['\n\n'], ['\u00a0\u2003\t']])('has no blank text: %j', (blank) => {
    const quiet: Message[] = [
      { role: 'system', content: blank },
      userMessage(blank),
      say(blank),
      { role: 'user', content: [] },
      call,
      result(blank),
      say('Hello'),
      {
        role: 'user',
        content: [
          { type: 'text', text: blank },
          { type: 'text', text: 'And?' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: blank },
          { type: 'text', text: 'x' },
        ],
      },
    ]
    const prompt = write(quiet)
    expect(prompt.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
      'assistant',
    ])
    expect(textsOf(quiet)).toEqual([
      '[empty message]',
      'The previous message got no answer.',
      '[empty message]',
      'tool-call',
      'tool-result',
      'Hello',
      'And?',
      'x',
    ])
    expect(JSON.stringify(prompt[4])).toContain('[empty]')
  })

  it('keeps a blank text that has a signature', () => {
    const signature = JSON.stringify({ anthropic: { signature: 's' } })
    const signed: Message = { role: 'assistant', content: [{ type: 'text', text: '', signature }] }
    expect(write([hi, signed])[1]?.content).toMatchObject([{ text: '', providerOptions: {} }])
  })

  it.each([
    ['photo.png'],
    [''],
    ['https://'],
    ['file:///etc/passwd'],
    ['http://169.254.169.254/latest'],
    ['https://example.org/not-fetched.png'],
    ['data:image/png;base64,%%%'],
    ['data:image/png,plain'],
  ])('has a note in place of a file by the address %j', (url) => {
    const files: Message = {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'url', url } },
        { type: 'document', source: { type: 'url', url, mediaType: 'application/pdf' } },
      ],
    }
    expect(textsOf([files])).toEqual(['[image left out]', '[document left out]'])
  })

  it.each([['not base64!'], [''], ['a'], ['AQ=D'], ['AQI==='], ['AQID\n']])(
    'has a note in place of a file with the content %j',
    (data) => {
      const files: Message = {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', data, mediaType: 'image/png' } },
          { type: 'document', source: { type: 'base64', data, mediaType: 'application/pdf' } },
        ],
      }
      const drawn: Message = {
        role: 'tool',
        content: [{ type: 'tool_result', id: 'a', content: [{ type: 'image', data }] }],
      }
      expect(textsOf([files])).toEqual(['[image left out]', '[document left out]'])
      expect(JSON.stringify(write([hi, call, drawn]))).toContain('[image left out]')
    },
  )

  it('has base64 as every provider reads it', () => {
    const image: Message = {
      role: 'user',
      content: [{ type: 'image', source: { type: 'base64', data: '-_8', mediaType: 'image/png' } }],
    }
    expect(JSON.stringify(write([image]))).toContain('"+/8="')
  })

  it('is the same for messages whose keys a store has ordered anew', () => {
    const ordered = (reorder: boolean): Message[] => {
      const pair = (a: [string, unknown], b: [string, unknown]) =>
        Object.fromEntries(reorder ? [b, a] : [a, b])
      const inner = pair(['q', 1], ['b', 2])
      const providerMetadata = { openai: pair(['itemId', 'x'], ['a', 1]) }
      const additionalParams = { providerMetadata, providerExecuted: true, result: inner }
      const functionCall = { name: 'find', arguments: pair(['query', 'x'], ['b', inner]) }
      const content = [
        {
          type: 'tool_call',
          id: 'a',
          function: functionCall,
          additionalParams: { providerMetadata },
        },
        { type: 'tool_call', id: 'h', function: functionCall, additionalParams },
      ]
      return [hi, { role: 'assistant', content } as AssistantMessage, result('r')]
    }
    expect(JSON.stringify(write(ordered(true)))).toBe(JSON.stringify(write(ordered(false))))
  })

  it('has no half of a surrogate pair and no NUL', () => {
    const half = 'cut \ud83d and \0'
    const messages: Message[] = [
      { role: 'system', content: half },
      userMessage(half),
      say(half),
      userMessage(half),
      call,
      result(half),
    ]
    const prompt = toPrompt(
      createTarget(version, () => false),
      half,
      closeHistory(messages),
    )
    expect(JSON.stringify(prompt)).not.toMatch(/\\u(d8|0000)/)
    expect(JSON.stringify(prompt)).toContain('cut \ufffd and \ufffd')
  })
})

describe('what a provider refused', () => {
  it('is left out when it was the message of a user', () => {
    const history = [hi, say('Hello'), userMessage('bad'), refusedMark(1), userMessage('good')]
    expect(closeHistory(history)).toEqual([hi, say('Hello'), userMessage('good')])
  })

  it('becomes a note when it was calls with their results', () => {
    const history = [
      hi,
      { ...call, content: [{ type: 'text', text: 'Look' }, ...call.content] } as AssistantMessage,
      result('odd'),
      refusedMark(2),
      hi,
    ]
    const [, note] = closeHistory(history)
    expect(note).toEqual({
      role: 'assistant',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'text', text: expect.stringContaining('could not be sent: find]') },
      ],
    })
    expect(closeHistory(history)).toHaveLength(3)
  })

  it('is known by a mark at the beginning of a cut history too', () => {
    expect(closeHistory([refusedMark(3), hi])).toEqual([hi])
  })
})

describe('a call that the provider ran itself', () => {
  const of = (itemId: string) => ({ openai: { itemId } })
  const parts = [
    { type: 'reasoning-start', id: '1', providerMetadata: of('rs_1') },
    { type: 'reasoning-end', id: '1', providerMetadata: of('rs_1') },
    {
      type: 'tool-call',
      toolCallId: 'ws_1',
      toolName: 'web_search',
      input: '{"q":1}',
      providerExecuted: true,
      providerMetadata: of('ws_1'),
    },
    {
      type: 'tool-call',
      toolCallId: 'ws_2',
      toolName: 'web_search',
      input: '{}',
      providerExecuted: true,
    },
    {
      type: 'tool-result',
      toolCallId: 'ws_2',
      toolName: 'web_search',
      result: { code: 'x' },
      isError: true,
    },
    {
      type: 'tool-result',
      toolCallId: 'ws_1',
      toolName: 'web_search',
      result: [1],
      preliminary: true,
    },
    {
      type: 'tool-result',
      toolCallId: 'ws_1',
      toolName: 'web_search',
      result: { found: 2 },
      providerMetadata: of('ws_1'),
    },
    { type: 'text-delta', id: 't', delta: 'found' },
    { type: 'finish', finishReason: 'stop', usage: {} },
  ]

  it('goes back at its place with its result, to its own provider only', async () => {
    const answer = answerOf((await ask(rawModel(parts))).outcome)
    expect(answer.toolCalls).toEqual([])
    const [, sent] = toPrompt(
      createTarget('v3', () => false),
      null,
      closeHistory([hi, answer.message], 'raw'),
    )
    const providerOptions = of('ws_1')
    expect(sent?.content).toEqual([
      { type: 'reasoning', text: '', providerOptions: of('rs_1') },
      {
        type: 'tool-call',
        toolCallId: 'ws_1',
        toolName: 'web_search',
        input: { q: 1 },
        providerExecuted: true,
        providerOptions,
      },
      {
        type: 'tool-result',
        toolCallId: 'ws_1',
        toolName: 'web_search',
        output: { type: 'json', value: { found: 2 } },
        providerOptions,
      },
      {
        type: 'tool-call',
        toolCallId: 'ws_2',
        toolName: 'web_search',
        input: {},
        providerExecuted: true,
      },
      {
        type: 'tool-result',
        toolCallId: 'ws_2',
        toolName: 'web_search',
        output: { type: 'error-json', value: { code: 'x' } },
      },
      { type: 'text', text: 'found' },
    ])
    const elsewhere = closeHistory([hi, answer.message], 'other')
    expect(elsewhere[1]).toMatchObject({ content: [{ type: 'reasoning' }, { text: 'found' }] })
  })

  it('waits for no result of ours', async () => {
    const answer = answerOf(
      (await ask(rawModel([...parts.slice(0, 3), ...parts.slice(7)]))).outcome,
    )
    expect(closeHistory([hi, answer.message, hi], 'raw')).toEqual([hi, answer.message, hi])
  })
})
