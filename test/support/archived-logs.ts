import type { Sql } from 'postgres'
import { blobStores, type BlobStoresOptions, type Blobs } from '../../src/blobs.ts'
import type { PostgresStoresOptions } from '../../src/postgres.ts'
import type { LogEntry } from '../../src/records/run.ts'
import type { NewRun, Stores } from '../../src/storage/store.ts'
import { fixedClock, memoryBlobs } from '../../src/testing.ts'
import { clockedStores } from './postgres-stores.ts'
import { logEntries, startRun, succeed } from './records.ts'
import { uuidAt } from './uuid-at.ts'

export const dayMs = 86_400_000
let schemas = 0

/** Stores, in a time near the present one so that ids of a studio tell it, whose logs are dropped after seven days, with blobs in memory whose calls are counted and may be replaced. */
export function createArchive(
  sql: Sql,
  options: BlobStoresOptions = {},
  more: PostgresStoresOptions = {},
) {
  const clock = fixedClock(Date.now())
  const kept = memoryBlobs({ clock })
  const schema = `archive_${++schemas}`
  const calls = { puts: [] as string[], gets: [] as string[] }
  const hooks: { put?: (key: string) => Promise<void> } = {}
  const blobs: Blobs = {
    ...kept,
    async put(key, bytes) {
      calls.puts.push(key)
      await hooks.put?.(key)
      await kept.put(key, bytes)
    },
    async get(key) {
      calls.gets.push(key)
      return kept.get(key)
    },
  }
  const inner = clockedStores(sql, clock, {
    schema,
    retention: { logs: 7 * dayMs },
    daysAhead: 2,
    ...more,
  })
  const over = (stores: Stores, others: BlobStoresOptions = {}) =>
    blobStores(stores, blobs, { archiveLogs: true, clock, ...options, ...others })
  const countRows = async (where = 'true') => {
    const [row] = await sql.unsafe(
      `select count(*)::integer as count from ${schema}.run_events where ${where}`,
    )
    return Number(row?.['count'])
  }
  const newId = () => uuidAt(clock.now())
  const stores = over(inner)
  const endRun = (fields: Partial<NewRun> = {}, entries: readonly LogEntry[] = logEntries(0, 3)) =>
    endedRun(stores, { id: newId(), ...fields }, entries)
  return { clock, schema, kept, calls, hooks, inner, stores, over, countRows, newId, endRun }
}

/** Runs a run to its end, whose log has these entries. */
export async function endedRun(
  stores: Stores,
  fields: Partial<NewRun>,
  entries: readonly LogEntry[] = logEntries(0, 3),
): Promise<string> {
  const ref = await startRun(stores, fields)
  await stores.runs.commit(ref, { entries: entries.slice(0, -1) })
  await stores.runs.commit(ref, { entries: entries.slice(-1), release: succeed })
  return ref.runId
}

/** Reads a whole log in pages. */
export async function readAll(stores: Stores, runId: string, limit = 500): Promise<LogEntry[]> {
  const read: LogEntry[] = []
  for (;;) {
    const page = await stores.runs.readLog(runId, read.at(-1)?.seq ?? -1, limit)
    if (page.length === 0) return read
    read.push(...page)
  }
}
