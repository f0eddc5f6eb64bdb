import { Chat } from '@ai-sdk/react'
import * as ai from 'ai'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, it, onTestFinished } from 'vitest'
import { aiSdkUi } from '../../../src/protocols.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { createTestStudio } from '../../support/studio.ts'
import { toAiSdkClient } from './ai-sdk-client.ts'
import { createScenarioAgent } from './scenario-agent.ts'
import { aiSdkScenarios, type ScenarioStudio } from './scenarios.ts'

const client = toAiSdkClient(6, { ...ai, Chat })
const { 'resume after kill -9': afterKill, ...inProcess } = aiSdkScenarios

async function createScenarioStudio(): Promise<ScenarioStudio> {
  const { agent, refunds } = createScenarioAgent()
  const { studio } = await createTestStudio({
    agents: [agent],
    protocols: [aiSdkUi()],
    auth: ({ headers }: Request) => {
      const tenant = /^Bearer (\w+)$/.exec(headers.get('authorization') ?? '')?.[1]
      return tenant === undefined ? null : { id: tenant, tenant }
    },
  })
  return {
    url: 'http://studio.test',
    refunds,
    fetch: async (input, init) => {
      const response = await studio.fetch(new Request(input, init))
      if (!response.body || !init?.signal) return response
      const body = response.body.pipeThrough(new TransformStream(), { signal: init.signal })
      return new Response(body, response)
    },
  }
}

it.each(Object.entries(inProcess))('AI SDK 6 passes the scenario %s', async (_, scenario) => {
  expect(await scenario(client, await createScenarioStudio())).toBeUndefined()
})

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

it('AI SDK 6 passes the scenario resume after kill -9, between two processes', async () => {
  const { sql, url: databaseUrl } = await createSharedDatabase()
  onTestFinished(() => sql.end())
  const first = await start({ DATABASE_URL: databaseUrl, HANGS: '1' })
  const kill = async () => {
    const second = await start({ DATABASE_URL: databaseUrl })
    const ended = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await ended
    return second.url
  }
  expect(await afterKill?.(client, { url: first.url, fetch, kill })).toBeUndefined()
}, 60_000)
