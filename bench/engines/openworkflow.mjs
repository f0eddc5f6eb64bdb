// A unit is a workflow of five steps that do nothing, queued and advanced by a worker of this process.
import postgres from 'postgres'
import { OpenWorkflow } from 'openworkflow'
import { BackendPostgres } from 'openworkflow/postgres'
import { answerBench, drained, repeat, url } from './host.mjs'

const sql = postgres(url, { max: 1, onnotice: () => undefined })
const engine = new OpenWorkflow({ backend: await BackendPostgres.connect(url) })
let ended = 0
const fiveSteps = engine.defineWorkflow({ name: 'five-steps' }, async ({ step }) => {
  for (let index = 0; index < 5; index++) {
    await step.run({ name: `step-${index}` }, async () => index)
  }
  ended++
})
await engine.newWorker({ concurrency: 32 }).start()
answerBench(async (count, inFlight) => {
  const target = ended + count
  await repeat(() => fiveSteps.run({}), count, inFlight)
  const countOpen = async () => {
    const [row] = await sql`
      select count(*)::int as open from openworkflow.workflow_runs where finished_at is null`
    return row.open
  }
  await drained(() => ended >= target, countOpen)
})
