import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, it, onTestFinished } from 'vitest'
import { mcpAgents } from '../../../src/protocols.ts'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { mcpClients } from '../../support/mcp-clients.ts'
import { createTestStudio, eventually, type TestStudio } from '../../support/studio.ts'

const protocols = [mcpAgents()]
const url = 'http://studio.test/mcp'
const refund = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')
const send = (studio: TestStudio) => (input: string | URL, init?: RequestInit) =>
  studio.studio.fetch(new Request(input, init))

type Answer = {
  action: 'accept' | 'decline' | 'cancel'
  content?: Record<string, string | boolean>
}

/** Connects a client of 2026-07-28 whose user answers questions like this. */
async function connectUser(studio: TestStudio, answer: () => Answer, headers = {}) {
  const questions: string[] = []
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: {} } },
      versionNegotiation: { mode: { pin: '2026-07-28' } },
    },
  )
  client.setRequestHandler('elicitation/create', ({ params }) => {
    questions.push(params.message)
    return answer()
  })
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: send(studio) as typeof fetch,
    requestInit: { headers },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, questions }
}

const runSupport = (args: Record<string, unknown>) => ({ name: 'run_support', arguments: args })

it.each(mcpClients)('a client of $revision lists the agents and runs one', async ({ connect }) => {
  const studio = await createTestStudio({ protocols, turns: ['One.', 'Two.'] })
  const client = await connect({ url, fetch: send(studio) })
  onTestFinished(() => client.close())
  expect(await client.list()).toMatchObject([
    { name: 'run_support', title: 'Support', description: 'Support assistant' },
  ])
  const first = await client.call('run_support', { message: 'Hi', sessionId: 'chat 1' })
  expect(first).toMatchObject({
    content: [{ type: 'text', text: 'One.' }],
    structuredContent: { status: 'succeeded', output: 'One.' },
  })
  await client.call('run_support', { message: 'Again', sessionId: 'chat 1' })
  expect(JSON.stringify(studio.model.calls[1]?.prompt)).toContain('One.')
  await expect(client.call('run_nobody', { message: 'Hi' })).rejects.toThrow('no such tool')
  await expect(client.call('run_support', {})).rejects.toThrow('arguments')
})

it('an approval is a question to the user of the client, and the run goes on', async () => {
  const { tool, refunds } = createRefundTool({ reason: 'It is money.' })
  const studio = await createTestStudio({
    protocols,
    tools: [tool],
    turns: [[refund], 'Refunded.'],
  })
  const user = await connectUser(studio, () => ({ action: 'accept', content: { approved: true } }))
  const result = await user.client.callTool(runSupport({ message: 'Refund o1' }))
  expect(result).toMatchObject({ content: [{ text: 'Refunded.' }] })
  expect(user.questions).toEqual([
    'The agent Support wants to call refund with {"orderId":"o1","cents":5}. It is money.',
  ])
  expect(refunds).toEqual([{ orderId: 'o1', cents: 5 }])
})

it('a user who declines rejects the call, and one who closes the question decides nothing', async () => {
  const { tool, refunds } = createRefundTool()
  const turns = [[refund], 'Not refunded.', [refund], 'Later.']
  const studio = await createTestStudio({ protocols, tools: [tool], turns })
  const answers: Answer[] = [{ action: 'decline' }, { action: 'cancel' }]
  const user = await connectUser(studio, () => answers.shift() ?? { action: 'cancel' })
  const declined = await user.client.callTool(runSupport({ message: 'Refund o1' }))
  expect(declined).toMatchObject({ content: [{ text: 'Not refunded.' }] })
  const closed = await user.client.callTool(runSupport({ message: 'Refund o1' }))
  expect(closed).toMatchObject({ structuredContent: { status: 'waiting' } })
  const [approval = ''] = await studio.pendingApprovals()
  await studio.decide(approval, { approved: true })
  const { runId } = closed.structuredContent as { runId: string }
  const after = await user.client.callTool(runSupport({ runId }))
  expect(after).toMatchObject({ content: [{ text: 'Later.' }] })
  expect(refunds).toHaveLength(1)
})

it.each(mcpClients)(
  'a client of $revision that cannot ask its user learns which approval a run waits for',
  async ({ connect }) => {
    const { tool } = createRefundTool()
    const studio = await createTestStudio({ protocols, tools: [tool], turns: [[refund], 'Done.'] })
    const client = await connect({ url, fetch: send(studio) })
    onTestFinished(() => client.close())
    const result = await client.call('run_support', { message: 'Refund o1' })
    const [approvalId = ''] = await studio.pendingApprovals()
    expect(result).toMatchObject({
      structuredContent: { status: 'waiting', approvals: [{ approvalId, toolName: 'refund' }] },
    })
    await studio.decide(approvalId, { approved: true })
    const { runId } = result.structuredContent as { runId: string }
    const after = await client.call('run_support', { runId })
    expect(after).toMatchObject({ content: [{ text: 'Done.' }] })
  },
)

it('states and answers of other tenants, agents and runs decide nothing', async () => {
  const { tool, refunds } = createRefundTool()
  const studio = await createTestStudio({
    protocols,
    tools: [tool],
    turns: [[refund], [refund], 'x'],
    auth: (request) => {
      const id = request.headers.get('x-user') ?? ''
      return { id, tenant: id }
    },
  })
  const ann = { 'x-user': 'ann' }
  const bob = await connectUser(studio, () => ({ action: 'cancel' }), { 'x-user': 'bob' })
  const owner = await connectUser(studio, () => ({ action: 'cancel' }), ann)
  const first = await owner.client.callTool(runSupport({ message: 'Refund' }))
  const second = await owner.client.callTool(runSupport({ message: 'Refund' }))
  const idsOf = ({ structuredContent }: { structuredContent?: unknown }) => {
    const { runId, approvals } = structuredContent as {
      runId: string
      approvals: { approvalId: string }[]
    }
    return { runId, approvalId: approvals[0]?.approvalId ?? '' }
  }
  const one = idsOf(first)
  const two = idsOf(second)
  const forge = (client: Client, requestState: string, approvalId: string) =>
    client.callTool({
      ...runSupport({ message: 'Refund' }),
      requestState,
      inputResponses: { [approvalId]: { action: 'accept', content: { approved: true } } },
    } as never)
  await expect(forge(bob.client, one.runId, one.approvalId)).rejects.toThrow('Run not found')
  await expect(bob.client.callTool(runSupport({ runId: one.runId }))).rejects.toThrow('not found')
  await expect(forge(owner.client, one.runId, two.approvalId)).rejects.toThrow('no such approval')
  await expect(forge(owner.client, 'x', one.approvalId)).rejects.toThrow('Run not found')
  const { body } = await studio.get('/approvals?status=pending', { headers: ann })
  expect((body as { approvals: unknown[] }).approvals).toHaveLength(2)
  expect(refunds).toEqual([])
})

it('turns and texts are progress, and a cancelled request cancels the run', async () => {
  const gate = createGate()
  const studio = await createTestStudio({
    protocols,
    turns: [
      'Hello.',
      async () => {
        await gate.opened
        return 'never'
      },
    ],
  })
  onTestFinished(() => gate.open())
  const user = await connectUser(studio, () => ({ action: 'cancel' }))
  const reports: (string | undefined)[] = []
  await user.client.callTool(runSupport({ message: 'Hi' }), {
    onprogress: ({ message }) => void reports.push(message),
  })
  expect(reports[0]).toBe('Turn 1')
  expect(reports.slice(1).join('')).toBe('Hello.')
  const controller = new AbortController()
  const call = user.client.callTool(runSupport({ message: 'Wait' }), { signal: controller.signal })
  call.catch(() => undefined)
  await eventually(async () => expect(studio.model.calls).toHaveLength(2))
  controller.abort()
  await expect(call).rejects.toThrow(/abort/i)
  await eventually(async () => {
    const { body } = await studio.get('/runs?status=cancelled')
    expect((body as { runs: unknown[] }).runs).toHaveLength(1)
  })
})
