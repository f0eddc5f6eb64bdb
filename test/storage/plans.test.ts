import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { fillTables } from '../../bench/support/fill.ts'
import { findExcesses } from '../../bench/support/plan.ts'
import { createStores } from '../../src/storage/postgres/index.ts'
import { type RecordedStores, recordStores } from '../../bench/support/recorded-stores.ts'
import type { Stores } from '../../src/storage/store.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  agents,
  answerOf,
  claimant,
  logEntries,
  newApproval,
  newRun,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from '../support/records.ts'

const postgres = withPostgres()
let sql: Sql
let stores: Stores
let recorded: RecordedStores
let ids: { session: string; longSession: string; run: string }

const page = { tenant: '', limit: 50, cursor: null }
const all = { statuses: null, agentId: null, sessionId: null }
const open = ['queued', 'running', 'waiting'] as const

beforeAll(async () => {
  sql = (await postgres.createDatabase()).sql
  recorded = recordStores(sql)
  stores = recorded.stores
  await stores.ready?.()
  await fillTables(sql, { runs: 20_000 })
  const [row] = await sql<[typeof ids]>`
    select (select id from studio.sessions order by message_count, id limit 1) as session,
      (select id from studio.sessions order by message_count desc, id limit 1) as "longSession",
      (select id from studio.runs where status = 'waiting' limit 1) as run`
  ids = row
})

/** What the statements of these calls do too much of. */
async function excesses(calls: () => Promise<unknown>): Promise<string[]> {
  recorded.take()
  await calls()
  const statements = recorded.take()
  expect(statements.length).toBeGreaterThan(0)
  return findExcesses(sql, statements)
}

describe('a list reads no more rows than it needs', () => {
  const runFilters = {
    'all runs': {},
    'runs by status': { statuses: ['failed'] },
    'runs by several statuses': { statuses: open },
    'runs of an agent': { agentId: 'support' },
    'runs of a rare agent': { agentId: 'rare' },
    'runs of an agent by status': { agentId: 'support', statuses: ['failed'] },
    'runs of an agent by several statuses': { agentId: 'rare', statuses: open },
    'runs of another tenant': { tenant: 'tenant-9' },
  } as const
  it.each(Object.entries(runFilters))('a list of %s reads only its page', async (_name, fields) => {
    const filter = { ...page, ...all, ...fields }
    const found = await excesses(async () => {
      const { cursor } = await stores.runs.list(filter)
      await stores.runs.list({ ...filter, cursor })
    })
    expect(found).toEqual([])
  })

  it('a list of the runs of a session reads only its page, in short and long sessions', async () => {
    const found = await excesses(async () => {
      for (const sessionId of [ids.session, ids.longSession]) {
        await stores.runs.list({ ...page, ...all, sessionId })
        await stores.runs.list({ ...page, statuses: open, agentId: 'support', sessionId })
        await stores.sessions.messages(sessionId, 100, null)
        await stores.sessions.messages(sessionId, 100, 2)
      }
    })
    expect(found).toEqual([])
  })

  it('a list of sessions reads only its page, of all agents and of one', async () => {
    const found = await excesses(async () => {
      for (const agentId of [null, 'support', 'rare']) {
        const { cursor } = await stores.sessions.list({ ...page, agentId })
        await stores.sessions.list({ ...page, agentId, cursor })
      }
    })
    expect(found).toEqual([])
  })

  const approvalFilters = {
    'all approvals': {},
    'approvals by status': { statuses: ['pending'] },
    'approvals by several statuses': { statuses: ['approved', 'rejected'] },
    'approvals of an agent': { agentId: 'rare' },
    'approvals of an agent by status': { agentId: 'support', statuses: ['pending'] },
  } as const
  it.each(Object.entries(approvalFilters))(
    'a list of %s reads only its page',
    async (_name, fields) => {
      const filter = { ...page, ...all, runId: null, ...fields }
      const found = await excesses(async () => {
        const { cursor } = await stores.approvals.list(filter)
        await stores.approvals.list({ ...filter, cursor })
      })
      expect(found).toEqual([])
    },
  )

  it('a list of the approvals of a run or a session reads only its page', async () => {
    const filter = { ...page, ...all, runId: null }
    const found = await excesses(async () => {
      await stores.approvals.list({ ...filter, runId: ids.run })
      await stores.approvals.list({ ...filter, runId: ids.run, statuses: ['pending'] })
      await stores.approvals.list({ ...filter, sessionId: ids.longSession })
    })
    expect(found).toEqual([])
  })
})

describe('a write reads no more rows than it needs', () => {
  it('due reads only due runs, among many that wait', async () => {
    const found = await excesses(async () => {
      await stores.runs.due(100, agents)
      await stores.runs.nextDue()
    })
    expect(found).toEqual([])
  })

  it('a run is read with its parts and its log, and nothing else', async () => {
    const found = await excesses(async () => {
      const run = await stores.runs.get('', ids.run)
      await stores.runs.getByTrace('', run?.traceId ?? '')
      await stores.runs.journals([ids.run, 'none'])
      await stores.approvals.pendingOf([ids.run, 'none'])
      await stores.runs.readLog(ids.run, 3, 500)
      const { items } = await stores.approvals.list({ ...page, ...all, runId: null })
      await stores.approvals.get('', items[0]?.id ?? '')
    })
    expect(found).toEqual([])
  })

  it('a page of a long log is read without the rest of the log, also at its end', async () => {
    const ref = await startRun(stores)
    for (let batch = 0; batch < 400; batch++) {
      await stores.runs.commit(ref, { entries: logEntries(batch * 10, 10) })
    }
    const middle = await stores.runs.readLog(ref.runId, 1_994, 500)
    expect(middle.map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, i) => 1_995 + i))
    const found = await excesses(async () => {
      for (const after of [-1, 1_994, 3_999, 10_000])
        await stores.runs.readLog(ref.runId, after, 500)
    })
    expect(found).toEqual([])
  })

  it('the writes of a run from admission to end read no other runs', async () => {
    const found = await excesses(async () => {
      const sessionId = ids.session
      const idempotency = { key: 'new', fingerprint: 'f' }
      const ref = await startRun(stores, { sessionId, idempotency })
      await stores.runs.create(newRun({ sessionId, onBusy: 'reject' }))
      await stores.runs.create(newRun({ sessionId, onBusy: 'cancel' }))
      await stores.runs.renew(ref, 1_000)
      const approval = newApproval(ref.run)
      await stores.runs.commit(ref, {
        entries: logEntries(0, 3),
        messages: [promptOf('hi'), answerOf('hello')],
        turn: newTurn(),
        toolCalls: [newToolCall()],
        approvals: [approval],
        title: 'Hi',
        release: { to: 'wait' },
      })
      const decision = { approved: true, reason: null, decidedBy: null }
      await stores.approvals.decide('', approval.id, decision)
      const claimed = await stores.runs.claim(ref.runId, claimant('test'))
      const again = { runId: ref.runId, epoch: claimed?.journal.run.epoch ?? 0 }
      await stores.runs.cancelApprovals(again, 'no')
      await stores.runs.requestCancel('', ref.runId, null)
      const release = { ...succeed, status: 'cancelled' } as typeof succeed
      expect(await stores.runs.commit(again, { release })).toMatchObject({
        wake: [expect.any(String)],
      })
    })
    expect(found).toEqual([])
  })

  it('prune reads only what it deletes', async () => {
    const old = createStores(recorded.driver, { retention: { runs: 3e9, sessions: 3e9 } })
    expect(await excesses(async () => old.prune?.())).toEqual([])
  })

  it('the deletion of a session reads only that session', async () => {
    expect(await excesses(() => stores.sessions.delete('', ids.session))).toEqual([])
  })
})
