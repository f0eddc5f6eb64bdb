import { HttpAgent } from '@ag-ui/client'

/**
 * Asks the agent through the client of AG-UI, which CopilotKit's runtime uses too, and approves the refund that it wants to make.
 * Returns its answer.
 */
export async function refundThroughAgUi(baseUrl: string): Promise<string> {
  const agent = new HttpAgent({ url: `${baseUrl}/agents/support/ag-ui` })
  agent.addMessage({ id: crypto.randomUUID(), role: 'user', content: 'Refund ORD-1, please.' })
  await agent.runAgent()
  const resume = agent.pendingInterrupts.map(({ id }) => ({
    interruptId: id,
    status: 'resolved' as const,
    payload: { approved: true },
  }))
  if (resume.length > 0) await agent.runAgent({ resume })
  const last = agent.messages.findLast(({ role }) => role === 'assistant')
  return typeof last?.content === 'string' ? last.content : ''
}
