import type { Studio } from 'fetch-studio'
import { createStudioClient, StudioClientError } from 'fetch-studio/client'

const agent = 'support-operations'

/**
 * Makes the runs that the console shows at first, by asking the agent: some that succeeded, one in each other state, and a
 * conversation. Nothing is inserted by hand.
 */
export async function makeFirstRuns({ fetch }: Studio): Promise<void> {
  const client = createStudioClient({ fetch })
  const ask = (message: string, more: object = {}) =>
    client.runs.create(agent, { message, ...more }).catch((error: unknown) => {
      // A run that fails is one of those to be shown.
      if (!(error instanceof StudioClientError)) throw error
    })
  const session = await client.sessions.create({ agentId: agent, title: 'ORD-1001 is late' })
  const sessionId = session.id
  await ask('Summarize order ORD-1001.', { sessionId, metadata: { channel: 'mail' } })
  await ask('And what did the customer of ORD-1002 order?', { sessionId })
  await ask('Refund 5 € of ORD-1002.', { metadata: { channel: 'phone' } })
  await ask('Compare ORD-1001, ORD-1002 and ORD-1003.')
  await ask('Where is order ORD-1003?', { maxTurns: 1 }) // has no turn left to speak of what it found
  await ask('What about ORD-9999?')
  const approved = await client.runs.start(agent, { message: 'Refund 12 € of ORD-1003.' })
  await decide(client, approved.id, { approved: true, reason: 'The parcel was damaged.' })
  const edited = await client.runs.start(agent, { message: 'Refund 40 € of ORD-1001.' })
  await decide(client, edited.id, { approved: true, input: { orderId: 'ORD-1001', cents: 1500 } })
  const rejected = await client.runs.start(agent, { message: 'Refund 70 € of ORD-1003.' })
  await decide(client, rejected.id, { approved: false, reason: 'It was refunded in the shop.' })
  const cancelled = await client.runs.start(agent, { message: 'Refund 30 € of ORD-1002.' })
  await waitForApproval(client, cancelled.id)
  await client.runs.cancel(cancelled.id)
  const waiting = await client.runs.start(agent, {
    message: 'Refund 25 € of ORD-1002.',
    metadata: { channel: 'chat' },
  })
  await waitForApproval(client, waiting.id)
  await client.runs.start(agent, { message: 'Is it paid?', sessionId })
}

type Client = ReturnType<typeof createStudioClient>

/** Waits until a run asks for a decision. Returns the id of its approval; null if it ends without one. */
async function waitForApproval(client: Client, runId: string): Promise<string | null> {
  for await (const event of client.runs.follow(runId)) {
    if (event.type === 'tool_approval_request') return event.approval.id
  }
  return null
}

async function decide(
  client: Client,
  runId: string,
  decision: { approved: boolean; reason?: string; input?: unknown },
): Promise<void> {
  const id = await waitForApproval(client, runId)
  if (id !== null) await client.approvals.decide(id, decision)
  await client.runs
    .follow(runId)
    .final()
    .catch(() => undefined)
}
