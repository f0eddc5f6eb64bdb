import { aiSdkUi } from '../src/protocols.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'
import { deltaModel, readAll } from './support/model.ts'
import { benchStudio, createSession, post } from './support/requests.ts'

const limit = 2
const deltas = 1000

/** Measures what each protocol costs for a delta, against our own stream of the same run with a session. */
export async function benchProtocols(): Promise<Comparison[]> {
  const studio = benchStudio(deltaModel(deltas), { protocols: [aiSdkUi()] })
  const repeat = (name: string, request: () => Promise<Request>): Contender => ({
    name,
    async run(times) {
      for (let left = times; left > 0; left -= deltas) {
        await readAll(await studio.fetch(await request()))
      }
    },
  })
  const floor = repeat('NDJSON', async () => {
    const sessionId = await createSession(studio)
    return post('/agents/bench/runs', { message: 'go', stream: true, sessionId })
  })
  let chats = 0
  const uiMessages = repeat('UI message stream', async () => {
    const parts = [{ type: 'text', text: 'go' }]
    const messages = [{ id: 'm1', role: 'user', parts }]
    return post('/agents/bench/chat', { id: `c${chats++}`, messages })
  })
  return [await compare([floor, uiMessages], limit, { rounds: 15, times: 20_000 })]
}
