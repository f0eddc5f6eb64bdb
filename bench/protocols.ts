import { a2a, agUi, aiSdkUi, openai } from '../src/protocols.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'
import { deltaModel, readAll } from './support/model.ts'
import { benchStudio, createSession, post } from './support/requests.ts'

const limit = 2
/** Each piece of A2A repeats the ids of its task, context and artifact. */
const limits: Readonly<Record<string, number>> = { A2A: 3 }
const deltas = 1000

let chats = 0

/** How a client of each protocol starts a streamed run of the agent `bench`. */
const requests: Readonly<Record<string, () => Request>> = {
  A2A: () => {
    const message = { messageId: `m${chats++}`, role: 'ROLE_USER', parts: [{ text: 'go' }] }
    return post('/a2a/bench/v1/message:stream?A2A-Version=1.0', { message })
  },
  'UI message stream': () => {
    const parts = [{ type: 'text', text: 'go' }]
    const messages = [{ id: 'm1', role: 'user', parts }]
    return post('/agents/bench/chat', { id: `c${chats++}`, messages })
  },
  'AG-UI': () => {
    const messages = [{ id: 'm1', role: 'user', content: 'go' }]
    return post('/agents/bench/ag-ui', { threadId: `t${chats++}`, runId: 'r1', messages })
  },
  'OpenAI Responses': () => post('/v1/responses', { model: 'bench', input: 'go', stream: true }),
  'OpenAI Chat Completions': () => {
    const messages = [{ role: 'user', content: 'go' }]
    return post('/v1/chat/completions', { model: 'bench', messages, stream: true })
  },
}

/** Measures what each protocol costs for a delta, against our own stream of the same run with a session. */
export async function benchProtocols(): Promise<Comparison[]> {
  const studio = benchStudio(deltaModel(deltas), {
    protocols: [a2a(), agUi(), aiSdkUi(), openai()],
  })
  const repeat = (name: string, request: () => Request | Promise<Request>): Contender => ({
    name,
    async run(times) {
      for (let left = times; left > 0; left -= deltas) {
        const response = await studio.fetch(await request())
        if (response.status !== 200) throw new Error(await response.text())
        await readAll(response)
      }
    },
  })
  const floor = repeat('NDJSON', async () => {
    const sessionId = await createSession(studio)
    return post('/agents/bench/runs', { message: 'go', stream: true, sessionId })
  })
  const comparisons: Comparison[] = []
  for (const [name, request] of Object.entries(requests)) {
    const effort = { rounds: 15, times: 20_000 }
    comparisons.push(await compare([floor, repeat(name, request)], limits[name] ?? limit, effort))
  }
  return comparisons
}
