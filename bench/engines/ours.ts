// A unit is a streamed run of 3 turns with 2 tool calls, read by its caller: five steps.
import postgres from 'postgres'
import { postgresStores } from '../../src/postgres.ts'
import { readAll } from '../support/model.ts'
import { post } from '../support/requests.ts'
import { durableStudio } from '../support/studio.ts'
import { toolModel } from '../support/tool-model.ts'
import { workload } from '../support/workload.ts'
import { answerBench, repeat, url } from './host.mjs'

const sql = postgres(url, { onnotice: () => undefined })
const studio = durableStudio(toolModel(workload), { stores: postgresStores(sql) })
await studio.ready()
answerBench((count, inFlight) =>
  repeat(
    async () => {
      const request = post('/agents/bench/runs', { message: 'go', stream: true })
      await readAll(await studio.fetch(request))
    },
    count,
    inFlight,
  ),
)
