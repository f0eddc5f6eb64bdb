import { describe, expect, it } from 'vitest'
import { hostAgent } from '../../src/host/langgraph/index.ts'
import { createTestStudio, restartStudio } from '../support/studio.ts'
import { installFrameworks } from './clients/install.ts'
import { createScript } from './frameworks/framework.ts'
import { createChatModel } from './frameworks/langgraph.ts'

const isWhole = process.env['HOSTED_AI'] === 'all'
const frameworks = isWhole ? await installFrameworks() : null

/** A graph whose only node asks people for a size. */
function hostSizes() {
  if (!frameworks) throw new Error('No frameworks are installed')
  const { StateGraph, MessagesAnnotation, AIMessage, interrupt, Command, MemorySaver } = frameworks
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('ask', async () => {
      const size = interrupt({ question: 'Which size?' })
      return { messages: [new AIMessage(`You chose ${JSON.stringify(size)}`)] }
    })
    .addEdge('__start__', 'ask')
    .addEdge('ask', '__end__')
    .compile()
  return hostAgent(graph, { id: 'support', Command, MemorySaver })
}

// It is downloaded, so only `npm run test:hosts` does this.
describe.runIf(isWhole)('a hosted graph', () => {
  it('waits for the value that a node asks for, and goes on in another process', async () => {
    const first = await createTestStudio({ agents: [hostSizes()] })
    const runId = await first.startRun('A shirt')
    const [approvalId = ''] = await first.pendingApprovals()
    expect(await first.get(`/approvals/${approvalId}`)).toMatchObject({
      body: { toolName: 'interrupt', clientTool: true, input: { question: 'Which size?' } },
    })
    await first.studio.close()
    const second = await restartStudio(first, { agents: [hostSizes()] })
    await second.decide(approvalId, { approved: true, output: { size: 'L' } })
    expect(await second.runIn(runId, 'succeeded')).toMatchObject({
      output: 'You chose {"size":"L"}',
    })
  })

  it('tells the node that nobody gave the value', async () => {
    const { startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [hostSizes()],
    })
    const runId = await startRun('A shirt')
    const [approvalId = ''] = await pendingApprovals()
    await decide(approvalId, { approved: false, reason: 'No idea' })
    expect(await runIn(runId, 'succeeded')).toMatchObject({
      output: 'You chose {"rejected":true,"reason":"No idea"}',
    })
  })

  it('takes only the decisions that its middleware allows, each for its own call', async () => {
    if (!frameworks) throw new Error('No frameworks are installed')
    const { createAgent, humanInTheLoopMiddleware, tool, Command, MemorySaver } = frameworks
    const sent: unknown[] = []
    const send = tool((input) => void sent.push(input), {
      name: 'send',
      description: 'Sends.',
      schema: { type: 'object', properties: { to: { type: 'string' } } },
    })
    const call = (id: string, to: string) => ({ id, name: 'send', args: { to } })
    const { next } = createScript([
      { calls: [call('a', 'Bo'), call('b', 'Al')] },
      { text: 'Sent.' },
    ])
    const agent = createAgent({
      model: createChatModel(frameworks, next),
      tools: [send],
      middleware: [
        humanInTheLoopMiddleware({
          interruptOn: { send: { allowedDecisions: ['approve', 'edit'] } },
        }),
      ],
    })
    const { startRun, pendingApprovals, decide, runIn } = await createTestStudio({
      agents: [hostAgent(agent, { id: 'support', Command, MemorySaver })],
    })
    const runId = await startRun('Send')
    const [first = '', second = ''] = await pendingApprovals(2)
    expect(await decide(first, { approved: false })).toMatchObject({
      status: 400,
      body: { error: { details: [{ path: 'approved' }] } },
    })
    await decide(second, { approved: true, input: { to: 'Cy' } })
    await decide(first, { approved: true })
    await runIn(runId, 'succeeded')
    expect(sent.map((input) => JSON.stringify(input)).toSorted()).toEqual([
      '{"to":"Bo"}',
      '{"to":"Cy"}',
    ])
  })
})
