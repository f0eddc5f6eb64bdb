// A process that ends a run and then says so. Its telemetry and its webhook go to SINK_URL, which never answers it.
import postgres from 'postgres'
import { defineAgent, Studio } from '../../src/index.ts'
import { postgresStores } from '../../src/postgres.ts'
import { telemetry } from '../../src/telemetry.ts'
import { scriptedModel } from '../../src/testing.ts'
import { webhooks } from '../../src/webhooks.ts'

const { DATABASE_URL = '', SINK_URL = '', SECRET = '', RUNS = '1' } = process.env
const model = scriptedModel(Array.from({ length: Number(RUNS) }, () => () => 'ok'))
const studio = new Studio([defineAgent({ id: 'support', model })], {
  stores: postgresStores(postgres(DATABASE_URL, { max: 4, onnotice: () => undefined })),
  telemetry: telemetry({ otlp: { url: SINK_URL } }),
  webhooks: webhooks([{ url: `${SINK_URL}/hook`, secret: SECRET, name: 'mine' }]),
})
for (let count = 0; count < Number(RUNS); count++) {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: '{"message":"x"}' }
  const response = await studio.fetch('/agents/support/runs', init)
  if (response.status !== 200) throw new Error(await response.text())
}
console.log('all runs ended')
setInterval(() => undefined, 1_000)
