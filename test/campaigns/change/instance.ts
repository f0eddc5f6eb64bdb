// A process that applies a change set, or rolls it back, and is killed by SIGKILL before its step number KILL_AT. It writes the
// status of the answer to its standard output if it lives.
import postgres from 'postgres'
import { Studio } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { watchedParts } from '../../support/mortal.ts'

const {
  DATABASE_URL = '',
  ROOT = '',
  PATH_TO = '',
  BODY = '',
  KILL_AT = '0',
  LEASE_MS = '500',
  COMMIT = 'false',
} = process.env

const sql = postgres(DATABASE_URL, { max: 3, onnotice: () => undefined })
const stores = postgresStores(sql)
if (!stores.changes) throw new Error('PostgreSQL keeps change sets')
let step = 0
const parts = watchedParts(
  { root: ROOT, stores, changes: stores.changes, commit: COMMIT === 'true' },
  {
    onStep() {
      if (++step === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
    },
  },
)
const studio = new Studio([], {
  ...parts,
  allow: ['ai_patch'],
  changes: { approve: 'never' },
  leaseMs: Number(LEASE_MS),
})
const response = await studio.fetch(`http://studio.test${PATH_TO}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-ai-apply': 'true' },
  body: BODY,
})
process.stdout.write(`${response.status} ${step}`)
await studio.close()
await sql.end()
