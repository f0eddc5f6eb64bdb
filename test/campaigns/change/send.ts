import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Studio } from '../../../src/index.ts'

const instance = fileURLToPath(new URL('instance.ts', import.meta.url))
const runner = fileURLToPath(new URL('../../../scripts/run-ts.mjs', import.meta.url))

/** The lease of all processes, in milliseconds. */
export const leaseMs = 500

/** One request of a process that may be killed. */
export interface MortalRequest {
  readonly url: string
  /** The database of the project; empty for a process that only edits files. */
  readonly shopUrl: string
  readonly path: string
  readonly body: object
  readonly killAt: number
  /** Whether the workspace commits. @default false */
  readonly commit?: boolean
  readonly root: string
}

/** Runs the process; resolves to what it wrote, which is nothing when it was killed, after its lease has run out then. */
export async function runInstance(how: MortalRequest): Promise<string> {
  const env = {
    ...process.env,
    DATABASE_URL: how.url,
    SHOP_URL: how.shopUrl,
    ROOT: how.root,
    PATH_TO: how.path,
    BODY: JSON.stringify(how.body),
    KILL_AT: String(how.killAt),
    COMMIT: String(how.commit ?? false),
    LEASE_MS: String(leaseMs),
  }
  const child = spawn(process.execPath, [runner, instance], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const printed = await text(child.stdout)
  await new Promise((done) => setTimeout(done, printed === '' ? leaseMs + 100 : 0))
  return printed
}

/** Sends a request to a studio; resolves to the status and the body. */
export async function ask(
  studio: Studio,
  path: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { 'content-type': 'application/json', 'x-ai-apply': 'true' }
  const response = await studio.fetch(
    `http://studio.test${path}`,
    body ? { method: 'POST', headers, body: JSON.stringify(body) } : {},
  )
  return { status: response.status, body: await response.json() }
}
