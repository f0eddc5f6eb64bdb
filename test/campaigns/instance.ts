// The process of one campaign instance: serves a studio with the stores in DATABASE_URL and writes one JSON object per line to
// its standard output. It ends with its standard input, so that no process outlives the campaign. A line of the input is a
// command. With UNRULY=1, it also serves a project, and user code that misbehaves.
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { serve } from '../../src/adapters/node.ts'
import { type Ids, inProcessDispatcher, Studio } from '../../src/index.ts'
import { randomIds } from '../../src/lib/clock.ts'
import {
  postgresDatabase,
  postgresStores,
  type Retention,
  shardedStores,
} from '../../src/postgres.ts'
import { openai } from '../../src/protocols.ts'
import type { RunStore, Stores } from '../../src/storage/store.ts'
import { type RecordExecution, createCampaignAgent } from './agent.ts'
import { uuidAt } from '../support/uuid-at.ts'
import { createUnrulyAgent, unrulyHook } from './faults/unruly.ts'
import { createUnrulyProject } from './faults/unruly-project.ts'
import type { InstanceCommand, InstanceReport } from './fleet.ts'
import { withBlobs } from './blobs.ts'
import { shardSchema } from './shards.ts'

const {
  DATABASE_URL = '',
  LEASE_MS = '1500',
  SWEEP_MS = '300',
  STATEMENT_MS = '3000',
  INSTANCE = '',
  DIRECT_URL = DATABASE_URL,
  UNRULY = '',
  SHARDS = '1',
  BLOBS = '',
  ARCHIVE = '',
  ID_SHIFT_MS = '0',
} = process.env

const write = (report: InstanceReport) => process.stdout.write(`${JSON.stringify(report)}\n`)
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error: unknown) => {
    write({ fault: `${event}: ${error instanceof Error ? error.stack : String(error)}` })
  })
}
const onError = (error: unknown) => {
  const { code = '', message = String(error) } = (error ?? {}) as {
    code?: string
    message?: string
  }
  write({ error: `${code} ${message}`.trim() })
  if (UNRULY) return unrulyHook()
}
const connection = {
  connect_timeout: 3,
  backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 0.5),
  onnotice: () => undefined,
}
const sql = postgres(DATABASE_URL, { ...connection, max: 6 })
// Studio never sees this pool, so it cannot keep its connections from reading types without a handler (decision 096).
const toolSql = postgres(DIRECT_URL, { ...connection, max: 3, fetch_types: false })

const record: RecordExecution = async (tool, { runId, toolCallId, idempotencyKey }) => {
  await toolSql`insert into tool_executions (run_id, tool_call_id, idempotency_key, tool, instance)
    values (${runId}, ${toolCallId}, ${idempotencyKey}, ${tool}, ${INSTANCE})`
}

/** Reports writes that the store refused because this process had lost the run. */
function watchRefusals(stores: Stores): Stores {
  const { commit, renew } = stores.runs
  const watch = <T>(kind: string, result: T): T => {
    if (result === null) write({ refused: kind })
    return result
  }
  const runs: RunStore = {
    ...stores.runs,
    commit: async (ref, change) => watch('commit', await commit(ref, change)),
    renew: async (ref, leaseMs) => watch('renew', await renew(ref, leaseMs)),
  }
  return { ...stores, runs }
}

const openStores = (retention: Retention = {}): Stores => {
  const timeoutMs = Number(STATEMENT_MS)
  const shards = Array.from({ length: Number(SHARDS) }, (_, index) =>
    postgresStores(sql, { timeoutMs, schema: shardSchema(index), retention }),
  )
  const stores = shards.length === 1 && shards[0] ? shards[0] : shardedStores(shards)
  return withBlobs(stores, BLOBS, ARCHIVE !== '')
}

let skewMs = 0
let idShiftMs = Number(ID_SHIFT_MS)
/** New ids of another time, which decides about the day of a log. */
const ids: Ids = {
  ...randomIds,
  uuid: () => uuidAt(Date.now() + idShiftMs).slice(0, 14) + randomIds.uuid().slice(14),
}
const agents = [createCampaignAgent(record), ...(UNRULY ? [createUnrulyAgent()] : [])]
const studio = new Studio(agents, {
  ...(UNRULY ? { project: createUnrulyProject(), allow: ['write_data', 'read_data'] } : {}),
  clock: { now: () => Date.now() + skewMs },
  ids,
  stores: watchRefusals(openStores()),
  database: postgresDatabase(sql),
  protocols: [openai()],
  dispatcher: inProcessDispatcher({ sweepMs: Number(SWEEP_MS), onError }),
  leaseMs: Number(LEASE_MS),
  shutdownMs: 200,
  onError,
})
await studio.ready()
void studio.work().catch(onError) // takes over the runs of other instances, even before the first request
const { url, close } = await serve(studio, {
  port: 0,
  log: false,
  graceMs: 500,
  handleSignals: false,
  onShutdown: async () => {
    await Promise.all([sql.end({ timeout: 1 }), toolSql.end({ timeout: 1 })])
  },
})
write({ url })

const reportHeap = () => {
  globalThis.gc?.()
  write({ heap: process.memoryUsage().heapUsed })
}
reportHeap()
setInterval(reportHeap, 2_000).unref()

const commands = createInterface({ input: process.stdin })
commands.on('line', (line) => {
  const { skew, shift, prune } = JSON.parse(line) as InstanceCommand
  if (skew !== undefined) skewMs = skew
  if (shift !== undefined) idShiftMs = shift
  if (prune !== undefined) pruneLogs(prune).catch(onError)
})

/** Prunes logs of an age in milliseconds. */
async function pruneLogs(logs: number): Promise<void> {
  const stores = openStores({ logs })
  try {
    const pruned = await stores.prune?.()
    write({ pruned: { logDays: pruned?.logDays ?? 0, logs: pruned?.archivedLogs ?? 0 } })
  } finally {
    await stores.close?.()
  }
}
process.stdin.on('end', () => process.exit(1))

// After SIGTERM the process ends by itself, unless something that the studio opened keeps it alive.
process.once('SIGTERM', () => {
  void close().then(() => {
    commands.close()
    process.stdin.destroy()
    setTimeout(() => {
      const open = process.getActiveResourcesInfo()
      // The caller's pool keeps its sockets and timers while the database is frozen, although `end` has resolved.
      if (!open.includes('TCPSocketWrap')) write({ fault: `left open: ${open.join()}` })
      process.exit(1)
    }, 3_000).unref()
  })
})
