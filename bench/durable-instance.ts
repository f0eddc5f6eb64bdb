// An instance with many waiting runs; started by durable-waiting.ts with --expose-gc. Prints one line of JSON.
import postgres from 'postgres'
import { postgresStores } from '../src/postgres.ts'
import { toolModel } from './support/tool-model.ts'
import { durableStudio, startRun, waitForAll } from './support/studio.ts'

const [url = '', count = '0'] = process.argv.slice(2)
const atOnce = 50
const warmUps = 1_000

const connection = { application_name: 'instance' }
const sql = postgres(url, { connection, onnotice: () => undefined })
const model = toolModel({ tool: 'refund', input: { cents: 500 }, calls: 1, deltas: 5 })
const studio = durableStudio(model, { stores: postgresStores(sql) })

async function startWaiting(runs: number): Promise<void> {
  for (let left = runs; left > 0; left -= atOnce) {
    await Promise.all(Array.from({ length: Math.min(atOnce, left) }, () => startRun(studio)))
  }
  await waitForAll(sql, 'waiting')
}

/** Returns the bytes of live objects. */
async function readHeap(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 500))
  for (let round = 0; round < 4; round++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

/** Counts the resources that keep the process alive, by kind. */
function countResources(): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

await studio.ready()
await startWaiting(warmUps)
const before = { heap: await readHeap(), resources: countResources() }
await startWaiting(Number(count))
const after = { heap: await readHeap(), resources: countResources() }
/** Counts the connections of this instance that are busy or hold a transaction open. */
async function countBusy(): Promise<number> {
  const busy = await sql`
    select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
      and application_name = 'instance' and state <> 'idle'`
  return busy.length
}

/** Samples several times, because a sweep uses a connection every two seconds. The minimum is what is held permanently. */
let busyConnections = await countBusy()
for (let sample = 0; sample < 20 && busyConnections > 0; sample++) {
  await new Promise((resolve) => setTimeout(resolve, 100))
  busyConnections = Math.min(busyConnections, await countBusy())
}
console.log(
  JSON.stringify({
    busyConnections,
    bytesPerRun: (after.heap - before.heap) / Number(count),
    before,
    after,
  }),
)
await studio.close()
await sql.end()
