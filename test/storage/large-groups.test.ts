import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { fillTables } from '../../bench/support/fill.ts'
import { explain, type PlanNode } from '../../bench/support/plan.ts'
import type { SqlDriver } from '../../src/storage/postgres/driver/driver.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { createStores } from '../../src/storage/postgres/index.ts'
import type { RunChange, RunRef, Stores } from '../../src/storage/store.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  logEntries,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  newTurn,
  claimant,
  succeed,
} from '../support/records.ts'

const postgres = withPostgres()

const runs = 300
/** A node passes each run a few times at most. A join of every run with every run has 45,000 rows at least. */
const mostRows = 10 * runs

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** Describes a node whose work grows faster than the number of runs: it compares all with all, or sorts a list for each run. */
function describeExcess(node: PlanNode): string[] {
  const { 'Actual Loops': loops = 0, 'Actual Rows': rows = 0 } = node
  const read = loops * (rows + (node['Rows Removed by Join Filter'] ?? 0))
  const condition = node['Index Cond'] ?? ''
  return [
    ...(read > mostRows ? [`${node['Node Type']} reads ${read} rows`] : []),
    ...(loops > 10 && condition.includes('ANY') ? [`${loops} times ${condition}`] : []),
  ]
}

/** Stores that explain each statement of a large group before they run it. */
function explainedStores(sql: Sql) {
  const plain = postgresDriver(sql)
  const explained: string[] = []
  const excesses: string[] = []
  const onlyExplained = new Error('rolls the statement back')
  const check = async (...[text, parameters]: Parameters<SqlDriver['query']>) => {
    const checking = sql.begin(async (tx) => {
      const plan = await explain(tx, `(analyze, format json) ${text}`, parameters)
      excesses.push(...nodesOf(plan).flatMap(describeExcess))
      explained.push(text)
      throw onlyExplained
    })
    await checking.catch((error: unknown) => {
      if (error !== onlyExplained) throw error
    })
  }
  const driver: SqlDriver = {
    ...plain,
    async query(text, parameters, isPrepared) {
      if (String(parameters[0]).length > 50 * runs) await check(text, parameters)
      return plain.query(text, parameters, isPrepared)
    },
  }
  const take = () => ({ explained: explained.splice(0), excesses: excesses.splice(0) })
  return { stores: createStores(driver, {}), take }
}

describe.each([
  ['new tables', 0],
  ['tables with 20,000 runs', 20_000],
])('a large group of runs, in %s', (_name, filled) => {
  let stores: Stores
  let take: ReturnType<typeof explainedStores>['take']
  const refs: RunRef[] = []
  beforeAll(async () => {
    const { sql } = await postgres.createDatabase()
    ;({ stores, take } = explainedStores(sql))
    await stores.ready?.()
    if (filled > 0) await fillTables(sql, { runs: filled })
  })

  const together = <Result>(call: (index: number) => Promise<Result>) =>
    Promise.all(Array.from({ length: runs }, (_, index) => call(index)))
  const commit = (change: (index: number) => RunChange) =>
    together((index) => stores.runs.commit(refs[index] ?? { runId: '', epoch: 0 }, change(index)))

  it('is claimed without a comparison of all with all', async () => {
    const ids = await together(async (index) => {
      const sessionId = index % 2 === 0 ? newSession().id : null
      if (sessionId) await stores.sessions.create(newSession({ id: sessionId }))
      const run = newRun({ sessionId })
      await stores.runs.create(run)
      return run.id
    })
    take()
    const claims = await together((index) =>
      stores.runs.claim(ids[index] ?? '', claimant('me', 600_000)),
    )
    for (const claim of claims) {
      if (!claim) throw new Error('A run was not claimed')
      refs.push({ runId: claim.journal.run.id, epoch: claim.journal.run.epoch })
    }
    const { explained, excesses } = take()
    expect(excesses).toEqual([])
    expect(explained.length).toBeGreaterThan(0)
  })

  it('writes its steps without a comparison of all with all', async () => {
    const written = await commit((index) => ({
      entries: logEntries(0, 3),
      messages: [answerOf(`text ${index}`)],
      turn: newTurn(),
      toolCalls: [newToolCall()],
      approvals: index % 3 === 0 ? [newApproval({ id: refs[index]?.runId ?? '' })] : [],
      title: `Run ${index}`,
    }))
    expect(written.every((result) => result !== null && !result.refused)).toBe(true)
    const { explained, excesses } = take()
    expect(excesses).toEqual([])
    expect(explained.length).toBeGreaterThan(0)
  })

  it('ends without a comparison of all with all, and each session has the messages of its run', async () => {
    await commit(() => ({ entries: logEntries(3, 1, 'final'), release: succeed }))
    const { explained, excesses } = take()
    expect(excesses).toEqual([])
    expect(explained.length).toBeGreaterThan(0)
    const journals = await stores.runs.journals(refs.map(({ runId }) => runId))
    for (const [index, { run }] of journals.entries()) {
      expect(run.status).toBe('succeeded')
      if (run.sessionId === null) continue
      const session = await stores.sessions.get('', run.sessionId)
      expect(session).toMatchObject({ messageCount: 1, title: `Run ${index}` })
    }
  })
})
