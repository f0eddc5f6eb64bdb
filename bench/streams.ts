import postgres from 'postgres'
import type { Studio } from '../src/index.ts'
import { postgresStores } from '../src/postgres.ts'
import { readAll } from './support/model.ts'
import { recordStores } from './support/recorded-stores.ts'
import { type BenchServer, startServer } from './support/server.ts'
import { type DurableTable, percentile, timed } from './support/report.ts'
import { post } from './support/requests.ts'
import { answerOf, durableStudio, startRun, waitForAll } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'

const count = process.argv.includes('--short') ? 200 : 2_000
const limits = {
  runs: 5_000,
  streams: 5_000,
  runStreams: 5_000,
  tenantStreams: 5_000,
  tenantRuns: 5_000,
  agentRuns: 5_000,
}

const parts = { own: benchOwnRuns, one: benchOneRun, waiting: benchWaitingRuns }
const chosen = process.argv.slice(2).filter((name) => name !== '--short')

const server = await startServer()
try {
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    const { title, rows, ok } = await part(server)
    console.log(`\n${title}${ok ? '' : ': OVER THE LIMIT'}`)
    console.table(rows)
    if (!ok) process.exitCode = 1
  }
} finally {
  await server.remove()
}

/** Streams many runs of one instance at once, over a pool of 10 connections: in a new process, and once more. */
async function benchOwnRuns(from: BenchServer): Promise<DurableTable> {
  const { sql } = await from.createDatabase('own_runs')
  const recorded = recordStores(sql)
  const model = toolModel({ tool: 'lookup', input: { id: '1' }, calls: 0, deltas: 40, pauseMs: 50 })
  const studio = durableStudio(model, { stores: recorded.stores, limits })
  await readAll(await studio.fetch(post('/agents/bench/runs', { message: 'go', stream: true })))
  const first = await streamAtOnce(studio, recorded.take)
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const then = await streamAtOnce(studio, recorded.take)
  await studio.close()
  const row = (what: string, of: (rush: Rush) => string, limit = '') => {
    return { what, 'of a new process': of(first), 'once more': of(then), limit }
  }
  const rows = [
    row('streams answered', ({ answered }) => String(answered), String(count)),
    row('all answered, s', ({ seconds }) => seconds.toFixed(1), '10'),
    row('first delta, ms at p50', ({ firsts }) => percentile(firsts, 0.5).toFixed(0), '1000 *'),
    row('first delta, ms at p99', ({ firsts }) => percentile(firsts, 0.99).toFixed(0)),
    row('longest gap between two chunks, ms at p99', ({ gaps }) =>
      percentile(gaps, 0.99).toFixed(0),
    ),
    row('statements a run', ({ statements }) => statements.toFixed(2), '0.5'),
  ]
  const isFine = ({ answered, seconds, statements }: Rush) =>
    answered === count && seconds <= 10 && statements <= 0.5
  const ok = isFine(first) && isFine(then) && percentile(then.firsts, 0.5) <= 1_000
  const title = `${count} streams of own runs, 40 deltas 50 ms apart, pool of 10 (* once more)`
  return { title, rows, ok }
}

/** What many streams at once measured. */
interface Rush {
  readonly answered: number
  readonly seconds: number
  /** How long each waited for its first delta, and its longest gap between two chunks, in milliseconds. */
  readonly firsts: readonly number[]
  readonly gaps: readonly number[]
  /** For each run. */
  readonly statements: number
}

async function streamAtOnce(
  studio: Studio,
  takeStatements: () => readonly unknown[],
): Promise<Rush> {
  takeStatements()
  const streams = Array.from({ length: count }, () => readStream(studio))
  const start = performance.now()
  const read = await Promise.all(streams)
  return {
    answered: read.filter(({ done }) => done).length,
    seconds: (performance.now() - start) / 1000,
    firsts: read.map(({ firstMs }) => firstMs),
    gaps: read.map(({ longestGapMs }) => longestGapMs),
    statements: takeStatements().length / count,
  }
}

async function readStream(studio: Studio) {
  const start = performance.now()
  const response = await studio.fetch(post('/agents/bench/runs', { message: 'go', stream: true }))
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let firstMs = Number.NaN
  let lastAt = start
  let longestGapMs = 0
  let line = ''
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) break
    const at = performance.now()
    line = decoder.decode(value)
    if (!Number.isNaN(firstMs)) longestGapMs = Math.max(longestGapMs, at - lastAt)
    else if (line.includes('text_delta')) firstMs = at - start
    lastAt = at
  }
  return { firstMs, longestGapMs, done: line.includes('"type":"final"') }
}

/** Lets many clients of another instance read one run, and asks for the list of runs meanwhile. */
async function benchOneRun(from: BenchServer): Promise<DurableTable> {
  const { sql, url } = await from.createDatabase('one_run')
  const other = from.openDatabase(url).sql
  const model = toolModel({
    tool: 'lookup',
    input: { id: '1' },
    calls: 0,
    deltas: 200,
    pauseMs: 50,
  })
  const owner = durableStudio(model, { stores: postgresStores(sql), limits })
  const recorded = recordStores(other)
  const readers = durableStudio(model, { stores: recorded.stores, limits })
  const id = await startRun(owner)
  const open = Array.from({ length: count }, () => readRun(readers, id))
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  recorded.take()
  const times = []
  const start = performance.now()
  while (performance.now() - start < 4_000) {
    times.push(await timed(() => answerOf(readers, new Request('http://studio.test/runs'))))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const seconds = (performance.now() - start) / 1000
  const statements = (recorded.take().length - times.length) / seconds
  const texts = await Promise.all(open)
  await Promise.all([owner.close(), readers.close()])
  const p50 = percentile(times, 0.5)
  const rows = [
    {
      what: 'readers that got all deltas',
      value: `${texts.filter((text) => text.split('text_delta').length === 201).length}`,
      limit: `${count}`,
    },
    { what: 'GET /runs meanwhile, ms at p50', value: p50.toFixed(1), limit: '20' },
    { what: 'statements a second for the readers', value: statements.toFixed(1), limit: '' },
  ]
  return {
    title: `${count} readers of one run that another instance advances`,
    rows,
    ok: p50 <= 20,
  }
}

async function readRun(studio: Studio, id: string): Promise<string> {
  const response = await studio.fetch(new Request(`http://studio.test/runs/${id}/events`))
  return response.text()
}

/** Lets each of many clients read a run that waits for a person. */
async function benchWaitingRuns(from: BenchServer): Promise<DurableTable> {
  const { sql, url } = await from.createDatabase('waiting_runs')
  const pool = postgres(url, { onnotice: () => undefined })
  const model = toolModel({ tool: 'refund', input: { cents: 5 }, calls: 1, deltas: 5 })
  const recorded = recordStores(pool)
  const studio = durableStudio(model, { stores: recorded.stores, limits })
  const ids: string[] = []
  for (let left = count; left > 0; left -= 100) {
    ids.push(...(await Promise.all(Array.from({ length: 100 }, () => startRun(studio)))))
  }
  await waitForAll(sql, 'waiting')
  const stops: AbortController[] = []
  const open = ids.map(async (id) => {
    const stop = new AbortController()
    stops.push(stop)
    const request = new Request(`http://studio.test/runs/${id}/events`, { signal: stop.signal })
    await readAll(await studio.fetch(request)).catch(() => 0) // it is aborted at the end
  })
  await new Promise((resolve) => setTimeout(resolve, 4_000))
  recorded.take()
  const start = performance.now()
  const cpu = process.cpuUsage()
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const seconds = (performance.now() - start) / 1000
  const statements = recorded.take().length / seconds
  const { user, system } = process.cpuUsage(cpu)
  for (const stop of stops) stop.abort()
  await studio.close()
  await Promise.all(open)
  await pool.end()
  const rows = [
    { what: 'statements a second', value: statements.toFixed(1), limit: '5' },
    {
      what: 'CPU of the instance, % of a core',
      value: ((user + system) / 10_000 / seconds).toFixed(1),
      limit: '',
    },
  ]
  return { title: `${count} readers of runs that wait for people`, rows, ok: statements <= 5 }
}
