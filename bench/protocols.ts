import type { Studio } from '../src/index.ts'
import { openai } from '../src/protocols.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'
import { deltaModel, readAll } from './support/model.ts'
import { benchStudio, post } from './support/requests.ts'

const limit = 2
const deltas = 10_000

/** How each protocol starts a streamed run of the agent `bench`. */
const requests: Readonly<Record<string, () => Request>> = {
  'OpenAI Responses': () => post('/v1/responses', { model: 'bench', input: 'go', stream: true }),
  'OpenAI Chat Completions': () =>
    post('/v1/chat/completions', {
      model: 'bench',
      messages: [{ role: 'user', content: 'go' }],
      stream: true,
    }),
}

/** Measures the cost of a streamed delta in other protocols, against the studio's own NDJSON stream. */
export async function benchProtocols(): Promise<Comparison[]> {
  const studio = benchStudio(deltaModel(deltas), { protocols: [openai()] })
  const own = contender(`NDJSON stream, ${deltas} deltas`, studio, () =>
    post('/agents/bench/runs', { message: 'go', stream: true }),
  )
  const comparisons: Comparison[] = []
  for (const [name, request] of Object.entries(requests)) {
    const measured = contender(name, studio, request)
    comparisons.push(await compare([own, measured], limit, { rounds: 9, times: 20_000 }))
  }
  return comparisons
}

function contender(name: string, studio: Studio, request: () => Request): Contender {
  return {
    name,
    async run(times) {
      for (let left = times; left > 0; left -= deltas) {
        const response = await studio.fetch(request())
        if (response.status !== 200) throw new Error(await response.text())
        await readAll(response)
      }
    },
  }
}
