// The process of one campaign instance: serves a studio with the stores in DATABASE_URL and writes one JSON object per line to
// its standard output. It ends with its standard input, so that no process outlives the campaign.
import postgres from 'postgres'
import { serve } from '../../src/adapters/node.ts'
import { inProcessDispatcher, Studio } from '../../src/index.ts'
import { postgresDatabase, postgresStores } from '../../src/postgres.ts'
import type { RunStore, Stores } from '../../src/storage/store.ts'
import { type RecordExecution, createCampaignAgent } from './agent.ts'
import type { InstanceReport } from './fleet.ts'

const {
  DATABASE_URL = '',
  LEASE_MS = '1500',
  SWEEP_MS = '300',
  STATEMENT_MS = '3000',
  INSTANCE = '',
} = process.env

const write = (report: InstanceReport) => process.stdout.write(`${JSON.stringify(report)}\n`)
const onError = (error: unknown) => {
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  write({ error: `${code} ${message}`.trim() })
}
const connection = {
  connect_timeout: 3,
  backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 0.5),
  onnotice: () => undefined,
}
const sql = postgres(DATABASE_URL, { ...connection, max: 6 })
const toolSql = postgres(DATABASE_URL, { ...connection, max: 3 })

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

const studio = new Studio([createCampaignAgent(record)], {
  stores: watchRefusals(postgresStores(sql, { timeoutMs: Number(STATEMENT_MS) })),
  database: postgresDatabase(sql),
  dispatcher: inProcessDispatcher({ sweepMs: Number(SWEEP_MS), onError }),
  leaseMs: Number(LEASE_MS),
  shutdownMs: 200,
  onError,
})
await studio.ready()
void studio.work().catch(onError) // takes over the runs of other instances, even before the first request
const { url } = await serve(studio, {
  port: 0,
  log: false,
  graceMs: 500,
  onShutdown: async () => {
    await Promise.all([sql.end({ timeout: 1 }), toolSql.end({ timeout: 1 })])
    process.stdin.destroy()
  },
})
write({ url })
process.stdin.on('end', () => process.exit(1)).resume()
