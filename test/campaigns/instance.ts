// The process of one campaign instance: serves a studio with the stores in DATABASE_URL and writes one JSON object per line to
// its standard output. It ends with its standard input, so that no process outlives the campaign. A line of the input moves
// the clock. With UNRULY=1, it also serves a project, and user code that misbehaves.
import { createInterface } from 'node:readline'
import postgres from 'postgres'
import { serve } from '../../src/adapters/node.ts'
import { inProcessDispatcher, Studio } from '../../src/index.ts'
import { postgresDatabase, postgresStores, shardedStores } from '../../src/postgres.ts'
import { openai } from '../../src/protocols.ts'
import type { RunStore, Stores } from '../../src/storage/store.ts'
import { type RecordExecution, createCampaignAgent } from './agent.ts'
import { createUnrulyAgent, unrulyHook } from './faults/unruly.ts'
import { createUnrulyProject } from './faults/unruly-project.ts'
import type { InstanceReport } from './fleet.ts'
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

const openStores = (): Stores => {
  const shards = Array.from({ length: Number(SHARDS) }, (_, index) =>
    postgresStores(sql, { timeoutMs: Number(STATEMENT_MS), schema: shardSchema(index) }),
  )
  return withBlobs(shards.length === 1 && shards[0] ? shards[0] : shardedStores(shards), BLOBS)
}

let skewMs = 0
const agents = [createCampaignAgent(record), ...(UNRULY ? [createUnrulyAgent()] : [])]
const studio = new Studio(agents, {
  ...(UNRULY ? { project: createUnrulyProject(), allow: ['write_data', 'read_data'] } : {}),
  clock: { now: () => Date.now() + skewMs },
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
commands.on('line', (line) => (skewMs = Number(line)))
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
