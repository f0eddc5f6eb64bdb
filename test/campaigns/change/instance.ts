// A process that sends one request to a studio of its own, and is killed by SIGKILL before its step number KILL_AT. It writes the
// status of the answer to its standard output if it lives.
import postgres from 'postgres'
import { Studio } from '../../../src/index.ts'
import { toOptions } from './parts.ts'

const {
  DATABASE_URL = '',
  SHOP_URL = '',
  ROOT = '',
  PATH_TO = '',
  BODY = '',
  KILL_AT = '0',
  LEASE_MS = '500',
  COMMIT = 'false',
} = process.env

const pool = { max: 3, onnotice: () => undefined }
const kept = postgres(DATABASE_URL, pool)
const shop = SHOP_URL === '' ? null : postgres(SHOP_URL, pool)
let step = 0
const studio = new Studio(
  [],
  toOptions(
    { root: ROOT, leaseMs: Number(LEASE_MS), kept, shop, commit: COMMIT === 'true' },
    {
      onStep() {
        if (++step === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL')
      },
    },
  ),
)
const response = await studio.fetch(`http://studio.test${PATH_TO}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-ai-apply': 'true' },
  body: BODY,
})
const { success = true } = (await response.json()) as { success?: boolean }
process.stdout.write(`${response.status} ${success}`)
await studio.close()
await Promise.all([kept.end(), shop?.end()])
