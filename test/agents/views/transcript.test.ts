import { describe, expect, it } from 'vitest'
import { addTool, createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const transcriptOf = async ({ get }: TestStudio, sessionId: string) =>
  listAt((await get(`/sessions/${sessionId}`)).body, 'transcript')

describe.each(storeKinds)('a transcript ($name stores)', (store) => {
  it('a transcript shows attachments, but not the text of inline documents', async () => {
    const studio = await createTestStudio({ store, turns: ['nice'] })
    const sessionId = await studio.createSession()
    const message = {
      role: 'user',
      content: [
        { type: 'text', text: 'Look' },
        { type: 'image', source: { type: 'base64', data: 'aGk=', mediaType: 'image/png' } },
        {
          type: 'document',
          source: {
            type: 'url',
            url: 'https://x.org/a.pdf',
            mediaType: 'application/pdf',
            filename: 'a.pdf',
          },
        },
        { type: 'document', source: { type: 'text', text: 'inline secret', filename: 'n.txt' } },
        { type: 'text', text: 'at this' },
      ],
    }
    await studio.run({ message, sessionId })
    const [entry] = await transcriptOf(studio, sessionId)
    expect(entry).toEqual({
      entryId: 0,
      kind: 'message',
      role: 'user',
      text: 'Look\nat this',
      attachments: [
        { kind: 'image', mediaType: 'image/png', data: 'aGk=' },
        {
          kind: 'document',
          name: 'a.pdf',
          mediaType: 'application/pdf',
          url: 'https://x.org/a.pdf',
        },
        { kind: 'document', name: 'n.txt' },
      ],
    })
  })

  it('a transcript puts results and approvals with their tool call, even when tools share a name', async () => {
    const { tool } = createRefundTool({ reason: 'Why?' })
    const turns = [
      [
        toolCall('refund', { orderId: 'o1', cents: 1 }, 'c1'),
        toolCall('refund', { orderId: 'o2', cents: 2 }, 'c2'),
        toolCall('add', { a: 1, b: 1 }, 'c3'),
        toolCall('add', { a: 100, b: 1 }, 'c4'),
      ],
      'done',
    ]
    const studio = await createTestStudio({ store, turns, tools: [tool, addTool] })
    const sessionId = await studio.createSession()
    const { rest } = await studio.runStream({ message: 'go', sessionId, toolConcurrency: 4 })
    const [first = '', second = ''] = await studio.pendingApprovals(2)
    const runId = textAt((await studio.get('/runs')).body, 'runs.0.id')
    await studio.decide(second, { approved: true })
    await studio.decide(first, { approved: false, reason: 'not this one' })
    await rest()
    await studio.runIn(runId, 'succeeded')
    expect(await transcriptOf(studio, sessionId)).toMatchObject([
      { role: 'user' },
      {
        kind: 'tool',
        callId: 'c1',
        result: 'not this one',
        approval: { id: first, status: 'rejected', reason: 'not this one' },
      },
      {
        kind: 'tool',
        callId: 'c2',
        result: 'refunded 2',
        approval: { id: second, status: 'approved', reason: 'Why?' },
      },
      { kind: 'tool', callId: 'c3', toolName: 'add', result: '2' },
      { kind: 'tool', callId: 'c4', toolName: 'add', result: '101' },
      { kind: 'message', role: 'assistant', text: 'done' },
    ])
  })

  it('a transcript shows the pending approval of a waiting run', async () => {
    const { tool } = createRefundTool()
    const call = toolCall('refund', { orderId: 'o1', cents: 1 }, 'c1')
    const studio = await createTestStudio({ store, turns: [call], tools: [tool] })
    const sessionId = await studio.createSession()
    const runId = await studio.startRun({ message: 'go', sessionId })
    await studio.runIn(runId, 'waiting')
    const entries = await transcriptOf(studio, sessionId)
    expect(entries).toMatchObject([
      { role: 'user' },
      { kind: 'tool', approval: { status: 'pending', requestedAt: expect.any(String) } },
    ])
    expect(at(entries[1], 'result')).toBeUndefined()
  })

  it('a transcript shows the text of an interrupted answer, then the error', async () => {
    const turns = [['half', { error: new Error('reset') }]]
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    await (await studio.runStream({ message: 'go', sessionId })).rest()
    expect(await transcriptOf(studio, sessionId)).toMatchObject([
      { role: 'user', text: 'go' },
      { role: 'assistant', text: 'half' },
      { role: 'assistant', text: 'reset', tone: 'error', error: { message: 'reset' } },
    ])
  })

  it('a transcript merges the texts of one answer and numbers entries across runs', async () => {
    const turns = [['a', { reasoning: 'hm' }, 'b'], 'c']
    const studio = await createTestStudio({ store, turns })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'one', sessionId })
    await studio.run({ message: 'two', sessionId })
    const entries = await transcriptOf(studio, sessionId)
    expect(entries.map((entry) => [at(entry, 'entryId'), at(entry, 'text')])).toEqual([
      [0, 'one'],
      [1, 'a'],
      [2, 'hm'],
      [3, 'b'],
      [4, 'two'],
      [5, 'c'],
    ])
  })
})
