import type { Comparison } from './support/compare.ts'
import { deltaModel } from './support/model.ts'
import { benchStudio, createSession, post } from './support/requests.ts'
import type { Studio } from '../src/index.ts'

const sessions = 20
const window = 20
const rounds = 3

/** Measures the cost of a run in a long session against a short one. The agent sends only the prompt to the model. */
export async function benchSession(): Promise<Comparison[]> {
  const samples: { early: number; late: number }[] = []
  for (let round = 0; round <= rounds; round++) {
    const sample = await measureRound()
    if (round > 0) samples.push(sample)
  }
  samples.sort((a, b) => a.late / a.early - b.late / b.early)
  const { early, late } = samples[samples.length >> 1] ?? { early: Number.NaN, late: Number.NaN }
  const name = '1,000th run of a session / 10th'
  return [{ name, baseline: early, measured: late, ratio: late / early, limit: 1.2 }]
}

/** Returns the CPU time, in microseconds, of runs near the 10th and near the 1,000th run of several alternating sessions. */
async function measureRound(): Promise<{ early: number; late: number }> {
  const studio = benchStudio(deltaModel(10), { onError: console.error })
  const ids: string[] = []
  for (let index = 0; index < sessions; index++) ids.push(await createSession(studio))
  const early = await measureRuns(studio, ids)
  for (let run = window; run < 1000 - window / 2; run++) await runEach(studio, ids)
  const late = await measureRuns(studio, ids)
  await studio.close()
  return { early, late }
}

async function measureRuns(studio: Studio, ids: readonly string[]): Promise<number> {
  const before = process.cpuUsage()
  for (let run = 0; run < window; run++) await runEach(studio, ids)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (window * ids.length)
}

async function runEach(studio: Studio, ids: readonly string[]): Promise<void> {
  for (const sessionId of ids) {
    const response = await studio.fetch(post('/agents/bench/runs', { message: 'go', sessionId }))
    if (response.status !== 200) throw new Error(await response.text())
    await response.arrayBuffer()
  }
}
