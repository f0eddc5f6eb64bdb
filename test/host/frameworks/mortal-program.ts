// A process that serves a hosted agent of a framework, starts a run, and says when the run waits for a person.
import postgres from 'postgres'
import { Studio } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { loadFrameworks } from './catalog.ts'
import { findAndRefund } from './framework.ts'

const { DATABASE_URL = '', FRAMEWORK = '', HOSTED_AI } = process.env
const frameworks = await loadFrameworks(HOSTED_AI === 'all')
const framework = frameworks.find(({ name }) => name === FRAMEWORK)
if (!framework) throw new Error(`No framework ${FRAMEWORK}`)
const { agent, calls } = await framework.host([findAndRefund])
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
  const run = (await (await studio.fetch(`/runs/${id}`)).json()) as {
    status: string
    error: unknown
  }
  status = run.status
  if (status === 'failed') throw new Error(JSON.stringify(run.error))
  await new Promise((resolve) => setTimeout(resolve, 20))
}
console.log(`run ${id} waits after calls ${JSON.stringify(calls)}`)
setInterval(() => undefined, 1_000)
