import { Studio } from '../src/index.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'

const request = new Request('http://studio.test/health')

function contender(name: string, answer: (request: Request) => Promise<Response>): Contender {
  return {
    name,
    async run(times) {
      for (let count = 0; count < times; count++) await answer(request)
    },
  }
}

/** Measures the cost of the pipeline: `GET /health` against a function that returns the same JSON. */
export async function benchHealth(): Promise<Comparison[]> {
  const studio = new Studio()
  const body = await (await studio.fetch(request)).json()
  const bare = contender('bare Response.json', async () => Response.json(body))
  const health = contender('GET /health', studio.fetch)
  return [await compare([bare, health], 1.5, { rounds: 15, times: 5_000 })]
}
