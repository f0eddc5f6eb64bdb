// A process that only advances runs. durable-workers.ts starts it and ends it with SIGTERM.
import postgres from 'postgres'
import { postgresStores } from '../src/postgres.ts'
import { durableStudio } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'
import { workload } from './support/workload.ts'

const [url = ''] = process.argv.slice(2)
const sql = postgres(url, { onnotice: () => undefined })
const studio = durableStudio(toolModel(workload), { stores: postgresStores(sql) })
process.once('SIGTERM', () => void studio.close())
console.log('working')
await studio.work()
await sql.end()
