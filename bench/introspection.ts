import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import postgres, { type Sql } from 'postgres'
import { defineProject, Studio } from '../src/index.ts'
import { databaseModels, postgresDatabase, readCatalog } from '../src/postgres.ts'
import { currentCatalog } from '../src/project/postgres/catalog/cache.ts'
import { fingerprintSelect } from '../src/project/postgres/catalog/fingerprint.ts'
import { catalogSelects } from '../src/project/postgres/catalog/read.ts'
import type { ScaleReport } from './introspection-scale.ts'
import { createBigSchema } from './support/big-schema.ts'
import { outputOf, startChild } from './support/child.ts'
import { median, percentile, timed } from './support/report.ts'
import { startServer } from './support/server.ts'

const short = process.argv.includes('--short')
const tables = short ? 1_000 : 10_000
const schemas = Array.from({ length: 20 }, (_, index) => `s${index}`)
const rounds = short ? 3 : 7

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** The statements of a snapshot, sent in one message and without further processing of their rows. */
const bare = `set transaction isolation level repeatable read, read only; ${Object.values(catalogSelects(null)).join(';')}`

interface Finding {
  readonly what: string
  readonly measured: string
  /** The target, or a limit where there is none. */
  readonly limit: string
  readonly ok: boolean | 'missed'
}

const findings: Finding[] = []
const note = (what: string, measured: string, limit = '', ok: Finding['ok'] = true) =>
  findings.push({ what, measured, limit, ok })
const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 0)} ms`

/**
 * Alternates complete reads with the bare statements; the first round only warms up. Compares the best of each side, because
 * other processes on the machine make single reads slower.
 */
async function benchFullRead(sql: Sql): Promise<void> {
  const sides: Readonly<Record<string, () => Promise<unknown>>> = {
    'bare statements': () => sql.unsafe(bare).values(),
    'full snapshot': () => readCatalog(postgresDatabase(sql)),
    fingerprint: () => sql.unsafe(fingerprintSelect).values(),
  }
  const samples = new Map(Object.keys(sides).map((side): [string, number[]] => [side, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const [side, run] of Object.entries(sides)) {
      collect()
      const took = await timed(run)
      if (round > 0) samples.get(side)?.push(took)
    }
  }
  const best = (side: string) => Math.min(...(samples.get(side) ?? []))
  for (const [side, took] of samples) {
    note(`${side}, best and p50 of ${rounds}`, `${ms(best(side))}, ${ms(median(took))}`)
  }
  const ratio = best('full snapshot') / best('bare statements')
  note('full snapshot / bare statements', ratio.toFixed(2), '1.5', ratio <= 1.5)
}

/** Measures, in a separate process, the peak memory and the memory that the catalog keeps. */
async function readInChild(url: string): Promise<void> {
  const sql = postgres(url, { max: 1 })
  await sql`select 1`
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  const catalog = await readCatalog(postgresDatabase(sql))
  const peak = process.resourceUsage().maxRSS * 1024 - rss
  collect()
  const heap = process.memoryUsage().heapUsed - heapUsed
  console.log(JSON.stringify({ peak, heap, tables: catalog.tables.length }))
  await sql.end()
}

async function benchMemory(url: string): Promise<void> {
  const child = startChild('bench/introspection.ts', ['--read', url])
  const found = JSON.parse(await outputOf(child)) as Record<'peak' | 'heap' | 'tables', number>
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
  note('memory of a process that reads it: more than before, at most', mb(found.peak))
  note('heap of the catalog', mb(found.heap))
  const isWhole = found.tables === tables
  note('tables read', String(found.tables), String(tables), isWhole)
}

/** Measures a client that polls about four times a second for 10 s while nothing changes. */
async function benchUnchanged(sql: Sql, path: string): Promise<void> {
  const models = databaseModels({ schemas })
  const project = defineProject({ name: 'Big', apps: [{ label: 'big', models }] })
  const studio = new Studio([], { project, database: postgresDatabase(sql) })
  const ask = (etag: string) =>
    studio.fetch(new Request(`http://studio.test${path}`, { headers: { 'if-none-match': etag } }))
  const cold = performance.now()
  const first = await ask('')
  await first.text()
  note(`GET ${path}, cold`, ms(performance.now() - cold))
  const etag = first.headers.get('etag') ?? ''
  const samples: number[] = []
  const polls = short ? 12 : 60
  for (let poll = 0; poll < polls; poll++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    const start = performance.now()
    const { status } = await ask(etag)
    samples.push(performance.now() - start)
    if (status !== 304) throw new Error(`${path} returned ${status}, but nothing has changed`)
  }
  const [p50, p99] = [percentile(samples, 0.5), percentile(samples, 0.99)]
  note(`GET ${path}, If-None-Match, p50 of ${polls}`, ms(p50), '5 ms', p50 <= 5)
  note('the same, p99', ms(p99))
  await studio.close()
}

/** A block of the event loop may be this often as long as its target before the command fails: see decision 250. */
const blockSlack = 4

/**
 * Prints what a process with one resource per table measured: `bench/introspection-scale.ts`. With more than 1,000 resources
 * it only shows how the figures grow.
 */
async function benchScale(url: string, resources: number): Promise<void> {
  const judge = (value: number, target: number, slack = 1): Finding['ok'] => {
    if (value <= target) return true
    return resources > 1_000 || value <= target * slack ? 'missed' : false
  }
  const args = [url, String(resources), String(short ? 2 : 5)]
  const child = startChild('bench/introspection-scale.ts', args)
  const { findings: found, refresh, peakRss } = JSON.parse(await outputOf(child)) as ScaleReport
  for (const { what, ms: took, blockedCpu, bytes, limit } of found) {
    const size = bytes > 1e6 ? `, ${(bytes / 1e6).toFixed(0)} MB` : ''
    const measured = `${ms(took)}${size}; blocked ${ms(blockedCpu)}`
    note(what, measured, limit === null ? '' : ms(limit), judge(took, limit ?? Infinity))
  }
  const longest = Math.max(...found.map(({ blockedCpu }) => blockedCpu))
  const isShort = judge(longest, 50, blockSlack)
  note('the longest block of the event loop, CPU', ms(longest), '50 ms', isShort)
  const { blockedCpu, cpu } = refresh
  const isUnnoticed = judge(blockedCpu, 10)
  note('a refresh, nothing changed: the longest block, CPU', ms(blockedCpu), '10 ms', isUnnoticed)
  note('a refresh, nothing changed: CPU', ms(cpu))
  note('peak RSS of the process', `${peakRss.toFixed(0)} MB`, '500 MB', judge(peakRss, 500))
}

/**
 * Measures how a warm process reads an unknown database, as on a platform where each request opens its own connection. The
 * bare statements, sent in turn, show the time that the server alone needs.
 */
async function benchSmall(sql: Sql): Promise<void> {
  const cold: number[] = []
  const alone: number[] = []
  for (let round = 0; round < 60; round++) {
    const database = postgresDatabase(sql)
    cold.push(await timed(() => currentCatalog(database, database, null)))
    alone.push(await timed(() => sql.unsafe(bare).values()))
  }
  note('200 tables, the first read of the process', ms(cold[0] ?? Number.NaN))
  const [warm, floor] = [cold.slice(20), alone.slice(20)]
  const [best, p50] = [Math.min(...warm), median(warm)]
  const least = `${ms(Math.min(...floor))}, ${ms(median(floor))}`
  note('200 tables, bare statements, best and p50 of 40', least)
  note('200 tables, nothing known of the database, best of 40', ms(best))
  note('the same, p50', ms(p50), '60 ms', p50 < 60)
}

async function benchAll(): Promise<void> {
  const server = await startServer()
  const pools: Sql[] = []
  /** One connection, so that both sides of a comparison use the same caches of the server. */
  const open = (url: string) => {
    const sql = postgres(url, { max: 1 })
    pools.push(sql)
    return sql
  }
  try {
    const small = await server.createDatabase('small')
    await createBigSchema(small.sql, { tables: 200, schemas: 2 })
    const big = await server.createDatabase('big')
    const make = () => createBigSchema(big.sql, { tables, schemas: 20 })
    note(`create ${tables} tables`, ms(await timed(make)))
    for (const { sql } of [small, big]) await sql.unsafe('vacuum analyze')
    await benchSmall(open(small.url))
    await benchFullRead(open(big.url))
    await benchMemory(big.url)
    await benchScale(big.url, Math.min(tables, 1_000))
    if (!short) await benchScale(big.url, tables)
    await benchUnchanged(big.sql, '/studio/handshake')
    await benchUnchanged(big.sql, '/studio/context/summary')
  } finally {
    await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })))
    await server.remove()
  }
  console.table(findings)
  if (findings.some(({ ok }) => ok === false)) process.exitCode = 1
}

const [mode, url = ''] = process.argv.slice(2)
await (mode === '--read' ? readInChild(url) : benchAll())
