import { postgresStores } from '../src/postgres.ts'
import { measureDecisions } from './support/decisions.ts'
import { type DurableContext, type DurableTable, percentile } from './support/report.ts'
import { durableStudio, startRun, waitForAll } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'

const limitMs = 250

/** Measures the time from a decision to the run's next event, for readers on the same instance and on another one. */
export async function benchLatency({ server, short }: DurableContext): Promise<DurableTable[]> {
  const times = short ? 30 : 200
  const { sql, url } = await server.createDatabase('latency')
  const other = server.openDatabase(url).sql
  const model = toolModel({ tool: 'refund', input: { cents: 500 }, calls: 1, deltas: 5 })
  const here = durableStudio(model, { stores: postgresStores(sql) })
  const there = durableStudio(model, { stores: postgresStores(other) })
  for (let left = times * 2 + 20; left > 0; left -= 20) {
    await Promise.all(Array.from({ length: 20 }, () => startRun(here)))
  }
  await waitForAll(sql, 'waiting')
  await measureDecisions(here, there, 20)
  const rows = []
  for (const [name, reader] of [
    ['the reader is where it was decided', here],
    ['the reader is on another instance', there],
  ] as const) {
    const samples = await measureDecisions(here, reader, times)
    const [p50, p99] = [percentile(samples, 0.5), percentile(samples, 0.99)]
    const ok = p99 <= limitMs
    rows.push({ case: name, 'p50 ms': p50.toFixed(1), 'p99 ms': p99.toFixed(1), ok })
  }
  await Promise.all([here.close(), there.close()])
  const title = `Decision to next event, ${times} times, at most ${limitMs} ms at p99`
  return [{ title, rows, ok: rows.every(({ ok }) => ok) }]
}
