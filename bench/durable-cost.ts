import type { Sql } from 'postgres'
import type { Studio } from '../src/index.ts'
import { readAll } from './support/model.ts'
import { recordStores } from './support/recorded-stores.ts'
import type { DurableContext, DurableTable } from './support/report.ts'
import { post } from './support/requests.ts'
import { readServerCpu } from './support/server-cpu.ts'
import { durableStudio } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'
import { workload } from './support/workload.ts'

/** Measures what a durable run costs, in CPU of the application and of the server, at several numbers of runs in flight. */
export async function benchCost({ server, short }: DurableContext): Promise<DurableTable[]> {
  const { sql } = await server.createDatabase('cost')
  const recorded = recordStores(sql)
  const studio = durableStudio(toolModel(workload), { stores: recorded.stores })
  const rows = []
  await runMany(studio, 64, 32)
  for (const inFlight of [1, 32]) {
    const runs = short ? 100 : inFlight * 40 + 200
    recorded.take()
    const counted = await readCounters(sql)
    const spent = await readSpent(sql)
    await runMany(studio, runs, inFlight)
    const statements = recorded.take().length / runs
    const { time, ...cpu } = difference(await readSpent(sql), spent)
    const use = { ...cpu, ...difference(await readCounters(sql), counted) }
    const each = (name: keyof typeof use) => use[name] / runs
    rows.push({
      'in flight': inFlight,
      'runs/s': Math.round((1000 * runs) / time),
      'app CPU ms': each('app').toFixed(2),
      'server CPU ms': each('server').toFixed(2),
      'both ms': (each('app') + each('server')).toFixed(2),
      statements: statements.toFixed(1),
      inserted: each('inserted').toFixed(1),
      updated: each('updated').toFixed(1),
      'HOT %': ((100 * each('hot')) / each('updated')).toFixed(0),
      'WAL kB': (each('wal') / 1024).toFixed(1),
      'disk kB': (each('disk') / 1024).toFixed(1),
    })
  }
  await studio.close()
  return [{ title: 'What a run of 3 turns with 2 tool calls costs', rows, ok: true }]
}

/** Runs this many runs, so many of them at a time. */
async function runMany(studio: Studio, count: number, inFlight: number): Promise<void> {
  let left = count
  const work = async () => {
    while (left-- > 0) {
      await readAll(await studio.fetch(post('/agents/bench/runs', { message: 'go', stream: true })))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
}

/** Returns the time and the CPU time of both sides, in milliseconds. */
async function readSpent(sql: Sql) {
  const server = await readServerCpu(sql)
  const { user, system } = process.cpuUsage()
  return { app: (user + system) / 1000, server, time: performance.now() }
}

async function readCounters(sql: Sql) {
  await new Promise((resolve) => setTimeout(resolve, 1_200)) // PostgreSQL updates its statistics after a second
  const [row] = await sql<Record<string, string>[]>`
    select pg_current_wal_insert_lsn() - '0/0' as wal, sum(n_tup_ins) as inserted, sum(n_tup_upd) as updated,
      sum(n_tup_hot_upd) as hot, sum(pg_total_relation_size(relid)) as disk
    from pg_stat_user_tables where schemaname = 'studio'`
  const of = (name: string) => Number(row?.[name])
  return {
    wal: of('wal'),
    inserted: of('inserted'),
    updated: of('updated'),
    hot: of('hot'),
    disk: of('disk'),
  }
}

function difference<T extends Record<string, number>>(after: T, before: T): T {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]),
  ) as T
}
