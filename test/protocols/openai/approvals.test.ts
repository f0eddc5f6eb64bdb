import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  defineAgent,
  defineTool,
  memoryStores,
  type RunStore,
  type Stores,
} from '../../../src/index.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { eventually } from '../../support/studio.ts'
import { collect, createOpenaiStudio, openaiClient } from './client.ts'

const refund = (cents: number, id?: string) => toolCall('refund', { orderId: 'o1', cents }, id)

const asked = (response: { output: readonly { type: string }[] }) =>
  response.output
    .filter(({ type }) => type === 'mcp_approval_request')
    .map((item) => (item as unknown as { id: string }).id)

const respond = (id: string, approve = true, reason?: string) => ({
  type: 'mcp_approval_response' as const,
  approval_request_id: id,
  approve,
  ...(reason === undefined ? {} : { reason }),
})

/** Stores that answer with two entries of a log at most, as those do that bound the bytes of a page. */
function shortPages(): Stores {
  const stores = memoryStores()
  const { readLog } = stores.runs
  const runs: RunStore = {
    ...stores.runs,
    readLog: (id, after, limit) => readLog(id, after, Math.min(limit, 2)),
  }
  return { ...stores, runs }
}

async function waitingStudio(turns = ['Done.'], calls = [refund(5)], stores?: Stores) {
  const { tool, refunds } = createRefundTool()
  const test = await createOpenaiStudio({
    tools: [tool],
    turns: [['I ask.', ...calls], ...turns],
    ...(stores ? { stores } : {}),
  })
  const first = await test.client.responses.create({ model: 'support', input: 'refund' })
  const [id = '', ...ids] = asked(first)
  return { ...test, refunds, first, id, ids }
}

describe('an approval', () => {
  it.each([
    ['', undefined],
    [', also where pages of the log are short', shortPages()],
  ])(
    'ends a response, and its verdict begins the next one, which can be read again%s',
    async (_, stores) => {
      const { client, first, id, refunds } = await waitingStudio(undefined, undefined, stores)
      expect(first).toMatchObject({ status: 'completed', output_text: 'I ask.' })
      expect(first.output[1]).toMatchObject({
        name: 'refund',
        arguments: '{"orderId":"o1","cents":5}',
      })
      const events = await collect(
        await client.responses.create({
          previous_response_id: first.id,
          input: [respond(id)],
          stream: true,
        }),
      )
      const last = events.at(-1)
      expect(last).toMatchObject({
        type: 'response.completed',
        response: {
          previous_response_id: first.id,
          output: [
            { type: 'mcp_call', output: 'refunded 5', approval_request_id: id },
            { type: 'message', content: [{ text: 'Done.' }] },
          ],
        },
      })
      expect(refunds).toHaveLength(1)
      const next = last && 'response' in last ? last.response.id : ''
      expect(await collect(await client.responses.retrieve(next, { stream: true }))).toEqual(events)
      const { data } = await client.responses.inputItems.list(next)
      expect(data).toMatchObject([{ approval_request_id: id, approve: true }])
      const before = await client.responses.retrieve(first.id)
      expect({ ...before }).toEqual({ ...first })
      expect((await client.responses.cancel(first.id)).status).toBe('completed')
    },
  )

  it('is rejected with a reason, which the model reads', async () => {
    const { client, first, id, model, refunds } = await waitingStudio()
    const next = await client.responses.create({
      previous_response_id: first.id,
      input: [respond(id, false, 'Too much.')],
    })
    expect(next.output[0]).toMatchObject({ type: 'mcp_call', status: 'failed' })
    expect(JSON.stringify(model.calls[1]?.prompt)).toContain('Too much.')
    expect(refunds).toEqual([])
  })

  it('is decided by a client that sends the whole conversation', async () => {
    const { client, first, id, refunds } = await waitingStudio()
    const next = await client.responses.create({
      model: 'support',
      input: [{ role: 'user', content: 'refund' }, ...first.output, respond(id)] as never,
    })
    expect(next).toMatchObject({ previous_response_id: first.id, output_text: 'Done.' })
    expect(refunds).toHaveLength(1)
    const more = await client.responses.create({ previous_response_id: next.id, input: 'x' })
    expect(more.status).toBe('failed') // the script has no more turns
  })

  it('is decided once: a repeated verdict gets the same response, another one a conflict', async () => {
    const { client, first, id, refunds } = await waitingStudio()
    const decide = (approve: boolean) =>
      client.responses.create({ previous_response_id: first.id, input: [respond(id, approve)] })
    const next = await decide(true)
    expect({ ...(await decide(true)) }).toEqual({ ...next })
    await expect(decide(false)).rejects.toMatchObject({
      status: 409,
      param: 'input[0].approval_request_id',
    })
    expect(refunds).toHaveLength(1)
  })

  it('is one of several, and all of them are answered in one request', async () => {
    const calls = [refund(1, 'a'), refund(2, 'b')]
    const { client, first, id, ids, decide, refunds } = await waitingStudio(['Done.'], calls)
    const answer = (...input: ReturnType<typeof respond>[]) =>
      client.responses.create({ previous_response_id: first.id, input })
    await expect(answer(respond(id))).rejects.toMatchObject({ status: 400, param: 'input' })
    expect(refunds).toEqual([])
    // a colleague decides one in the console, and the run waits again for the other
    await decide(id, { approved: true })
    await eventually(async () => expect(refunds).toHaveLength(1))
    const next = await answer(respond(ids[0] ?? ''))
    expect(next.output).toMatchObject([
      { type: 'mcp_call', approval_request_id: id },
      { type: 'mcp_call', approval_request_id: ids[0] },
      { type: 'message' },
    ])
    expect({ ...(await client.responses.retrieve(next.id)) }).toEqual({ ...next })
  })

  it('ends a second response too', async () => {
    const { tool } = createRefundTool()
    const { client } = await createOpenaiStudio({
      tools: [tool],
      turns: [[refund(1)], [refund(2)], 'Done.'],
    })
    let response = await client.responses.create({ model: 'support', input: 'refund' })
    const ids = [response.id]
    while (asked(response).length > 0) {
      const input = asked(response).map((id) => respond(id))
      response = await client.responses.create({ previous_response_id: response.id, input })
      ids.push(response.id)
    }
    expect(response.output_text).toBe('Done.')
    const kinds = await Promise.all(
      ids.map(async (id) => (await client.responses.retrieve(id)).output.map(({ type }) => type)),
    )
    expect(kinds).toEqual([
      ['mcp_approval_request'],
      ['mcp_call', 'mcp_approval_request'],
      ['mcp_call', 'message'],
    ])
  })

  it('keeps a text out of the conversation until it is decided', async () => {
    const { client, first } = await waitingStudio()
    const more = client.responses.create({ previous_response_id: first.id, input: 'hello?' })
    await expect(more).rejects.toMatchObject({ status: 409, param: 'input' })
  })

  it('waits no longer in a run that a client cancels', async () => {
    const { client, first, id, refunds } = await waitingStudio()
    await client.responses.cancel(first.id)
    const late = client.responses.create({ previous_response_id: first.id, input: [respond(id)] })
    await expect(late).rejects.toMatchObject({ status: 409 })
    expect(refunds).toEqual([])
  })
})

describe('a forged approval', () => {
  it('of another response, agent or tenant is not found, and decides nothing', async () => {
    const { tool, refunds } = createRefundTool()
    const make = (id: string) =>
      defineAgent({ id, model: scriptedModel([[refund(1)], [refund(2)]]), tools: [tool] })
    const { studio, get } = await createOpenaiStudio({
      agents: [make('one'), make('two')],
      auth: (request) => {
        const tenant = request.headers.get('authorization')?.replace('Bearer ', '') ?? ''
        return { id: tenant, tenant }
      },
    })
    const ann = openaiClient(studio, 'ann')
    const bob = openaiClient(studio, 'bob')
    const first = await ann.responses.create({ model: 'one', input: 'a' })
    const other = await ann.responses.create({ model: 'one', input: 'b' })
    const [id = ''] = asked(first)
    const mine = await bob.responses.create({ model: 'two', input: 'a' })
    const input = [respond(id)]
    const notFound = { status: 404 }
    const attempts = [
      () => bob.responses.create({ model: 'one', input }),
      () => bob.responses.create({ previous_response_id: first.id, input }),
      () => bob.responses.create({ previous_response_id: mine.id, input }),
      () => ann.responses.create({ model: 'two', input }),
      () => ann.responses.create({ previous_response_id: other.id, input }),
      () => ann.responses.create({ model: 'one', input: [respond('made-up')] }),
      () => ann.responses.create({ previous_response_id: `${first.id}_0`, input }),
      () => bob.responses.retrieve(first.id),
      () => bob.responses.cancel(first.id),
      () => bob.responses.inputItems.list(first.id),
      () =>
        bob.responses.create({
          model: 'one',
          input: 'a',
          conversation: first.conversation ?? null,
        }),
      () =>
        ann.responses.create({
          model: 'two',
          input: 'a',
          conversation: first.conversation ?? null,
        }),
      () =>
        bob.responses.create({
          model: 'one',
          input: [
            { type: 'item_reference', id: first.id.replace('resp', 'msg') + '_1' },
            { role: 'user', content: 'a' },
          ],
        }),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(notFound)
    const wrongAgent = ann.responses.create({ model: 'two', previous_response_id: first.id, input })
    await expect(wrongAgent).rejects.toMatchObject({ status: 400, param: 'model' })
    expect(refunds).toEqual([])
    const { body } = await get(`/approvals/${id}`, { headers: { authorization: 'Bearer ann' } })
    expect(body).toMatchObject({ status: 'pending' })
  })

  it('cannot name arguments: the row has those that were asked for', async () => {
    const { client, first, id, refunds } = await waitingStudio()
    const forged = { ...respond(id), name: 'refund', arguments: '{"orderId":"o1","cents":999}' }
    await client.responses.create({ previous_response_id: first.id, input: [forged] as never })
    expect(refunds).toEqual([{ orderId: 'o1', cents: 5 }])
  })

  it('of a run that was deleted is gone with its response', async () => {
    const { client, first, id, del } = await waitingStudio()
    expect((await del(`/sessions/${first.conversation?.id}`)).status).toBe(204)
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
    const late = client.responses.create({ model: 'support', input: [respond(id)] })
    await expect(late).rejects.toMatchObject({ status: 404 })
  })
})

describe('a conversation with tools that clients report', () => {
  it('takes calls and results of a history as they are', async () => {
    const note = defineTool({
      name: 'note',
      description: 'Notes.',
      input: z.object({}),
      execute: () => 'noted',
    })
    const { client, model } = await createOpenaiStudio({ tools: [note], turns: ['ok'] })
    await client.responses.create({
      model: 'support',
      input: [
        { role: 'user', content: 'a' },
        { type: 'function_call', call_id: 'c1', name: 'note', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'seen' },
        { role: 'user', content: 'b' },
      ],
    })
    const text = JSON.stringify(model.calls[0]?.prompt)
    expect(text).toMatch(/"toolCallId":"c1".*seen/)
  })
})
