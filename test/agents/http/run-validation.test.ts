import { describe, expect, it } from 'vitest'
import { listAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

const message = 'hi'

/** Title, body, and the paths that the answer must name. */
const refused: readonly [what: string, body: unknown, paths: readonly string[]][] = [
  ['an array', [], ['']],
  ['null', null, ['']],
  ['a string', 'x', ['']],
  ['an empty object', {}, ['message']],
  ['a number as message', { message: 5 }, ['message']],
  ['null as message', { message: null }, ['message']],
  [
    'a user message whose content is a string',
    { message: { role: 'user', content: 'str' } },
    ['message.content'],
  ],
  ['a message of an unknown role', { message: { role: 'bogus', content: [] } }, ['message.role']],
  [
    'a part of an unknown type',
    { message: { role: 'user', content: [{ type: 'bogus' }] } },
    ['message.content.0.type'],
  ],
  [
    'a part that is not an object',
    { message: { role: 'user', content: [42] } },
    ['message.content.0'],
  ],
  ['a string as history', { message, history: 'no' }, ['history']],
  [
    'a history item without content',
    { message, history: [{ role: 'user' }] },
    ['history.0.content'],
  ],
  ['an empty session id', { message, sessionId: '' }, ['sessionId']],
  ['a blank session id', { message, sessionId: '  ' }, ['sessionId']],
  ['a number as session id', { message, sessionId: 5 }, ['sessionId']],
  ['null as session id', { message, sessionId: null }, ['sessionId']],
  ['a string as stream', { message, stream: 'true' }, ['stream']],
  ['null as stream', { message, stream: null }, ['stream']],
  ['negative maxTurns', { message, maxTurns: -1 }, ['maxTurns']],
  ['maxTurns 0', { message, maxTurns: 0 }, ['maxTurns']],
  ['maxTurns 101', { message, maxTurns: 101 }, ['maxTurns']],
  ['maxTurns 1.5', { message, maxTurns: 1.5 }, ['maxTurns']],
  ['a string as maxTurns', { message, maxTurns: '1' }, ['maxTurns']],
  ['toolConcurrency 0', { message, toolConcurrency: 0 }, ['toolConcurrency']],
  ['toolConcurrency 2.5', { message, toolConcurrency: 2.5 }, ['toolConcurrency']],
  ['an array as metadata', { message, metadata: [] }, ['metadata']],
  ['null as metadata', { message, metadata: null }, ['metadata']],
  ['an array as trace', { message, trace: [] }, ['trace']],
  ['a number as trace name', { message, trace: { name: 1 } }, ['trace.name']],
  ['a number as tag', { message, trace: { tags: ['a', 1] } }, ['trace.tags.1']],
  ['an array as trace metadata', { message, trace: { metadata: [] } }, ['trace.metadata']],
  [
    'a string as failOnObserverError',
    { message, trace: { failOnObserverError: 'x' } },
    ['trace.failOnObserverError'],
  ],
  ['an empty messages', { messages: [] }, ['messages']],
  ['a string as messages', { messages: 'x' }, ['messages']],
  ['an unknown onBusy', { message, onBusy: 'wait' }, ['onBusy']],
  ['timeoutMs 0', { message, timeoutMs: 0 }, ['timeoutMs']],
  ['a string as verbose', { message, verbose: 'x' }, ['verbose']],
  ['a number as cancelOnDisconnect', { message, cancelOnDisconnect: 1 }, ['cancelOnDisconnect']],
  [
    'several faults at once',
    { maxTurns: -1, metadata: [], trace: { name: 1 }, history: [{ role: 'user' }] },
    ['message', 'history.0.content', 'maxTurns', 'metadata', 'trace.name'],
  ],
]

describe('a run request (R-19)', () => {
  it.each(refused)(
    'a run request with %s is refused with 400, which names every field at fault',
    async (_what, body, paths) => {
      const { post, model, get } = await createTestStudio({ turns: ['hello'] })
      const answer = await post('/agents/support/runs', body)
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'bad_request' } } })
      const named = listAt(answer.body, 'error.details') as { path: string; message: string }[]
      expect(named.map(({ path }) => path).sort()).toEqual([...paths].sort())
      expect(named.every((fault) => fault.message.length > 0)).toBe(true)
      expect(model.calls).toHaveLength(0)
      expect((await get('/runs')).body).toEqual({ runs: [] })
    },
  )

  it.each(['{', '', 'undefined'])(
    'a run request that is not JSON (%j) is refused',
    async (body) => {
      const { studio } = await createTestStudio()
      const request = new Request('http://studio.test/agents/support/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      expect((await studio.fetch(request)).status).toBe(400)
    },
  )

  it('a run request of another content type is refused with 415', async () => {
    const { studio } = await createTestStudio()
    const request = new Request('http://studio.test/agents/support/runs', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{"message":"hi"}',
    })
    expect((await studio.fetch(request)).status).toBe(415)
  })

  it('a run request may have unknown members (R-20)', async () => {
    const { run } = await createTestStudio({ turns: ['hello'] })
    const body = { message, provider: 'x:y', nonsense: [1], trace: { colour: 'red' } }
    expect(await run(body)).toMatchObject({ status: 200, body: { output: 'hello' } })
  })

  it('a run request may have messages of every role and part', async () => {
    const turns = Array.from({ length: 5 }, () => 'hello')
    const { run, model } = await createTestStudio({ turns })
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [] },
      { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
      { role: 'tool', content: [] },
      {
        role: 'user',
        metadata: { from: 'web' },
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
          { type: 'document', source: { type: 'text', text: 'notes', filename: 'a.txt' } },
        ],
      },
    ]
    for (const one of messages) {
      const answer = await run({ message: one })
      expect(answer).toMatchObject({ status: 200, body: { output: 'hello' } })
      expect(listAt(answer.body, 'messages')[0]).toEqual(one)
    }
    expect(model.calls).toHaveLength(messages.length)
  })
})
