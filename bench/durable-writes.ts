import type { Sql } from 'postgres'
import type { Studio } from '../src/index.ts'
import { toolModel, type ToolModelOptions } from './support/tool-model.ts'
import { readAll } from './support/model.ts'
import { type RecordedStores, recordStores } from './support/recorded-stores.ts'
import { type DurableContext, type DurableTable, percentile } from './support/report.ts'
import { createSession, post } from './support/requests.ts'
import { durableStudio } from './support/studio.ts'

/** One kind of run to measure. */
interface RunKind extends Omit<ToolModelOptions, 'tool' | 'input'> {
  readonly name: string
  readonly session?: boolean
}

const plain = { calls: 0, deltas: 100 }

const kinds: readonly RunKind[] = [
  { ...plain, name: '1 turn, 100 deltas at once' },
  { ...plain, name: '1 turn, 100 deltas, 10 ms apart', pauseMs: 10 },
  { ...plain, name: '1 turn, 10,000 deltas at once', deltas: 10_000 },
  { ...plain, name: '1 turn, 100 deltas, in a session', session: true },
  { name: '2 turns with 1 tool call', calls: 1, deltas: 20 },
  { name: '6 turns with 5 tool calls', calls: 5, deltas: 20 },
]

/** Measures what runs write: time and rows per delta, statements per turn, WAL per run. */
export async function benchWrites({ server, short }: DurableContext): Promise<DurableTable[]> {
  const { sql } = await server.createDatabase('writes')
  const recorded = recordStores(sql)
  const rows = []
  for (const kind of kinds) {
    const rounds = kind.pauseMs || kind.deltas > 1_000 || short ? 10 : 100
    rows.push(await measureKind(sql, recorded, kind, rounds))
  }
  return [{ title: 'What a streamed run costs, fsync on, one after the other', rows, ok: true }]
}

async function measureKind(sql: Sql, recorded: RecordedStores, kind: RunKind, rounds: number) {
  const model = toolModel({ tool: 'lookup', input: { id: 'ORD-1' }, ...kind })
  const studio = durableStudio(model, { stores: recorded.stores })
  const sessionId = kind.session ? await createSession(studio) : undefined
  for (let round = 0; round < 3; round++) await streamRun(studio, sessionId)
  await sql`checkpoint`
  recorded.take()
  const before = await readCounters(sql)
  const cpuBefore = process.cpuUsage()
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await streamRun(studio, sessionId)
    times.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const after = await readCounters(sql)
  const statements = recorded.take().length / rounds
  await studio.close()
  const deltas = (kind.calls + 1) * kind.deltas
  const perRun = (name: keyof typeof after) => (after[name] - before[name]) / rounds
  return {
    run: kind.name,
    'ms (p50)': percentile(times, 0.5).toFixed(1),
    'CPU µs/delta': ((user + system) / rounds / deltas).toFixed(1),
    'log rows': perRun('batches').toFixed(1),
    'log rows/delta': (perRun('batches') / deltas).toFixed(4),
    statements: statements.toFixed(1),
    'per turn': (statements / (kind.calls + 1)).toFixed(1),
    'WAL kB': (perRun('wal') / 1024).toFixed(1),
    'HOT %': ((100 * perRun('hot')) / perRun('updates')).toFixed(0),
  }
}

async function streamRun(studio: Studio, sessionId: string | undefined): Promise<void> {
  const body = { message: 'go', stream: true, ...(sessionId === undefined ? {} : { sessionId }) }
  await readAll(await studio.fetch(post('/agents/bench/runs', body)))
}

async function readCounters(sql: Sql) {
  await new Promise((resolve) => setTimeout(resolve, 1_200)) // PostgreSQL updates its statistics after a second
  const [row] = await sql<{ wal: string; batches: string; updates: string; hot: string }[]>`
    select pg_current_wal_insert_lsn() - '0/0' as wal, (select count(*) from studio.run_events) as batches,
      (select sum(n_tup_upd) from pg_stat_user_tables where schemaname = 'studio') as updates,
      (select sum(n_tup_hot_upd) from pg_stat_user_tables where schemaname = 'studio') as hot`
  return {
    wal: Number(row?.wal),
    batches: Number(row?.batches),
    updates: Number(row?.updates),
    hot: Number(row?.hot),
  }
}
