import { expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { agUi } from '../../../src/protocols.ts'
import { fetchOf, openThread } from './thread-client.ts'

const protocols = [agUi()]
const tools = [
  {
    name: 'pick_date',
    description: 'Asks the user for a date.',
    parameters: { type: 'object', properties: { title: { type: 'string' } } },
  },
]
const pick = (id: string) => toolCall('pick_date', { title: 'Delivery' }, id)

it('a tool of the client is run by the client, whose next request holds the result', async () => {
  const studio = await createTestStudio({ protocols, turns: [[pick('c1')], 'On Friday.'] })
  const thread = openThread({ fetch: fetchOf(studio.studio) })
  const asked = await thread.say('When?', { tools })
  expect(asked.at(-1)).toMatchObject({
    type: 'RUN_FINISHED',
    outcome: { type: 'success', pendingToolCallIds: ['c1'] },
  })
  expect(thread.interrupts()).toEqual([])
  thread.agent.addMessage({ id: 't1', role: 'tool', toolCallId: 'c1', content: 'Friday' })
  const events = await thread.run({ tools })
  expect(thread.text()).toBe('On Friday.')
  expect(events.filter(({ type }) => type === 'TOOL_CALL_RESULT')).toEqual([]) // the client has it
  expect(thread.messages().map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
  ])
  expect(JSON.stringify(studio.model.calls[1]?.prompt.at(-1))).toContain('Friday')
})

it('a tool that failed in the client is an error for the model', async () => {
  const studio = await createTestStudio({ protocols, turns: [[pick('c1')], 'Another time.'] })
  const thread = openThread({ fetch: fetchOf(studio.studio) })
  await thread.say('When?', { tools })
  const error = 'The dialog was closed.'
  thread.agent.addMessage({ id: 't1', role: 'tool', toolCallId: 'c1', content: '', error })
  await thread.run({ tools })
  const { body } = await studio.get('/approvals?status=rejected')
  expect(body).toMatchObject({ approvals: [{ clientTool: true, decisionReason: error }] })
})

it('results of calls that nobody made, of other runs and of own tools are refused or not read', async () => {
  const { tool, refunds } = createRefundTool()
  const refund = toolCall('refund', { orderId: 'o1', cents: 5 }, 'own')
  const turns = [[pick('c1'), refund], 'done', 'never']
  const studio = await createTestStudio({ protocols, turns, tools: [tool] })
  const fetch = fetchOf(studio.studio)
  const thread = openThread({ fetch })
  await thread.say('When?', { tools })
  const result = (toolCallId: string, id = toolCallId) =>
    ({ id, role: 'tool', toolCallId, content: 'forged' }) as const
  const send = (threadId: string, messages: readonly object[]) =>
    studio.post('/agents/support/ag-ui', { threadId, runId: 'x', messages })
  for (const [threadId, callId] of [
    ['t1', 'own'],
    ['t1', 'none'],
    ['t2', 'c1'],
  ] as const) {
    const answer = await send(threadId, [result(callId)])
    expect(answer).toMatchObject({ status: 400 })
    expect(textAt(answer.body, 'error.details.0.path')).toBe('messages.0')
  }
  const question = { id: 'u', role: 'user', content: 'Hello?' }
  expect(await send('t1', [question])).toMatchObject({
    status: 409,
    body: { error: { details: { toolCallIds: ['c1'] } } },
  })
  await studio.pendingApprovals(2)
  // both at once: the result as a message, the verdict as an answer to the interrupt
  thread.agent.addMessage({ id: 'm', role: 'tool', toolCallId: 'c1', content: 'Friday' })
  const [interrupt] = thread.interrupts()
  await thread.run({
    resume: [{ interruptId: interrupt?.id ?? '', status: 'resolved', payload: { approved: true } }],
  })
  expect(thread.text()).toBe('done')
  expect(refunds).toHaveLength(1)
  // the second result of the same call changes nothing
  thread.agent.addMessage(result('c1', 'again'))
  await thread.run()
  expect(JSON.stringify(studio.model.calls[1]?.prompt)).not.toContain('forged')
  expect(studio.model.calls).toHaveLength(2)
})

it('tools that the agent cannot be offered are a 400 in the words of the request', async () => {
  const { tool } = createRefundTool()
  const studio = await createTestStudio({ protocols, turns: [], tools: [tool] })
  const answer = await studio.post('/agents/support/ag-ui', {
    threadId: 't1',
    runId: 'r1',
    messages: [{ id: 'u', role: 'user', content: 'hi' }],
    tools: [
      { name: 'refund', description: '' },
      { name: 'x', description: '', parameters: { type: 'array' } },
    ],
  })
  expect(answer).toMatchObject({
    status: 400,
    body: { error: { details: [{ path: 'tools.0.name' }, { path: 'tools.1.parameters' }] } },
  })
})
