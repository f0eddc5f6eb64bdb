import { serve } from '../src/adapters/node.ts'
import { createStudioClient, type StudioClient } from '../src/client.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'
import { deltaModel } from './support/model.ts'
import { benchStudio, post } from './support/requests.ts'

const deltas = 10_000
const effort = { rounds: 15, times: 20_000 }

/** Measures what the client costs for each delta: against a bare reader of lines, alone and over a socket. */
export async function benchClient(): Promise<Comparison[]> {
  const studio = benchStudio(deltaModel(deltas))
  const { url, close } = await serve(studio, { port: 0, log: false, handleSignals: false })
  try {
    const chunks = await record(await fetch(toRun(url)))
    const replay = async () => new Response(toStream(chunks), { headers })
    return [
      await compare(
        [
          bareReader('a bare reader of recorded lines', replay),
          clientReader('the client', createStudioClient({ fetch: replay })),
        ],
        3,
        effort,
      ),
      await compare(
        [
          bareReader('a bare reader over a socket', () => fetch(toRun(url))),
          clientReader('the client', createStudioClient({ baseUrl: url })),
        ],
        1.5,
        effort,
      ),
    ]
  } finally {
    await close()
  }
}

const headers = { 'content-type': 'application/x-ndjson', location: '/runs/recorded' }

const toRun = (url: string) =>
  new Request(`${url}/agents/bench/runs`, post('/', { message: 'go', stream: true }))

/** Reads a body as the chunks that came. */
async function record({ body }: Response): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body ?? []) chunks.push(chunk)
  return chunks
}

function toStream(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[sent++]
      if (chunk) controller.enqueue(chunk)
      else controller.close()
    },
  })
}

/** The least code that reads events: it neither reconnects nor notices an event that comes twice. */
function bareReader(name: string, open: () => Promise<Response>): Contender {
  return {
    name,
    async run(times) {
      for (let left = times; left > 0; left -= deltas) {
        const decoder = new TextDecoder()
        let rest = ''
        let text = ''
        for await (const chunk of (await open()).body ?? []) {
          const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) {
            const event = JSON.parse(line) as { type: string; delta?: string }
            if (event.type === 'text_delta') text += event.delta
          }
        }
        if (text.length !== deltas * ' token'.length) throw new Error('The text is not whole')
      }
    },
  }
}

function clientReader(name: string, client: StudioClient): Contender {
  return {
    name,
    async run(times) {
      for (let left = times; left > 0; left -= deltas) {
        let text = ''
        for await (const event of client.runs.stream('bench', { message: 'go' })) {
          if (event.type === 'text_delta') text += event.delta
        }
        if (text.length !== deltas * ' token'.length) throw new Error('The text is not whole')
      }
    },
  }
}
