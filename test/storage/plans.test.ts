import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { bigTables, fillTables } from '../../bench/support/fill.ts'
import {
  postgresClient,
  type SqlClient,
  type SqlParameter,
} from '../../src/storage/postgres/client.ts'
import { createStores } from '../../src/storage/postgres/index.ts'
import type { Statement } from '../../src/storage/postgres/statement.ts'
import type { Stores } from '../../src/storage/store.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  logEntries,
  newApproval,
  newRun,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from '../support/records.ts'

/** A node of a plan as `explain (format json)` gives it; what was counted is there when the statement was run. */
interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

const postgres = withPostgres()
let sql: Sql
let stores: Stores
let recorded: Statement[] = []
let ids: { session: string; longSession: string; run: string }

const page = { tenant: '', limit: 50, cursor: null }
const all = { statuses: null, agentId: null, sessionId: null }
const open = ['queued', 'running', 'waiting'] as const

beforeAll(async () => {
  sql = (await postgres.createDatabase()).sql
  stores = createStores(recording(postgresClient(sql)), {})
  await stores.ready?.()
  await fillTables(sql, { runs: 20_000 })
  const [row] = await sql<[typeof ids]>`
    select (select id from studio.sessions order by message_count, id limit 1) as session,
      (select id from studio.sessions order by message_count desc, id limit 1) as "longSession",
      (select id from studio.runs where status = 'waiting' limit 1) as run`
  ids = row
})

function recording(client: SqlClient): SqlClient {
  return {
    ...client,
    query(text, parameters) {
      recorded.push({ text, parameters })
      return client.query(text, parameters)
    },
  }
}

/** More rows than any page, its counts and the parts of its runs together. */
const mostRows = 500

/**
 * What the statements of these calls do too much of: read a big table from end to end, with the parameters given or as a
 * plan for all parameters, or look at more than `mostRows` rows.
 */
async function excesses(calls: () => Promise<unknown>): Promise<string[]> {
  recorded = []
  await calls()
  const statements = recorded
  expect(statements.length).toBeGreaterThan(0)
  const found: string[] = []
  for (const { text, parameters } of statements) {
    const analyze = /^\(?select/.test(text) ? ', analyze' : ''
    const plan = await explain(`(format json${analyze}) ${text}`, parameters)
    const generic = await explain(`(format json, generic_plan) ${text}`)
    const scans = [...bigNodes(plan), ...bigNodes(generic)].filter(isSeqScan)
    const rows = bigNodes(plan).reduce((sum, node) => sum + rowsOf(node), 0)
    found.push(...scans.map((node) => `reads all of ${node['Relation Name']}: ${text}`))
    if (rows > mostRows) found.push(`reads ${rows} rows: ${text}`)
  }
  return found
}

async function explain(text: string, parameters?: readonly SqlParameter[]): Promise<PlanNode> {
  const query = sql.unsafe(`explain ${text}`, parameters && [...parameters])
  const [row] = parameters ? await query : await query.simple()
  const plans = row?.['QUERY PLAN'] as readonly { Plan: PlanNode }[] | undefined
  if (!plans?.[0]) throw new Error(`No plan came for ${text}`)
  return plans[0].Plan
}

/** The nodes that read a big table. */
function bigNodes(node: PlanNode): PlanNode[] {
  const inner = (node.Plans ?? []).flatMap(bigNodes)
  const isBig = bigTables.some((name) => name === node['Relation Name'])
  return isBig && node['Node Type'].endsWith('Scan') ? [node, ...inner] : inner
}

const isSeqScan = (node: PlanNode) => node['Node Type'] === 'Seq Scan'

const rowsOf = (node: PlanNode) =>
  (node['Actual Loops'] ?? 0) * ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0))

describe('no statement reads more rows than it needs to list', () => {
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
  it.each(Object.entries(runFilters))('%s, page by page', async (_name, fields) => {
    const filter = { ...page, ...all, ...fields }
    const found = await excesses(async () => {
      const { cursor } = await stores.runs.list(filter)
      await stores.runs.list({ ...filter, cursor })
    })
    expect(found).toEqual([])
  })

  it('runs of a session, short or long', async () => {
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

  it('sessions, of all agents and of one', async () => {
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
  it.each(Object.entries(approvalFilters))('%s, page by page', async (_name, fields) => {
    const filter = { ...page, ...all, runId: null, ...fields }
    const found = await excesses(async () => {
      const { cursor } = await stores.approvals.list(filter)
      await stores.approvals.list({ ...filter, cursor })
    })
    expect(found).toEqual([])
  })

  it('approvals of a run and of a session', async () => {
    const filter = { ...page, ...all, runId: null }
    const found = await excesses(async () => {
      await stores.approvals.list({ ...filter, runId: ids.run })
      await stores.approvals.list({ ...filter, runId: ids.run, statuses: ['pending'] })
      await stores.approvals.list({ ...filter, sessionId: ids.longSession })
    })
    expect(found).toEqual([])
  })
})

describe('no statement reads more rows than it needs to work', () => {
  it('looks for due runs, among many that wait', async () => {
    const found = await excesses(async () => {
      await stores.runs.due(100)
      await stores.runs.nextDue()
    })
    expect(found).toEqual([])
  })

  it('reads a run, its parts and its log', async () => {
    const found = await excesses(async () => {
      const run = await stores.runs.get('', ids.run)
      await stores.runs.getByTrace('', run?.traceId ?? '')
      await stores.runs.journals([ids.run, 'none'])
      await stores.runs.readLog(ids.run, 3, 500)
      const { items } = await stores.approvals.list({ ...page, ...all, runId: null })
      await stores.approvals.get('', items[0]?.id ?? '')
    })
    expect(found).toEqual([])
  })

  it('reads a page of a long log, and looks for more at its end', async () => {
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

  it('takes a run from its admission to its end', async () => {
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
      const claimed = await stores.runs.claim(ref.runId, 'test', 1_000)
      const again = { runId: ref.runId, epoch: claimed?.journal.run.epoch ?? 0 }
      await stores.runs.cancelApprovals(again, 'no')
      await stores.runs.requestCancel('', ref.runId, null)
      expect(await stores.runs.commit(again, { release: succeed })).toMatchObject({
        wake: [expect.any(String)],
      })
    })
    expect(found).toEqual([])
  })

  it('deletes a session', async () => {
    expect(await excesses(() => stores.sessions.delete('', ids.session))).toEqual([])
  })
})
