// Fills the tables with many runs over ten days, and measures whether anything grows with them:
// node scripts/run-ts.mjs bench/growth.ts --runs 1000000
import { parseArgs } from 'node:util'
import type { Sql } from 'postgres'
import type { LanguageModel } from '../src/index.ts'
import { postgresStores } from '../src/postgres.ts'
import type { Stores } from '../src/storage/store.ts'
import { measureDecisions } from './support/decisions.ts'
import { readAll } from './support/model.ts'
import { median, percentile } from './support/report.ts'
import { createSession, post } from './support/requests.ts'
import { readServerCpu } from './support/server-cpu.ts'
import { startServer } from './support/server.ts'
import { shiftedIds } from './support/shifted-ids.ts'
import { answerOf, durableStudio, startRun } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20000' },
    'in-flight': { type: 'string', default: '32' },
  },
})
const runs = Number(values.runs)
const inFlight = Number(values['in-flight'])
if (!(runs >= 1_000) || !(inFlight >= 1)) throw new RangeError('--runs is at least 1000')

/** The runs are spread over so many days, of which the last one is today. Each day is one row of the table. */
const days = 10

/** After this share of the runs the oldest days go, while the others go on. */
const dropAfter = 0.75

/** The logs of runs that are older are dropped. */
const keptDays = 5.5

const dayMs = 86_400_000
const refundMessage = 'Refund it.'
const server = await startServer()
const { sql, url } = await server.createDatabase('growth')
const retention = { logs: keptDays * dayMs }
const stores = postgresStores(sql, { retention })
const asking = postgresStores(server.openDatabase(url).sql)
let day = 0
const ids = shiftedIds(() => (day - days + 1) * dayMs)
const studio = durableStudio(createModel(), { stores, ids })
const approving = durableStudio(createModel(), { stores: asking, ids })
await studio.ready()
await createPastDays(sql)

let started = 0
let dropped: { ms: number; days: number } | undefined
const decisions: number[] = []
const rows: Record<string, number | string>[] = []
let failed = ''

const work = Array.from({ length: inFlight }, async (_, worker) => {
  let sessionId: string | undefined
  for (let count = 0; started < runs; count++) {
    started++
    // One worker of five has sessions, each with five runs.
    if (worker % 5 === 0 && count % 5 === 0) sessionId = await createSession(studio)
    const body = { message: 'go', stream: true, ...(sessionId ? { sessionId } : {}) }
    await readAll(await studio.fetch(post('/agents/bench/runs', body)))
  }
})
const decide = (async () => {
  while (started < runs) {
    await startRun(approving, { message: refundMessage })
    await waitForApproval()
    decisions.push(...(await measureDecisions(approving, approving, 1)))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})()
const watch = (async () => {
  for (day = 0; day < days; day++) {
    const from = { ...(await readSpent()), runs: started }
    const end = ((day + 1) * runs) / days
    while (started < Math.min(end, runs)) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      if (started >= dropAfter * runs && !dropped) dropped = await drop(stores)
    }
    rows.push(await toRow(from))
    console.log(JSON.stringify(rows.at(-1)))
  }
})()
await Promise.all([...work, decide, watch])
await check()
await Promise.all([studio.close(), approving.close()])

console.log(`\n${runs} runs of one turn, ${inFlight} in flight, over ${days} days`)
console.table(rows)
console.log('Disk by table, in MB')
console.table(await readDisk(sql))
console.log(`Dropped ${dropped?.days} days of logs in ${dropped?.ms.toFixed(0)} ms, under load`)
const [first, last] = [rows[0], rows.at(-1)]
const throughput = Number(last?.['runs/s']) / Number(first?.['runs/s'])
const latency = Number(last?.['decision p99 ms']) - Number(first?.['decision p99 ms'])
console.log(
  `Last tenth to first: throughput ${throughput.toFixed(2)} (at least 0.85), p99 ${latency.toFixed(1)} ms more (at most 20)`,
)
if (throughput < 0.85 || latency > 20 || failed) process.exitCode = 1
if (failed) console.log(failed)
await server.remove()

/** A model that answers at once, or that asks for a refund first. Either instance may get any run. */
function createModel(): LanguageModel {
  const plain = toolModel({ tool: 'lookup', input: {}, calls: 0, deltas: 5 })
  const refund = toolModel({ tool: 'refund', input: { cents: 500 }, calls: 1, deltas: 5 })
  return {
    ...plain,
    doStream: (call) =>
      (JSON.stringify(call.prompt).includes(refundMessage) ? refund : plain).doStream(call),
  }
}

/** Creates the partitions of the days before today, as a database has them that is in use for as long. */
async function createPastDays(pool: Sql): Promise<void> {
  const today = Math.floor(Date.now() / dayMs)
  for (let past = today - days + 1; past < today; past++) {
    const name = `studio.run_events_${past}`
    await pool.unsafe(`create table ${name} (like studio.run_events including defaults including storage,
        primary key (run_id, first_seq));
      alter table studio.run_events attach partition ${name} for values from (${past}) to (${past + 1})`)
  }
}

async function waitForApproval(): Promise<void> {
  const request = () => new Request('http://studio.test/approvals?status=pending&limit=1')
  for (;;) {
    const { approvals } = await answerOf<{ approvals: unknown[] }>(approving, request())
    if (approvals.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function drop({ prune }: Stores) {
  const startedAt = performance.now()
  const pruned = await prune?.()
  return { ms: performance.now() - startedAt, days: pruned?.logDays ?? 0 }
}

async function readSpent() {
  const { user, system } = process.cpuUsage()
  const cpu = (user + system) / 1_000
  return { cpu, server: await readServerCpu(sql), time: performance.now(), from: decisions.length }
}

async function toRow(before: Awaited<ReturnType<typeof readSpent>> & { runs: number }) {
  const now = await readSpent()
  const count = started - before.runs
  const samples = decisions.slice(before.from)
  const disk = (await readDisk(sql)).reduce((sum, { MB }) => sum + MB, 0)
  return {
    runs: started,
    'runs/s': Math.round((1_000 * count) / (now.time - before.time)),
    'app CPU ms': ((now.cpu - before.cpu) / count).toFixed(2),
    'server CPU ms': ((now.server - before.server) / count).toFixed(2),
    decisions: samples.length,
    'decision p50 ms': median(samples).toFixed(1),
    'decision p99 ms': percentile(samples, 0.99).toFixed(1),
    'RSS MB': Math.round(process.memoryUsage().rss / 1_048_576),
    'disk MB': Math.round(disk),
  }
}

/** Returns the size of each table with its indexes; the partitions of the log together. */
async function readDisk(pool: Sql) {
  const found = await pool<{ table: string; bytes: number }[]>`
    select regexp_replace(relname, '_[0-9]+$', '') as table, sum(pg_total_relation_size(relid))::float8 as bytes
    from pg_stat_user_tables where schemaname = 'studio' group by 1 order by 2 desc`
  return found.map(({ table, bytes }) => ({ table, MB: Math.round(bytes / 1_048_576) }))
}

/** Every run has ended with success, and the logs of the kept days are whole. */
async function check(): Promise<void> {
  const [ended] = await sql<{ bad: number; ended: number }[]>`
    select count(*) filter (where status <> 'succeeded')::integer as bad, count(*)::integer as ended from studio.runs`
  if (ended?.bad !== 0) failed = `${ended?.bad} runs did not succeed`
  if ((ended?.ended ?? 0) < runs) failed = `${ended?.ended} of ${runs} runs are in the table`
  const kept = await sql<{ id: string; next_seq: number }[]>`
    select id, next_seq from studio.runs order by serial desc limit ${Math.min(1_000, runs * 0.3)}`
  for (const { id, next_seq: lines } of kept) {
    const log = await (
      await studio.fetch(new Request(`http://studio.test/runs/${id}/events`))
    ).text()
    const read = log.trim().split('\n')
    if (read.length !== lines || !read.at(-1)?.includes('"final"'))
      failed = `the log of ${id} is not whole`
  }
}
