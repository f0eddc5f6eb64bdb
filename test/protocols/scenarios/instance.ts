// A process that serves the agent of the scenarios with the stores in DATABASE_URL, and prints its address. With HANGS=1 its model stops
// in the middle of an answer. It ends with its standard input.
import postgres from 'postgres'
import { serve } from '../../../src/adapters/node.ts'
import { inProcessDispatcher, Studio } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { createScenarioAgent, readTenant } from './agent.ts'
import { everyProtocol } from './protocols.ts'

const { DATABASE_URL = '', HANGS = '', PUSH_ORIGIN } = process.env
const agent = createScenarioAgent({ hangs: HANGS === '1' })
const studio = new Studio([agent], {
  stores: postgresStores(postgres(DATABASE_URL, { max: 4, onnotice: () => undefined })),
  protocols: everyProtocol(PUSH_ORIGIN),
  auth: readTenant,
  dispatcher: inProcessDispatcher({ sweepMs: 200 }),
  leaseMs: 1_500,
})
await studio.ready()
const { url } = await serve(studio, { port: 0, log: false, handleSignals: false })
process.stdin.on('end', () => process.exit()).resume()
process.stdout.write(`${url}\n`)
