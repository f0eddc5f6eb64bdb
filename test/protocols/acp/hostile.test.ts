import { describe, expect, it } from 'vitest'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { createScenarioAgent } from '../scenarios/agent.ts'
import { openEditor, openWire, placeOfStudio } from './editor.ts'

async function open() {
  const { studio, get } = await createTestStudio({ agents: [createScenarioAgent()] })
  return { get, studio, wire: await openWire(placeOfStudio(studio)) }
}

const request = (method: string, params?: unknown, id: unknown = 7) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})
const initialize = request('initialize', { protocolVersion: 1 }, 0)
const place = { cwd: '/project', mcpServers: [] }

async function openSession(wire: Awaited<ReturnType<typeof openWire>>): Promise<string> {
  await wire.ask(initialize)
  const { result } = await wire.ask(request('session/new', place))
  return (result as { sessionId: string }).sessionId
}

describe('the lines of ACP', () => {
  it.each([
    ['text', 'hello', -32700, null],
    ['half an object', '{"jsonrpc":"2.0"', -32700, null],
    ['a list', '[]', -32600, null],
    ['a number', '7', -32600, null],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"x"}', -32600, null],
    ['an id that is none', '{"jsonrpc":"2.0","id":{},"method":"initialize"}', -32600, null],
    ['neither a request nor an answer', '{"jsonrpc":"2.0","id":1}', -32600, null],
    ['a method that does not exist', request('session/fly'), -32601, 7],
    ['a method that is not served', request('session/list'), -32601, 7],
    ['a method of every object', request('toString'), -32601, 7],
    ['a request before initialize', request('session/new', place), -32600, 7],
  ])('a line with %s is refused, and the next is read', async (_, line, code, id) => {
    const { wire } = await open()
    expect(await wire.ask(line)).toMatchObject({ jsonrpc: '2.0', id, error: { code } })
    expect(await wire.ask(initialize)).toMatchObject({ id: 0, result: { protocolVersion: 1 } })
  })

  it('a line that is too long is refused once, and the next is read', async () => {
    const { wire } = await open()
    for (let megabyte = 0; megabyte < 33; megabyte++) wire.input.write('x'.repeat(1_048_576))
    const answer = await wire.ask('')
    expect(answer).toMatchObject({ id: null, error: { code: -32600 } })
    expect(await wire.ask(initialize)).toMatchObject({ id: 0 })
    expect(wire.messages).toHaveLength(2)
  })

  it('letters of several bytes survive, wherever a chunk ends', async () => {
    const { wire, get } = await open()
    const sessionId = await openSession(wire)
    const prompt = [{ type: 'text', text: 'grüß dich 👋' }]
    const bytes = Buffer.from(
      `${JSON.stringify(request('session/prompt', { sessionId, prompt }, 8))}\n`,
    )
    for (const byte of bytes) wire.input.write(Buffer.from([byte]))
    await eventually(async () => expect(wire.messages.at(-1)).toMatchObject({ id: 8 }))
    const { body } = await get(`/sessions/${sessionId}`)
    expect(body).toMatchObject({ transcript: [{ text: 'grüß dich 👋' }, {}] })
  })

  it.each([0, 1, 2, 65_535])('a client of version %i gets version 1', async (protocolVersion) => {
    const { wire } = await open()
    const answer = await wire.ask(request('initialize', { protocolVersion }))
    expect(answer).toMatchObject({
      result: { protocolVersion: 1, agentCapabilities: { loadSession: true } },
    })
  })

  it.each([
    ['initialize', { protocolVersion: '1' }, ['protocolVersion']],
    ['session/new', { cwd: 'here' }, ['cwd', 'mcpServers']],
    ['session/load', { ...place, sessionId: '' }, ['sessionId']],
    ['session/prompt', {}, ['sessionId', 'prompt']],
    ['session/prompt', { sessionId: 's', prompt: [] }, ['prompt']],
    [
      'session/prompt',
      { sessionId: 's', prompt: [{ type: 'text' }, { type: 'film' }, { type: 'image', data: '' }] },
      ['prompt.0.text', 'prompt.1.type', 'prompt.2.mimeType'],
    ],
    ['session/prompt', { sessionId: 's', prompt: [{ type: 'resource' }] }, ['prompt.0.resource']],
    ['session/new', [], ['']],
  ])('%s with %j names every field at fault', async (method, params, paths) => {
    const { wire } = await open()
    await wire.ask(initialize)
    const { error } = (await wire.ask(request(method, params))) as {
      error: { code: number; message: string; data: { details: { path: string }[] } }
    }
    expect(error.code).toBe(-32602)
    expect(error.data.details.map(({ path }) => path)).toEqual(paths)
    for (const path of paths) expect(error.message).toContain(path)
  })

  it('answers that nobody asked for, and notifications without a meaning, are ignored', async () => {
    const { wire } = await open()
    const sessionId = await openSession(wire)
    wire.send({ jsonrpc: '2.0', id: 1, result: { outcome: { outcome: 'selected' } } })
    wire.send({ jsonrpc: '2.0', id: 'x', error: { code: 1, message: 'no' } })
    wire.send({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId: 'other' } })
    wire.send({ jsonrpc: '2.0', method: 'session/cancel', params: { sessionId } })
    wire.send({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 99 } })
    wire.send({ jsonrpc: '2.0', method: '$/unknown' })
    const count = wire.messages.length
    await wire.ask(request('session/fly'))
    expect(wire.messages).toHaveLength(count + 1)
  })

  it('a prompt is cancelled by the id of its request', async () => {
    const { wire } = await open()
    const sessionId = await openSession(wire)
    const prompt = [{ type: 'text', text: 'hang' }]
    wire.send(request('session/prompt', { sessionId, prompt }, 'p'))
    await eventually(async () => expect(JSON.stringify(wire.messages)).toContain('Half'))
    wire.send({ jsonrpc: '2.0', method: '$/cancel_request', params: { requestId: 'p' } })
    const answer = { id: 'p', result: { stopReason: 'cancelled' } }
    await eventually(async () => expect(wire.messages.at(-1)).toMatchObject(answer))
  })

  it('more requests than a connection may have at once are refused', async () => {
    const { studio } = await open()
    let go = () => undefined as void
    const held = new Promise<void>((resolve) => (go = resolve))
    let isHolding = false
    const wire = await openWire({
      url: 'http://studio.test',
      async fetch(one) {
        if (isHolding) await held
        return studio.fetch(one)
      },
    })
    await wire.ask(initialize)
    isHolding = true
    for (let id = 1; id <= 101; id++) wire.send(request('session/new', place, id))
    await eventually(async () => expect(wire.messages).toHaveLength(2))
    expect(wire.messages[1]).toMatchObject({ id: 101, error: { code: -32603 } })
    go()
    await eventually(async () => expect(wire.messages).toHaveLength(102))
  })
})

describe('the end of a connection of ACP', () => {
  it('the input ends: nothing is shown any more, and the run goes on', async () => {
    const { wire, get } = await open()
    const sessionId = await openSession(wire)
    const prompt = [{ type: 'text', text: 'hang' }]
    wire.send(request('session/prompt', { sessionId, prompt }))
    await eventually(async () => expect(JSON.stringify(wire.messages)).toContain('Half'))
    wire.input.end()
    await wire.ended
    const { body } = await get('/runs')
    expect(body).toMatchObject({ runs: [{ status: 'running' }] })
    expect(wire.reported).toEqual([])
  })

  it('the output breaks: the program ends', async () => {
    const { wire } = await open()
    wire.output.destroy()
    wire.send(initialize)
    await expect(wire.ended).resolves.toBeUndefined()
  })
})

describe('what an editor may know', () => {
  it('an answer of a studio that is none is told without its text', async () => {
    const { studio } = await createTestStudio({ agents: [createScenarioAgent()] })
    const editor = await openEditor({
      url: 'http://studio.test',
      async fetch(one) {
        if (!one.url.endsWith('/sessions')) return studio.fetch(one)
        return new Response('<h1>postgres://u:s3cret@db/x</h1>', { status: 502 })
      },
    })
    const opened: Promise<unknown> = editor.open()
    const error = await opened.catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: -32603, data: { code: 'bad_answer' } })
    expect(JSON.stringify(error) + String(error)).not.toContain('s3cret')
  })

  it('a token that the studio takes no more asks for another', async () => {
    const { studio } = await createTestStudio({ agents: [createScenarioAgent()] })
    const editor = await openEditor({
      url: 'http://studio.test',
      async fetch(one) {
        if (!one.url.endsWith('/sessions')) return studio.fetch(one)
        const error = { code: 'unauthorized', message: 'Missing or wrong token' }
        return Response.json({ error }, { status: 401 })
      },
    })
    await expect(editor.open()).rejects.toMatchObject({ code: -32000 })
  })

  it('the MCP servers of an editor are not used, and their secrets not logged', async () => {
    const { wire } = await open()
    await wire.ask(initialize)
    const env = [{ name: 'TOKEN', value: 's3cret' }]
    const mcpServers = [{ name: 'files', command: 'x', args: [], env }]
    await wire.ask(request('session/new', { ...place, mcpServers }))
    expect(String(wire.reported)).toMatch(/not used/)
    expect(String(wire.reported)).not.toContain('s3cret')
  })
})
