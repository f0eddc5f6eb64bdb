import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import type { Hint } from '../../src/storage/store.ts'
import { createGate, createSupport, toolCall } from '../support/agents.ts'
import { withPostgres } from '../support/postgres.ts'
import { logEntries, newToolCall, startRun, succeed } from '../support/records.ts'
import { createTestStudio, eventually } from '../support/studio.ts'
import { defineTool } from '../../src/index.ts'
import { systemClock } from '../../src/lib/clock.ts'

const postgres = withPostgres()
let sql: Sql
let other: Sql
beforeAll(async () => {
  const { url } = ({ sql } = await postgres.createDatabase())
  other = postgres.openPool(url)
  await postgresStores(sql).ready?.()
})

/** Connections that only listen. */
async function listeners(): Promise<number> {
  const rows = await sql`
    select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'`
  return rows.length
}

describe('watch', () => {
  it('watch reports steps, cancellations and handovers of other processes, and no deltas', async () => {
    const hints: Hint[] = []
    const watching = postgresStores(other)
    const end = await watching.watch?.((hint) => void hints.push(hint))
    const stores = postgresStores(sql)
    const ref = await startRun(stores, {}, 60_000)
    await stores.runs.commit(ref, { entries: logEntries(0, 2) })
    await stores.runs.commit(ref, { entries: logEntries(2, 1), toolCalls: [newToolCall()] })
    await eventually(async () => expect(hints).toEqual([{ kind: 'log', runId: ref.runId }]))
    await stores.runs.requestCancel('', ref.runId, null)
    await stores.runs.commit(ref, { release: { to: 'yield' } })
    await eventually(async () =>
      expect(hints.slice(1)).toEqual([
        { kind: 'cancel', runId: ref.runId },
        { kind: 'due', runId: ref.runId },
      ]),
    )
    await end?.()
    expect(await listeners()).toBe(0)
  })

  it('watch reports neither refused writes nor writes to ended runs', async () => {
    const hints: Hint[] = []
    const stores = postgresStores(sql)
    await postgresStores(other).watch?.((hint) => void hints.push(hint))
    const ref = await startRun(stores, {}, 60_000)
    const stale = { runId: ref.runId, epoch: ref.epoch - 1 }
    await stores.runs.commit(stale, { entries: logEntries(0, 1), release: succeed })
    await stores.runs.commit(ref, { entries: logEntries(0, 1), release: succeed })
    await stores.runs.requestCancel('', ref.runId, null)
    const last = await startRun(stores, {}, 60_000)
    await stores.runs.requestCancel('', last.runId, null)
    await eventually(async () =>
      expect(hints).toEqual([
        { kind: 'log', runId: ref.runId },
        { kind: 'cancel', runId: last.runId },
      ]),
    )
  })

  it('watch rejects if the connection cannot receive notifications', async () => {
    const pooled = postgres.openPool((await postgres.createDatabase()).url, { prepare: false })
    expect(postgresStores(pooled).watch).toBeUndefined()
    expect(postgresStores(sql, { listen: false }).watch).toBeUndefined()
  })
})

describe('an instance', () => {
  it('an instance listens from its first reader until close', async () => {
    const before = await listeners()
    const stores = postgresStores(sql)
    const { studio, get, run } = await createTestStudio({ stores, turns: ['hello'] })
    await get('/runs')
    expect(await listeners()).toBe(before)
    await run('hi')
    await eventually(async () => expect(await listeners()).toBe(before + 1))
    await studio.close()
    await eventually(async () => expect(await listeners()).toBe(before))
  })

  it('an instance stops a tool of a run that another instance cancelled, long before it renews its lease', async () => {
    const stopped: string[] = []
    const started = createGate()
    const wait = defineTool({
      name: 'wait',
      description: 'Waits until it is stopped.',
      execute: (_input, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(stopped.push('stopped')))
          started.open()
        }),
    })
    const clock = systemClock
    const turns = [toolCall('wait', {})]
    const here = await createTestStudio({
      stores: postgresStores(sql),
      clock,
      turns,
      tools: [wait],
    })
    const idle = { start: () => undefined, wake: () => undefined, stop: async () => undefined }
    const { agent } = createSupport([])
    const there = await createTestStudio({
      stores: postgresStores(other),
      clock,
      agents: [agent],
      dispatcher: idle,
    })
    const lines = await here.runStream('go')
    onTestFinished(() => void lines.response.body?.cancel().catch(() => undefined))
    const runId = lines.response.headers.get('location')?.split('/').at(-1) ?? ''
    await started.opened
    await eventually(async () => expect(await listeners()).toBeGreaterThan(0))
    await there.post(`/runs/${runId}/cancel`)
    await eventually(async () => expect(stopped).toEqual(['stopped']))
    await here.runIn(runId, 'cancelled')
  })
})
