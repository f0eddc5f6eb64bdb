import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Sql } from 'postgres'
import { onTestFinished } from 'vitest'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { createTestStudio } from '../../support/studio.ts'
import { createScenarioAgent, readTenant } from './agent.ts'
import { everyProtocol } from './protocols.ts'

/** A studio with the agent of `createScenarioAgent` in every protocol, whose `auth` takes `Bearer <tenant>`. */
export interface ScenarioStudio {
  /** Where the studio answers, without a slash at the end. */
  readonly url: string
  readonly fetch: typeof fetch
  /** Kills the process that answers there with SIGKILL; resolves to the address of another. Absent for a studio in this process. */
  readonly kill?: () => Promise<string>
}

/** Makes a studio in this process that is closed with its test. */
export async function createScenarioStudio(): Promise<ScenarioStudio> {
  const agent = createScenarioAgent()
  const { studio } = await createTestStudio({
    agents: [agent],
    protocols: everyProtocol(),
    auth: readTenant,
  })
  return {
    url: 'http://studio.test',
    async fetch(input, init) {
      const response = await studio.fetch(new Request(input, init))
      if (!response.body || !init?.signal) return response
      // The client's abort reaches the stream, as it does over a socket.
      const body = response.body.pipeThrough(new TransformStream(), { signal: init.signal })
      return new Response(body, response)
    },
  }
}

/** Starts a process whose model stops in the middle of an answer, and another one when it is killed. */
export async function createScenarioFleet(
  env: Record<string, string> = {},
): Promise<ScenarioStudio & { readonly sql: Sql }> {
  const { sql, url } = await createSharedDatabase()
  onTestFinished(() => sql.end())
  const first = await start({ ...env, DATABASE_URL: url, HANGS: '1' })
  return {
    url: first.url,
    sql,
    fetch,
    async kill() {
      const second = await start({ ...env, DATABASE_URL: url })
      const ended = once(first.child, 'exit')
      first.child.kill('SIGKILL')
      await ended
      return second.url
    },
  }
}

async function start(env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const file = new URL('instance.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['scripts/run-ts.mjs', file], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url }
}
