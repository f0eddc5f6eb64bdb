import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { createGate } from '../support/agents.ts'
import { runCli } from '../support/cli.ts'
import { textAt } from '../support/json.ts'
import { readLines } from '../support/read-ndjson.ts'
import { createSharedDatabase } from '../support/shared-database.ts'
import { createTestStudio, eventually } from '../support/studio.ts'

const example = resolve(import.meta.dirname, '../../examples/workers-postgres')
let sql: Sql
let worker: Miniflare
let url: string

beforeAll(async () => {
  const database = await createSharedDatabase()
  sql = database.sql
  const { code, errors } = await runCli(['migrate'], { DATABASE_URL: database.url })
  if (code !== 0) throw new Error(errors)
  const { outputFiles } = await build({
    entryPoints: [join(example, 'worker.ts')],
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:sockets', 'node:*'],
    write: false,
  })
  const settings = readFileSync(join(example, 'wrangler.toml'), 'utf8')
  worker = new Miniflare({
    cf: false,
    compatibilityDate: /compatibility_date = "(.+)"/.exec(settings)?.[1] ?? '',
    compatibilityFlags: [/compatibility_flags = \["(.+)"\]/.exec(settings)?.[1] ?? ''],
    host: '127.0.0.1',
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0]?.text ?? '' }],
    hyperdrives: { [/binding = "(.+)"/.exec(settings)?.[1] ?? '']: database.url },
  })
  url = (await worker.ready).origin
})
afterAll(async () => {
  await worker.dispose()
  await sql.end()
})

const send = (path: string, body?: unknown, headers = {}) =>
  fetch(`${url}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json', ...headers },
  })

/** The part of a Worker that Miniflare's types leave out. */
interface Scheduled {
  scheduled(event: { cron: string }): Promise<{ outcome: string }>
}

/** Returns the number of open connections of the Worker and of this test. */
const connections = async () => {
  const [row] = await sql`select count(*)::int as open from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  return Number(row?.['open'])
}

describe('the workers-postgres example on workerd', () => {
  let sessionId = ''

  it('a Worker stores the session of a buffered run in PostgreSQL', async () => {
    const created = await send('/sessions', { agentId: 'support' })
    expect(created.status).toBe(201)
    sessionId = textAt(await created.json(), 'id')
    const message = 'Refund 5 € for ORD-1001.'
    const response = await send('/agents/support/runs', { message, sessionId })
    expect(await response.json()).toMatchObject({ output: 'I refunded 5 €.' })
    expect(await (await send(`/sessions/${sessionId}`)).json()).toMatchObject({ messageCount: 4 })
  })

  it('a Worker streams a run that waits for an approval by another request', async () => {
    const message = 'Refund 50 € for ORD-1002.'
    const response = await send('/agents/support/runs', { message, sessionId, stream: true })
    const reader = readLines(response)
    const { approval } = await reader.until('tool_approval_request')
    const decided = await send(`/approvals/${textAt(approval, 'id')}/decision`, { approved: true })
    expect(decided.status).toBe(200)
    const lines = await reader.rest()
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(lines.at(-1)).toMatchObject({
      type: 'final',
      output: 'I refunded 50 €, with your approval.',
    })
  })

  it('the cron trigger of a Worker takes over a run that a request did not finish', async () => {
    const dead = await createTestStudio({
      stores: postgresStores(sql),
      turns: [[{ wait: createGate().opened }]],
      leaseMs: 200,
    })
    const runId = await dead.startRun('hi')
    await eventually(async () => expect(dead.model.calls).toHaveLength(1))
    await dead.studio.close()

    const host = (await worker.getWorker()) as unknown as Scheduled
    const { outcome } = await host.scheduled({ cron: '* * * * *' })
    expect(outcome).toBe('ok')
    expect(await (await send(`/runs/${runId}`)).json()).toMatchObject({
      status: 'succeeded',
      output: 'I continued what another request had started.',
    })
  })

  it('a Worker closes its connections after each request', async () => {
    await Promise.all(Array.from({ length: 10 }, () => send('/runs')))
    await eventually(async () => expect(await connections()).toBeLessThanOrEqual(4)) // the pool of this test
  })
})
