import type { Studio } from '../src/index.ts'
import { compare, type Comparison, type Contender } from './support/compare.ts'
import { deltaModel, type DeltaModel, handWrittenStream, readAll } from './support/model.ts'
import { benchStudio, createSession, post } from './support/requests.ts'

const limit = 1.5

/** Measures the cost of a streamed delta: runs without and with a session, against a hand-written NDJSON stream. */
export async function benchStream(): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const deltas of [1000, 10_000]) {
    for (const session of [false, true]) {
      const model = deltaModel(deltas)
      const effort = { rounds: 15, times: 20_000 }
      const floor = handWritten(model)
      const measured = await studioRun(model, session)
      comparisons.push(await compare([floor, measured], limit, effort))
    }
  }
  return [...comparisons, await bytesPerDelta()]
}

function handWritten(model: DeltaModel): Contender {
  return {
    name: `hand-written, ${model.deltas} deltas`,
    async run(times) {
      for (let left = times; left > 0; left -= model.deltas) {
        await readAll(await handWrittenStream(model))
      }
    },
  }
}

async function studioRun(model: DeltaModel, withSession: boolean): Promise<Contender> {
  const studio = benchStudio(model)
  return {
    name: withSession ? 'run with a session' : 'run',
    async run(times) {
      const sessionId = withSession ? await createSession(studio) : undefined
      for (let left = times; left > 0; left -= model.deltas) {
        await readAll(await streamRun(studio, sessionId))
      }
    },
  }
}

function streamRun(studio: Studio, sessionId: string | undefined): Promise<Response> {
  const body = { message: 'go', stream: true, ...(sessionId === undefined ? {} : { sessionId }) }
  return studio.fetch(post('/agents/bench/runs', body))
}

/** Measures the bytes of a delta on the wire, including its text of 6 characters and its `seq`. */
async function bytesPerDelta(): Promise<Comparison> {
  const model = deltaModel(10_000)
  const studio = benchStudio(model)
  const text = await (await streamRun(studio, undefined)).text()
  const lines = text.split('\n').filter((line) => line.startsWith('{"type":"text_delta"'))
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0) / lines.length
  return { name: 'bytes per delta', baseline: 1, measured: bytes, ratio: bytes, limit: 64 }
}
