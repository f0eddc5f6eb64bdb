// A process that serves a hosted agent of the AI SDK, starts a run, and says when the run waits for a person.
import postgres from 'postgres'
import { Studio } from '../../src/index.ts'
import { postgresStores } from '../../src/postgres.ts'
import { toolCall } from '../support/agents.ts'
import { createShop, hostSupport } from './hosted-agents.ts'

const { DATABASE_URL = '' } = process.env
const turn = [
  toolCall('find_order', { orderId: 'A1' }, 'find'),
  toolCall('refund', { orderId: 'A1', cents: 5_000 }, 'refund'),
]
const { tools, calls } = createShop()
const { agent } = hostSupport([turn], { tools })
const studio = new Studio([agent], {
  stores: postgresStores(postgres(DATABASE_URL, { max: 4, onnotice: () => undefined })),
})
const response = await studio.fetch('/agents/support/runs', {
  method: 'POST',
  headers: { 'content-type': 'application/json', prefer: 'respond-async' },
  body: '{"message":"Refund A1"}',
})
const { id } = (await response.json()) as { id: string }
for (let status = ''; status !== 'waiting';) {
  ;({ status } = (await (await studio.fetch(`/runs/${id}`)).json()) as { status: string })
  await new Promise((resolve) => setTimeout(resolve, 20))
}
console.log(`run ${id} waits after ${calls.length} call`)
setInterval(() => undefined, 1_000)
