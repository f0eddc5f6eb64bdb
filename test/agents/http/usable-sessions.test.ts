import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/agents/tool.ts'
import { type ScriptedTurn, scriptedModel } from '../../../src/testing.ts'
import { addTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { storeKinds } from '../../support/stores.ts'
import { createTestStudio, type TestStudioOptions } from '../../support/studio.ts'

const refused = (status: number) => Object.assign(new Error('refused'), { statusCode: status })
const image = (url: string) => ({
  role: 'user',
  content: [
    { type: 'text', text: 'see' },
    { type: 'image', source: { type: 'url', url } },
  ],
})

describe.each(storeKinds)('a session on $name stores', (store) => {
  async function open(turns: readonly ScriptedTurn[], options: TestStudioOptions = {}) {
    const studio = await createTestStudio({ store, turns, ...options })
    const sessionId = await studio.createSession()
    const say = async (message: unknown) => (await studio.run({ message, sessionId })).body
    const lastPrompt = () => studio.model.calls.at(-1)?.prompt.slice(1) ?? []
    return { ...studio, sessionId, say, lastPrompt }
  }

  it.each([400, 413, 422])(
    'goes on without a message that the provider refused with %i, and shows it',
    async (status) => {
      const { say, lastPrompt, get, sessionId } = await open([
        'Hello',
        { error: refused(status) },
        'Fine',
      ])
      await say('one')
      expect(await say('bad')).toMatchObject({ error: { details: { status } } })
      expect(await say('two')).toMatchObject({ output: 'Fine' })
      expect(lastPrompt()).toMatchObject([
        { role: 'user', content: [{ text: 'one' }] },
        { role: 'assistant', content: [{ text: 'Hello' }] },
        { role: 'user', content: [{ text: 'two' }] },
      ])
      const { body } = await get(`/sessions/${sessionId}`)
      expect(listAt(body, 'transcript')).toMatchObject([
        { text: 'one' },
        { text: 'Hello' },
        { text: 'bad' },
        { tone: 'error' },
        { text: 'two' },
        { text: 'Fine' },
      ])
    },
  )

  it('keeps a message whose run failed for another reason', async () => {
    const { say, lastPrompt } = await open([{ error: refused(401) }, 'Fine'])
    await say('one')
    await say('two')
    expect(JSON.stringify(lastPrompt())).toContain('"one"')
  })

  it('tells the model which tools ran when their results were refused', async () => {
    const turns = [toolCall('add', { a: 1, b: 2 }), { error: refused(400) }, 'Fine']
    const { say, lastPrompt, get, sessionId } = await open(turns, { tools: [addTool] })
    expect(await say('1+2?')).toMatchObject({ error: { details: { status: 400 } } })
    expect(await say('And?')).toMatchObject({ output: 'Fine' })
    expect(lastPrompt()).toMatchObject([
      { role: 'user', content: [{ text: '1+2?' }] },
      { role: 'assistant', content: [{ text: expect.stringContaining('add]') }] },
      { role: 'user', content: [{ text: 'And?' }] },
    ])
    const { body } = await get(`/sessions/${sessionId}`)
    expect(listAt(body, 'transcript')[1]).toMatchObject({ kind: 'tool', result: '3' })
  })

  it('sends the same bytes in every run', async () => {
    const input = '{"query":"x","b":{"q":1,"b":2},"10":1,"\\ud83d":"\\u0000"}'
    const find = defineTool({ name: 'find', description: 'f', execute: () => 'cut \ud83d' })
    const providerMetadata = { openai: { itemId: 'i', a: 1 } }
    const call = { toolCall: { name: 'find', input, providerMetadata } }
    const { say, model } = await open([call, 'A', 'B'], { tools: [find] })
    await say('one \ud83d')
    await say('two')
    const [, inRun, later] = model.calls.map(({ prompt }) => JSON.stringify(prompt.slice(0, 4)))
    expect(later).toBe(inRun)
    expect(later).not.toMatch(/\\u(d8|0000)/)
  })

  it('sends unique ids when the provider counts anew in each run', async () => {
    const call = toolCall('add', { a: 1, b: 2 }, 'call_0')
    const { say, lastPrompt } = await open([call, 'A', call, 'B', call, 'C'], { tools: [addTool] })
    for (const message of ['one', 'two', 'three']) await say(message)
    const ids = JSON.stringify(lastPrompt()).match(/"toolCallId":"[^"]*"/g) ?? []
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(3)
  })

  it('takes a call whose id has thousands of characters', async () => {
    const call = toolCall('add', { a: 1, b: 2 }, `call_1__thought__${'x'.repeat(4_572)}`)
    const { say, failures, model } = await open([call, 'done'], { tools: [addTool] })
    expect(await say('1+2?')).toMatchObject({ output: 'done' })
    expect(model.calls).toHaveLength(2)
    expect(failures).toEqual([])
  })

  it('refuses a file that the model does not fetch, and goes on', async () => {
    const model = scriptedModel(['Fine'], { supportedUrls: { 'image/*': [/^s3:/] } })
    const { say, model: _, ...rest } = await open([], { agent: { model } })
    for (const url of ['https://example.org/a.png', 'file:///etc/passwd', 'photo.png']) {
      expect(await say(image(url))).toMatchObject({
        error: {
          code: 'bad_request',
          details: [{ path: expect.stringMatching(/content\.1\.source\.url$/) }],
        },
      })
    }
    expect(await say(image('s3://bucket/a.png'))).toMatchObject({ output: 'Fine' })
    expect(rest.failures).toEqual([])
  })
})

describe('a request with files', () => {
  const base64 = (data: string, mediaType = 'image/png') => ({
    role: 'user',
    content: [{ type: 'image', source: { type: 'base64', data, mediaType } }],
  })
  it.each<[string, object]>([
    ['an address that is none', image('photo.png')],
    ['a file of this machine', image('file:///etc/passwd')],
    ['a cloud metadata address', image('http://169.254.169.254/latest/meta-data')],
    ['loopback in another notation', image('http://2130706433/')],
    ['loopback in IPv6', image('http://[::1]:8080/a.png')],
    ['a private IPv4 address in IPv6', image('http://[::ffff:10.0.0.1]/a.png')],
    ['a host of a private network', image('https://wiki.internal/a.png')],
    ['a host without a domain', image('http://db/a.png')],
    ['data that is not base64', image('data:image/png,plain')],
    ['content that is not base64', base64('not base64!')],
    ['content without a byte', base64('')],
    ['content without a media type', base64('AQID', 'png')],
    ['content that is no image', base64('AQID', 'application/pdf')],
  ])('is a 400 that names the field: %s', async (_, message) => {
    const { run, failures } = await createTestStudio()
    const requests = [
      { message },
      { message: 'go', history: [message] },
      { messages: [message, { role: 'user', content: [] }] },
    ]
    for (const request of requests) {
      const { status, body } = await run(request)
      expect(status).toBe(400)
      expect(textAt(body, 'error.details.0.path')).toMatch(
        /content\.\d\.source\.(url|data|mediaType)$/,
      )
    }
    expect(failures).toEqual([])
  })
})

describe('an integer beyond 2^53 in the arguments of a call', () => {
  it.each([
    ['{"id":2512292042121000001}', '2512292042121000001'],
    ['{"list":[{"id":-9007199254740993}]}', '-9007199254740993'],
    ['{"id": 9007199254740993.0}', '9007199254740993.0'],
    ['{"id":1e999}', '1e999'],
  ])('is an error that the model can act on: %s', async (input, digits) => {
    const ran: unknown[] = []
    const tool = defineTool({
      name: 'rows',
      description: 'r',
      input: z.object({}).loose(),
      execute: (given) => void ran.push(given),
    })
    const turns = [toolCall('rows', input), 'ok']
    const { run, model } = await createTestStudio({ turns, tools: [tool] })
    expect((await run('go')).body).toMatchObject({ output: 'ok' })
    expect(ran).toEqual([])
    const said = JSON.stringify(model.calls[1]?.prompt.at(-1))
    expect(said).toContain(`The number ${digits} in the arguments`)
    expect(said).toContain('as a string')
  })

  it.each([
    ['{"id":9007199254740991,"text":"2512292042121000001"}'],
    ['{"id":"2512292042121000001"}'],
    ['{"x":0.12345678901234567890}'],
    ['{"x":1e21}'],
  ])('is not seen where there is none: %s', async (input) => {
    const ran: unknown[] = []
    const tool = defineTool({ name: 'rows', description: 'r', execute: (given) => ran.push(given) })
    const { run } = await createTestStudio({
      turns: [toolCall('rows', input), 'ok'],
      tools: [tool],
    })
    await run('go')
    expect(ran).toEqual([JSON.parse(input)])
  })
})
