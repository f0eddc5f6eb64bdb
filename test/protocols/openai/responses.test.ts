import { APIError } from 'openai'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { describe, expect, it } from 'vitest'
import type { LanguageModelCall } from '../../../src/testing.ts'
import { addTool, createGate, toolCall } from '../../support/agents.ts'
import { collect, createOpenaiStudio } from './client.ts'

const answer = [{ reasoning: 'Let me think.' }, { deltas: ['Hel', 'lo ', 'there'] }] as const

const rolesOf = (call: LanguageModelCall | undefined) =>
  (call?.prompt as { role: string }[] | undefined)?.map(({ role }) => role)

describe('a response that is streamed', () => {
  it('has the events that the helper of the client puts together', async () => {
    const { client } = await createOpenaiStudio({
      tools: [addTool],
      turns: [
        [{ text: 'I add. ' }, toolCall('add', { a: 1, b: 2 })],
        [...answer, { usage: { inputTokens: 7, outputTokens: 5, cachedInputTokens: 2 } }],
      ],
    })
    const stream = client.responses.stream({ model: 'support', input: 'hi' })
    const events: ResponseStreamEvent[] = []
    stream.on('event', (event) => void events.push(event))
    const response = await stream.finalResponse()
    expect(response).toMatchObject({
      status: 'completed',
      model: 'support',
      output_text: 'I add. Hello there',
      usage: { input_tokens: 7, input_tokens_details: { cached_tokens: 2 }, output_tokens: 5 },
    })
    expect(response.output.map(({ type }) => type)).toEqual([
      'message',
      'mcp_call',
      'reasoning',
      'message',
    ])
    expect(response.output[1]).toMatchObject({
      name: 'add',
      arguments: '{"a":1,"b":2}',
      output: '3',
      error: null,
      status: 'completed',
    })
    const numbers = events.map(({ sequence_number }) => sequence_number)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.mcp_call.in_progress',
      'response.mcp_call_arguments.delta',
      'response.mcp_call_arguments.done',
      'response.mcp_call.completed',
      'response.output_item.done',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ])
  })

  it('goes on after the number that a client names, with the same events', async () => {
    const gate = createGate()
    const { client } = await createOpenaiStudio({
      turns: [[{ deltas: ['one ', 'two '] }, { wait: gate.opened }, { text: 'three' }]],
    })
    const whole: ResponseStreamEvent[] = []
    const stream = await client.responses.create({ model: 'support', input: 'hi', stream: true })
    let id = ''
    for await (const event of stream) {
      if (event.type === 'response.created') id = event.response.id
      whole.push(event)
      if (event.type === 'response.output_text.delta' && event.delta === 'two ') break
    }
    const after = whole.at(-1)?.sequence_number ?? 0
    gate.open()
    const rest = await collect(
      await client.responses.retrieve(id, { stream: true, starting_after: after }),
    )
    const again = await collect(await client.responses.retrieve(id, { stream: true }))
    expect([...whole, ...rest]).toEqual(again)
    expect(rest.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { output: [{ content: [{ text: 'one two three' }] }] },
    })
  })

  it('says why it failed, and that it was cut off or cancelled', async () => {
    const gate = createGate()
    const { client } = await createOpenaiStudio({
      turns: [
        ['half', { error: new Error('out of tokens') }],
        ['long', { finish: 'length' }],
        ['slow', { wait: gate.opened }],
      ],
      agent: { retries: 0 },
    })
    const create = () => client.responses.create({ model: 'support', input: 'hi' })
    const failed = await create()
    expect(failed).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
      output: [{ status: 'incomplete' }],
    })
    const cut = await create()
    expect(cut).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    })
    const { id, status } = await client.responses.create({
      model: 'support',
      input: 'hi',
      background: true,
    })
    expect(status).toBe('queued')
    const cancelled = await client.responses.cancel(id)
    expect(cancelled).toMatchObject({ id, status: 'cancelled', background: true })
    const last = (await collect(await client.responses.retrieve(id, { stream: true }))).at(-1)
    expect(last).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'cancelled' },
    })
    expect(await client.responses.cancel(id)).toMatchObject({ status: 'cancelled' })
    gate.open()
  })
})

describe('a conversation', () => {
  it('goes on in the session of the response before', async () => {
    const { client, model, get } = await createOpenaiStudio({ turns: ['one', 'two'] })
    const metadata = { customer: '4' }
    const first = await client.responses.create({ model: 'support', input: 'a', metadata })
    const second = await client.responses.create({
      previous_response_id: first.id,
      input: [{ role: 'user', content: 'b' }],
    })
    expect(second).toMatchObject({
      previous_response_id: first.id,
      output_text: 'two',
      conversation: first.conversation,
    })
    expect(first).toMatchObject({ metadata, previous_response_id: null, store: true })
    expect(second.metadata).toEqual({})
    expect(rolesOf(model.calls[1])).toEqual(['system', 'user', 'assistant', 'user'])
    const { body } = await get(`/sessions/${first.conversation?.id}`)
    expect(body).toMatchObject({ transcript: [{}, {}, { text: 'b' }, { text: 'two' }] })
    expect({ ...(await client.responses.retrieve(second.id)) }).toEqual({ ...second })
  })

  it('has no branches, and waits for the response before', async () => {
    const gate = createGate()
    const { client } = await createOpenaiStudio({
      turns: ['one', 'two', [{ wait: gate.opened }, 'three']],
    })
    const first = await client.responses.create({ model: 'support', input: 'a' })
    const more = (previous_response_id: string, background = false) =>
      client.responses.create({ previous_response_id, input: 'b', background })
    const second = await more(first.id)
    await expect(more(first.id)).rejects.toMatchObject({
      status: 400,
      param: 'previous_response_id',
      type: 'invalid_request_error',
    })
    const third = await more(second.id, true)
    await expect(more(third.id)).rejects.toMatchObject({ status: 409 })
    gate.open()
  })

  it('goes on after a history that the client sent, with branches', async () => {
    const { client, model } = await createOpenaiStudio({ turns: ['one', 'two', 'three'] })
    const first = await client.responses.create({
      model: 'support',
      input: [
        { role: 'developer', content: 'Be short.' },
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
        { role: 'user', content: [{ type: 'input_text', text: 'c' }] },
      ],
    })
    for (const input of ['d', 'e']) {
      await client.responses.create({ previous_response_id: first.id, input })
    }
    const text = JSON.stringify(model.calls[2]?.prompt)
    expect(text).toMatch(/Be short.*"a".*"b".*"c".*"one".*"e"/)
    expect(text).not.toMatch(/"d"|"two"/)
  })

  it('shows what it was asked, with files', async () => {
    const { client, model } = await createOpenaiStudio({ turns: ['one'] })
    const image_url = 'data:image/png;base64,aGk='
    const { id } = await client.responses.create({
      model: 'support',
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'look' },
            { type: 'input_image', image_url, detail: 'low' },
            {
              type: 'input_file',
              filename: 'a.pdf',
              file_data: 'data:application/pdf;base64,aGk=',
            },
          ],
        },
      ],
    })
    const { data } = await client.responses.inputItems.list(id)
    expect(data).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'look' },
          { type: 'input_image', image_url, detail: 'low' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' },
        ],
      },
    ])
    expect(JSON.stringify(model.calls[0]?.prompt.at(-1))).toContain('application/pdf')
  })

  it('keeps nothing to retrieve with `store: false`', async () => {
    const { client } = await createOpenaiStudio({ turns: ['one'] })
    const response = await client.responses.create({ model: 'support', input: 'a', store: false })
    expect(response).toMatchObject({ store: false, conversation: null, output_text: 'one' })
    await expect(client.responses.retrieve(response.id)).rejects.toMatchObject({ status: 404 })
    const more = client.responses.create({ previous_response_id: response.id, input: 'b' })
    await expect(more).rejects.toMatchObject({
      status: 404,
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    })
  })

  it('is repeated by a request with the same idempotency key', async () => {
    const { client, model } = await createOpenaiStudio({ turns: ['one'] })
    const create = () =>
      client.responses.create(
        { model: 'support', input: 'a' },
        { headers: { 'idempotency-key': 'k' } },
      )
    const [first, second] = [await create(), await create()]
    expect(second.id).toBe(first.id)
    expect(second.output).toEqual(first.output)
    expect(model.calls).toHaveLength(1)
  })
})

describe('a request that is refused', () => {
  it.each([
    [{ temperature: 0 }, 'temperature', 'unsupported_value'],
    [{ instructions: 'Be rude.' }, 'instructions', 'unsupported_parameter'],
    [{ tools: [{ type: 'web_search' }] }, 'tools', 'unsupported_value'],
    [{ made_up: 1 }, 'made_up', 'unknown_parameter'],
    [{ input: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'input[0].content', null],
    [{ input: [{ role: 'assistant', content: 'a' }] }, 'input', null],
    [
      { input: [{ type: 'function_call_output', call_id: 'x', output: '1' }] },
      'input[0].call_id',
      null,
    ],
    [{ metadata: { 'openai.store': 'false' } }, 'metadata', null],
    [{ store: false, background: true }, 'store', null],
  ])('%j is refused and names its parameter', async (fields, param, code) => {
    const { client } = await createOpenaiStudio()
    const body = { model: 'support', input: 'hi', ...fields }
    const error = await client.responses.create(body as never).catch((one: unknown) => one)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect((error as APIError).param).toContain(param)
    expect((error as APIError).code).toBe(code)
  })

  it('a model that is no agent is unknown', async () => {
    const { client } = await createOpenaiStudio()
    await expect(client.responses.create({ model: 'gpt', input: 'a' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })

  it('what changes nothing is accepted', async () => {
    const { client } = await createOpenaiStudio({ turns: ['ok'] })
    const response = await client.responses.create({
      model: 'support',
      input: 'a',
      temperature: 1,
      user: 'u',
      include: ['reasoning.encrypted_content'],
      tools: [],
      text: { format: { type: 'text' } },
      reasoning: { summary: 'auto' },
    })
    expect(response.output_text).toBe('ok')
  })
})
