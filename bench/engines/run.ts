import { loadavg } from 'node:os'
import type { Sql } from 'postgres'
import { installBench } from '../support/install.ts'
import { readServerCpu } from '../support/server-cpu.ts'
import { type BenchServer, startServer } from '../support/server.ts'
import { type Engine, engines, floor, runUnits, startEngine, stopEngine } from './engine.ts'

/** What an engine used in one round, per unit. */
interface Round {
  readonly app: number
  readonly server: number
  readonly perSecond: number
  readonly inserted: number
  readonly updated: number
}

const short = process.argv.includes('--short')
const chosen = process.argv.slice(2).filter((name) => name !== '--short')
const isChosen = ({ name }: Engine) =>
  chosen.length === 0 || chosen.some((word) => name.toLowerCase().includes(word.toLowerCase()))
const taking = engines.filter((engine) => engine === floor || isChosen(engine))

const folder = await installBench('engines')
const server = await startServer()
try {
  const loads = [loadavg()[0] ?? Number.NaN]
  const databases = await createDatabases(server)
  const rounds = new Map<Engine, Round[]>(taking.map((engine) => [engine, []]))
  for (const order of [taking, taking.toReversed()]) {
    for (const engine of order) {
      const database = databases.get(engine)
      if (database) rounds.get(engine)?.push(await measure(engine, database))
    }
    loads.push(loadavg()[0] ?? Number.NaN)
  }
  console.log(`\nload ${loads.map((load) => load.toFixed(1)).join(', ')}; Node ${process.version}`)
  console.table(taking.map((engine) => toRow(engine, rounds)))
} finally {
  await server.remove()
}

type Database = Awaited<ReturnType<BenchServer['createDatabase']>>

async function createDatabases(from: BenchServer): Promise<Map<Engine, Database>> {
  const databases = new Map<Engine, Database>()
  for (const [index, engine] of taking.entries()) {
    databases.set(engine, await from.createDatabase(`engine_${index}`))
  }
  return databases
}

/** Measures a round in a new process, after a quarter of the units as a warm-up. */
async function measure(engine: Engine, { sql, url }: Database): Promise<Round> {
  const units = short ? Math.ceil(engine.units / 10) : engine.units
  const warmUp = Math.ceil(units / 4)
  const child = await startEngine(engine, folder, url)
  try {
    const counted = await countRows(sql)
    await runUnits(child, warmUp, engine.inFlight)
    const before = await readServerCpu(sql)
    const { ms, appMs } = await runUnits(child, units, engine.inFlight)
    const serverMs = (await readServerCpu(sql)) - before
    await stopEngine(child)
    const rows = await countRows(sql)
    return {
      app: appMs / units,
      server: serverMs / units,
      perSecond: (1000 * units) / ms,
      inserted: (rows.inserted - counted.inserted) / (units + warmUp),
      updated: (rows.updated - counted.updated) / (units + warmUp),
    }
  } finally {
    await stopEngine(child)
  }
}

/** Counts the rows that all ended processes wrote: a backend reports them at its end at the latest. */
async function countRows(sql: Sql): Promise<{ inserted: number; updated: number }> {
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const [row] = await sql<{ inserted: string; updated: string }[]>`
    select sum(n_tup_ins) as inserted, sum(n_tup_upd) as updated from pg_stat_user_tables`
  return { inserted: Number(row?.inserted), updated: Number(row?.updated) }
}

function toRow(engine: Engine, rounds: ReadonlyMap<Engine, readonly Round[]>) {
  const of = (which: Engine, name: keyof Round) =>
    mean((rounds.get(which) ?? []).map((round) => round[name]))
  const stepCpu = (which: Engine) => (of(which, 'app') + of(which, 'server')) / which.steps
  const rate = of(engine, 'perSecond')
  // the first process of an engine also writes what its migrations write
  const last = rounds.get(engine)?.at(-1)
  const both = (rounds.get(engine) ?? []).map(({ app, server: other }) => app + other)
  return {
    unit: engine.name,
    'app CPU ms': of(engine, 'app').toFixed(2),
    'server CPU ms': of(engine, 'server').toFixed(2),
    'both ms': mean(both).toFixed(2),
    'by round': both.map((ms) => ms.toFixed(2)).join(', '),
    'units/s': rate.toFixed(0),
    'steps/s': (rate * engine.steps).toFixed(0),
    'share of floor': ((rate * engine.steps) / of(floor, 'perSecond')).toFixed(2),
    'CPU of a step / of a commit': (stepCpu(engine) / stepCpu(floor)).toFixed(1),
    inserted: last?.inserted.toFixed(1),
    updated: last?.updated.toFixed(1),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
