import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../../../src/agents/agent.ts'
import { defineTool } from '../../../src/agents/tool.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { createScenarioAgent } from '../scenarios/agent.ts'
import { choose, openEditor, placeOfStudio, wait } from './editor.ts'

async function openStudio() {
  const test = await createTestStudio({ agents: [createScenarioAgent()] })
  return { ...test, place: placeOfStudio(test.studio) }
}

const png = 'iVBORw0KGgo='

describe('a session of ACP', () => {
  it('a loaded session shows the whole conversation once, with how each run ended', async () => {
    const { place } = await openStudio()
    const first = await openEditor({ ...place, answer: choose('reject') })
    const sessionId = await first.open()
    await first.say(sessionId, 'think')
    await first.say(sessionId, 'add')
    await first.say(sessionId, 'refund')
    await first.say(sessionId, 'fail').catch(() => undefined)
    const second = await openEditor(place)
    await second.load(sessionId)
    const kinds = second.updates.map((update) => [
      update.sessionUpdate,
      'toolCallId' in update ? update.status : textOf(update),
    ])
    expect(kinds).toEqual([
      ['user_message_chunk', 'think'],
      ['agent_thought_chunk', 'Hm.'],
      ['agent_message_chunk', 'I thought.'],
      ['user_message_chunk', 'add'],
      ['tool_call', 'completed'],
      ['agent_message_chunk', 'Done.'],
      ['user_message_chunk', 'refund'],
      ['tool_call', 'failed'],
      ['agent_message_chunk', 'Done.'],
      ['user_message_chunk', 'fail'],
      ['agent_message_chunk', 'The run failed: out of order'],
      ['session_info_update', 'think'],
    ])
    const call = second.updates.find((update) => update.sessionUpdate === 'tool_call')
    expect(call).toMatchObject({ title: 'add', rawInput: { a: 1, b: 2 }, rawOutput: { sum: 3 } })
    expect(await second.say(sessionId, 'hi')).toMatchObject({ stopReason: 'end_turn' })
  })

  it('a session is named after its first prompt', async () => {
    const { place } = await openStudio()
    const editor = await openEditor(place)
    await editor.say(await editor.open(), 'hi')
    const title = { sessionUpdate: 'session_info_update', title: 'hi' }
    await eventually(async () => expect(editor.updates).toContainEqual(title))
  })

  it('a loaded session goes on to show its open runs, and cancels them', async () => {
    const { place, studio } = await openStudio()
    const first = await openEditor(place)
    const sessionId = await first.open()
    void first.say(sessionId, 'hang').catch(() => undefined)
    await eventually(async () => expect(first.text()).toBe('Half'))
    first.close()
    const body = JSON.stringify({ message: 'hang again', sessionId, onBusy: 'enqueue' })
    const headers = { 'content-type': 'application/json', prefer: 'respond-async' }
    const url = 'http://studio.test/agents/support/runs'
    await studio.fetch(new Request(url, { method: 'POST', headers, body }))
    const second = await openEditor(place)
    await second.load(sessionId)
    await eventually(async () => expect(second.text()).toBe('Half'))
    expect(second.said()).toBe('hanghang again')
    const said = second.say(sessionId, 'hi')
    await second.cancel(sessionId)
    expect(await said).toMatchObject({ stopReason: 'cancelled' })
    await eventually(async () =>
      expect(second.text().match(/Cancelled by the caller/g)).toHaveLength(2),
    )
  })

  it('another prompt of a session is refused while one is under way', async () => {
    const { place } = await openStudio()
    const editor = await openEditor(place)
    const sessionId = await editor.open()
    const said = editor.say(sessionId, 'hang')
    const refused = { code: -32600, message: expect.stringContaining('under way') as string }
    await expect(editor.say(sessionId, 'hi')).rejects.toMatchObject(refused)
    await expect(editor.load(sessionId)).rejects.toMatchObject(refused)
    await editor.cancel(sessionId)
    expect(await said).toMatchObject({ stopReason: 'cancelled' })
    expect(await editor.say(sessionId, 'hi')).toMatchObject({ stopReason: 'end_turn' })
  })

  it('a prompt is cancelled before its run is stored', async () => {
    const { studio } = await openStudio()
    let go = () => undefined as void
    const held = new Promise<void>((resolve) => (go = resolve))
    const editor = await openEditor({
      url: 'http://studio.test',
      async fetch(request) {
        if (request.method === 'POST' && request.url.endsWith('/runs')) await held
        return studio.fetch(request)
      },
    })
    const sessionId = await editor.open()
    const said = editor.say(sessionId, 'hang')
    await editor.cancel(sessionId)
    go()
    expect(await said).toMatchObject({ stopReason: 'cancelled' })
  })

  it('a lost answer to the start of a run does not start a second one', async () => {
    const { studio, get } = await openStudio()
    let lost = 0
    const editor = await openEditor({
      url: 'http://studio.test',
      async fetch(request) {
        const isStart = request.method === 'POST' && request.url.endsWith('/runs')
        const response = await studio.fetch(request)
        if (!isStart || lost++ > 0) return response
        throw new TypeError('fetch failed')
      },
    })
    await editor.say(await editor.open(), 'hi')
    expect(editor.text()).toBe('Hello')
    expect(((await get('/runs')).body as { runs: unknown[] }).runs).toHaveLength(1)
    expect(lost).toBe(2)
  })

  it('a session of another agent is not found', async () => {
    const model = scriptedModel(['Hi'])
    const agents = [createScenarioAgent(), defineAgent({ id: 'other', model })]
    const { studio } = await createTestStudio({ agents })
    const place = placeOfStudio(studio)
    const support = await openEditor({ ...place, agentId: 'support' })
    const sessionId = await support.open()
    const other = await openEditor({ ...place, agentId: 'other' })
    await expect(other.load(sessionId)).rejects.toMatchObject({ code: -32002 })
    await expect(other.load('none')).rejects.toMatchObject({ code: -32002 })
    expect(other.updates).toEqual([])
  })
})

function textOf(update: object): string | undefined {
  const { content, title } = update as { content?: { text?: string }; title?: string }
  return content?.text ?? title
}

describe('a prompt of ACP', () => {
  it('every kind of content reaches the model', async () => {
    const { studio, model } = await createTestStudio({ turns: ['Seen', 'Again'] })
    const editor = await openEditor(placeOfStudio(studio))
    const sessionId = await editor.open()
    await editor.agent.request('session/prompt', {
      sessionId,
      prompt: [
        { type: 'text', text: 'Look' },
        { type: 'image', data: png, mimeType: 'image/png' },
        { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' },
        { type: 'resource_link', uri: 'file:///project/a.ts', name: 'a.ts' },
        { type: 'resource', resource: { uri: 'file:///project/b.ts', text: 'let b' } },
        { type: 'resource', resource: { uri: 'file:///c', blob: 'AAEC' } },
      ],
    })
    const said = model.calls[0]?.prompt.at(-1) as { content: { type: string }[] }
    expect(said.content).toMatchObject([
      { type: 'text', text: 'Look' },
      { type: 'file', mediaType: 'image/png' },
      { type: 'file', mediaType: 'audio/wav' },
      { type: 'text', text: '[@a.ts](file:///project/a.ts)' },
      { type: 'text', text: 'file:///project/b.ts:\nlet b' },
      { type: 'file', mediaType: 'application/octet-stream', filename: 'file:///c' },
    ])
    const second = await openEditor(placeOfStudio(studio))
    await second.load(sessionId)
    const shown = second.updates.flatMap((one) => ('content' in one ? [one.content] : []))
    expect(shown).toMatchObject([
      { type: 'text', text: 'Look\n[@a.ts](file:///project/a.ts)' },
      { type: 'image', data: png, mimeType: 'image/png' },
      { type: 'text', text: '[audio/wav]' },
      { type: 'resource_link', uri: 'file:///project/b.ts', name: 'b.ts' },
      { type: 'resource_link', uri: 'file:///c', name: 'c' },
      { type: 'text', text: 'Seen' },
    ])
  })

  it('a file that the studio refuses is named', async () => {
    const { studio } = await createTestStudio()
    const editor = await openEditor(placeOfStudio(studio))
    const prompt = [{ type: 'image' as const, data: '?', mimeType: 'image/png' }]
    const said = editor.agent.request('session/prompt', { sessionId: await editor.open(), prompt })
    await expect(said).rejects.toMatchObject({
      code: -32602,
      data: { code: 'bad_request', details: expect.anything() as unknown },
    })
  })

  it.each([
    ['max_tokens', ['Cut', { finish: 'length' }]],
    ['max_tokens', [{ finish: 'length' }]],
    ['refusal', ['No', { finish: 'content-filter' }]],
    ['end_turn', ['Yes', { finish: 'other' }]],
  ] as const)('a prompt stops with %s', async (stopReason, turn) => {
    const { studio } = await createTestStudio({ turns: [[...turn]], agent: { retries: 0 } })
    const editor = await openEditor(placeOfStudio(studio))
    expect(await editor.say(await editor.open(), 'hi')).toMatchObject({ stopReason })
  })

  it('a prompt that needs too many turns stops with max_turn_requests', async () => {
    const loop = { toolCall: { name: 'again', input: {} } }
    const tool = defineTool({
      name: 'again',
      description: 'Does it again.',
      input: z.object({}),
      execute: () => {
        throw new Error('out of paper')
      },
    })
    const { studio } = await createTestStudio({
      turns: [loop, loop],
      tools: [tool],
      agent: { maxTurns: 1 },
    })
    const editor = await openEditor(placeOfStudio(studio))
    const answer = await editor.say(await editor.open(), 'hi')
    expect(answer).toMatchObject({ stopReason: 'max_turn_requests' })
    const call = editor.updates.find((update) => update.sessionUpdate === 'tool_call')
    const id = call && 'toolCallId' in call ? call.toolCallId : ''
    expect(editor.call(id)).toMatchObject({ status: 'failed' })
  })

  it('a run that somebody else cancels stops the prompt', async () => {
    const { place, get, post } = await openStudio()
    const editor = await openEditor({ ...place, answer: wait })
    const said = editor.say(await editor.open(), 'hang')
    await eventually(async () => expect(editor.text()).toBe('Half'))
    const { runs } = (await get('/runs')).body as { runs: { id: string }[] }
    await post(`/runs/${runs[0]?.id}/cancel`, {})
    expect(await said).toMatchObject({ stopReason: 'cancelled' })
  })
})
