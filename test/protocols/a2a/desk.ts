import { a2a } from '../../../src/protocols.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { createRefundTool, createSupport, toolCall } from '../../support/agents.ts'
import { createTestStudio, type TestStudioOptions } from '../../support/studio.ts'
import { readTenant } from '../scenarios/agent.ts'
import { type Binding, connect } from './task-client.ts'

/** Two orders that a model wants to refund in one turn. */
export const refundCalls = [
  toolCall('refund', { orderId: 'A1', cents: 5000 }, 'r1'),
  toolCall('refund', { orderId: 'A2', cents: 7 }, 'r2'),
]

/** Makes a studio with tenants and two agents that refund orders after an approval. The model of `support` fetches no files. */
export async function createDesk(options: TestStudioOptions = {}) {
  const { tool, refunds } = createRefundTool()
  const [call] = refundCalls
  const turns = call ? [call, 'Done', call, 'Done'] : []
  const model = scriptedModel(options.turns ?? turns, { supportedUrls: {} })
  const { agent: support } = createSupport([], { tools: [tool], model })
  const { agent: other } = createSupport(turns, { id: 'other', tools: [tool] })
  const { turns: _, ...rest } = options
  const desk = await createTestStudio({
    protocols: [a2a()],
    agents: [support, other],
    auth: readTenant,
    ...rest,
  })
  const fetch: typeof globalThis.fetch = async (input, init) =>
    desk.studio.fetch(new Request(input, init))
  const open = (tenant = 'anna', agentId = 'support', binding: Binding = 'JSONRPC') =>
    connect({ url: 'http://studio.test', fetch, binding, tenant, agentId })
  const headers = { authorization: 'Bearer anna', 'a2a-version': '1.0' }
  return {
    ...desk,
    refunds,
    open,
    headers,
    /** Sends a request of JSON-RPC as it stands. */
    rpc: (method: string, params: unknown, more: Record<string, string> = {}) =>
      desk.post(
        '/a2a/support',
        { jsonrpc: '2.0', id: 'r', method, params },
        { headers: { ...headers, ...more } },
      ),
  }
}
