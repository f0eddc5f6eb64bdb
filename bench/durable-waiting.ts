import type { Sql } from 'postgres'
import { postgresStores } from '../src/postgres.ts'
import { outputOf, startChild } from './support/child.ts'
import { measureDecisions } from './support/decisions.ts'
import { type DurableContext, type DurableTable, percentile } from './support/report.ts'
import { durableStudio } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'

/** The resources of an instance with waiting runs. */
interface Footprint {
  readonly heap: number
  readonly resources: Readonly<Record<string, number>>
}

/** Measures what many waiting runs cost an instance and its database, and how fast a run continues after its decision. */
export async function benchWaiting(context: DurableContext): Promise<DurableTable[]> {
  const count = context.short ? 500 : 10_000
  const { sql, url } = await context.server.createDatabase('waiting')
  const footprint = await measureWaiting(sql, url, count)
  const rows = [
    { what: 'heap for each run, bytes', value: footprint.bytesPerRun.toFixed(0), limit: '1024' },
    {
      what: 'timers and handles more than before',
      value: String(footprint.moreResources),
      limit: '0',
    },
    { what: 'leases', value: String(footprint.leases), limit: '0' },
    { what: 'connections in use', value: String(footprint.busyConnections), limit: '0' },
  ]
  const decisions = await measureBenchDecisions(sql, context.short ? 50 : 200)
  const [p50, p99] = [percentile(decisions, 0.5), percentile(decisions, 0.99)]
  rows.push(
    { what: 'decision to next event, ms at p50', value: p50.toFixed(1), limit: '' },
    { what: 'decision to next event, ms at p99', value: p99.toFixed(1), limit: '250' },
  )
  const isLow = rows.every(({ value, limit }) => limit === '' || Number(value) <= Number(limit))
  return [{ title: `${count} runs waiting for an approval`, rows, ok: isLow }]
}

/** Starts runs in a separate instance, and returns its resources once all runs wait. */
export async function measureWaiting(sql: Sql, url: string, count: number) {
  const child = startChild('bench/durable-instance.ts', [url, String(count)], ['--expose-gc'])
  const output = await outputOf(child)
  const { bytesPerRun, busyConnections, before, after } = JSON.parse(output) as {
    bytesPerRun: number
    busyConnections: number
    before: Footprint
    after: Footprint
  }
  const sum = ({ resources }: Footprint) =>
    Object.values(resources).reduce((total, amount) => total + amount, 0)
  const [row] = await sql<{ waiting: number; leases: number; due: number }[]>`
    select count(*) filter (where status = 'waiting')::integer as waiting,
      count(*) filter (where owner is not null or lease_until is not null)::integer as leases,
      count(due_at)::integer as due
    from studio.runs`
  if (!row) throw new Error('No run was found')
  return { bytesPerRun, busyConnections, moreResources: sum(after) - sum(before), ...row }
}

async function measureBenchDecisions(sql: Sql, times: number): Promise<number[]> {
  const model = toolModel({ tool: 'refund', input: { cents: 500 }, calls: 1, deltas: 5 })
  const studio = durableStudio(model, { stores: postgresStores(sql) })
  try {
    return await measureDecisions(studio, studio, times)
  } finally {
    await studio.close()
  }
}
