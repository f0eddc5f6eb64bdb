// A unit is a job that does nothing. With `batched`, jobs are added, fetched and completed in batches.
import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import postgres from 'postgres'
import { answerBench, drained, repeat, url } from './host.mjs'

const batched = process.argv[3] === 'batched'
const batch = 500
const sql = postgres(url, { max: 1, onnotice: () => undefined })
let ended = 0
const runner = await run({
  connectionString: url,
  taskList: { bench: async () => void ended++ },
  logger: new Logger(() => () => undefined),
  noHandleSignals: true,
  preset: {
    worker: {
      concurrentJobs: 32,
      pollInterval: 100,
      ...(batched && {
        localQueue: { size: batch },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      }),
    },
  },
})
const utils = await makeWorkerUtils({ connectionString: url })
const job = { identifier: 'bench', payload: { go: true } }

async function add(count, inFlight) {
  if (!batched) return repeat(() => runner.addJob(job.identifier, job.payload), count, inFlight)
  for (let left = count; left > 0; left -= batch) {
    await utils.addJobs(Array.from({ length: Math.min(batch, left) }, () => job))
  }
}

answerBench(async (count, inFlight) => {
  const target = ended + count
  await add(count, inFlight)
  const countOpen = async () => {
    const [row] = await sql`select count(*)::int as open from graphile_worker._private_jobs`
    return row.open
  }
  await drained(() => ended >= target, countOpen)
})
