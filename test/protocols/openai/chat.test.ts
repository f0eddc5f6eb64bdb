import { describe, expect, it } from 'vitest'
import { defineAgent } from '../../../src/index.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { addTool, createRefundTool, toolCall } from '../../support/agents.ts'
import { collect, createOpenaiStudio } from './client.ts'

const hi = [{ role: 'user' as const, content: 'hi' }]

describe('a chat completion', () => {
  it('streams text and reasoning, and its tokens if asked', async () => {
    const { client } = await createOpenaiStudio({
      tools: [addTool],
      turns: [
        [{ reasoning: 'Hm.' }, 'I add.', toolCall('add', { a: 1, b: 2 })],
        [{ deltas: ['It ', 'is 3.'] }, { usage: { inputTokens: 3, outputTokens: 4 } }],
      ],
    })
    const stream = await client.chat.completions.create({
      model: 'support',
      messages: hi,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    const deltas = chunks.map(({ choices }) => choices[0]?.delta)
    expect(deltas).toEqual([
      { role: 'assistant', content: '' },
      { reasoning_content: 'Hm.' },
      { content: 'I add.' },
      { content: '\n\nIt ' },
      { content: 'is 3.' },
      {},
      undefined,
    ])
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop')
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 3, total_tokens: 7 })
  })

  it('is one answer without a stream', async () => {
    const { client } = await createOpenaiStudio({
      turns: [[{ reasoning: 'Hm.' }, 'Hello.', { finish: 'length' }]],
    })
    const completion = await client.chat.completions.create({ model: 'support', messages: hi })
    expect(completion.choices).toMatchObject([
      { message: { content: 'Hello.', reasoning_content: 'Hm.' }, finish_reason: 'length' },
    ])
  })

  it('takes the history of the client, with files and the calls of others', async () => {
    const { client, model } = await createOpenaiStudio({ turns: ['ok'] })
    await client.chat.completions.create({
      model: 'support',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: 'a' },
        {
          role: 'assistant',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"q":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'seen' },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }],
        },
      ],
    })
    const prompt = model.calls[0]?.prompt as { role: string }[]
    expect(prompt.map(({ role }) => role)).toEqual([
      'system',
      'system',
      'user',
      'assistant',
      'tool',
      'user',
    ])
    expect(JSON.stringify(prompt)).toMatch(/Be short.*c1.*seen.*image\/png/)
  })

  it('says in its text that it waits for an approval, and which', async () => {
    const { tool, refunds } = createRefundTool()
    const { client, pendingApprovals, decide, runIn } = await createOpenaiStudio({
      tools: [tool],
      turns: [
        ['I ask.', toolCall('refund', { orderId: 'o', cents: 5 })],
        'Done.',
        [toolCall('refund', { orderId: 'o', cents: 6 })],
      ],
    })
    const completion = await client.chat.completions.create({ model: 'support', messages: hi })
    const [id = ''] = await pendingApprovals()
    const text = completion.choices[0]?.message.content
    expect(text).toContain(
      `I ask.\n\n[This answer waits for the approval of refund (approval ${id})`,
    )
    await decide(id, { approved: true })
    await runIn(completion.id.replace('chatcmpl-', ''), 'succeeded')
    expect(refunds).toHaveLength(1)
    const stream = await client.chat.completions.create({
      model: 'support',
      messages: hi,
      stream: true,
    })
    const chunks = await collect(stream)
    const said = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
    expect(said).toMatch(/^\[This answer waits/)
  })

  it('fails as the run does, once', async () => {
    const { client, model } = await createOpenaiStudio({
      turns: [[{ error: new Error('no credit') }], ['half', { error: new Error('gone') }]],
      agent: { retries: 0 },
    })
    const failed = client
      .withOptions({ maxRetries: 2 })
      .chat.completions.create({ model: 'support', messages: hi })
    await expect(failed).rejects.toMatchObject({ status: 500, code: 'model_error' })
    expect(model.calls).toHaveLength(1)
    const stream = await client.chat.completions.create({
      model: 'support',
      messages: hi,
      stream: true,
    })
    await expect(collect(stream)).rejects.toMatchObject({ code: 'model_error' })
  })

  it.each([
    [{ temperature: 0.2 }, 'temperature'],
    [{ n: 2 }, 'n'],
    [{ tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'robot', content: 'a' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'tool', tool_call_id: 'x', content: 'a' }] }, 'messages[0].tool_call_id'],
    [{ messages: [{ role: 'assistant', content: 'a' }] }, 'messages'],
  ])('%j is refused and names its parameter', async (fields, param) => {
    const { client } = await createOpenaiStudio()
    const body = { model: 'support', messages: hi, ...fields }
    await expect(client.chat.completions.create(body as never)).rejects.toMatchObject({
      status: 400,
      param,
    })
  })
})

describe('models', () => {
  it('are the agents, and their named models', async () => {
    const fast = scriptedModel(['fast answer'])
    const agent = defineAgent({
      id: 'desk',
      model: scriptedModel(['slow answer']),
      models: { fast },
    })
    const other = defineAgent({ id: 'other', model: scriptedModel([]) })
    const { client } = await createOpenaiStudio({ agents: [agent, other] })
    const { data } = await client.models.list()
    expect(data.map(({ id }) => id)).toEqual(['desk', 'desk/fast', 'other'])
    expect(await client.models.retrieve('desk/fast')).toMatchObject({ id: 'desk/fast' })
    await expect(client.models.retrieve('desk/none')).rejects.toMatchObject({ status: 404 })
    const response = await client.responses.create({ model: 'desk/fast', input: 'hi' })
    expect(response).toMatchObject({ model: 'desk/fast', output_text: 'fast answer' })
    const completion = await client.chat.completions.create({ model: 'desk', messages: hi })
    expect(completion.choices[0]?.message.content).toBe('slow answer')
  })
})
