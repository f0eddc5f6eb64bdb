import { beforeAll, describe, expect, it } from 'vitest'
import type { Stores } from '../../src/storage/store.ts'
import { fixedClock } from '../../src/testing.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  claimant,
  claimRun,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

const postgres = withPostgres()
let stores: Stores

beforeAll(async () => {
  const { sql } = await postgres.createDatabase()
  stores = clockedStores(sql, fixedClock())
})

/** What PostgreSQL has no characters for, beside what only looks like it. */
const odd = 'NUL \0, half \ud83d, other half \ude00, whole 😀, written \\u0000 and \\\\ud83d'
const kept = 'NUL \ufffd, half \ufffd, other half \ufffd, whole 😀, written \\u0000 and \\\\ud83d'

describe('text that PostgreSQL cannot store', () => {
  it('text that PostgreSQL cannot store is kept with U+FFFD in its place, wherever it comes from', async () => {
    const session = newSession({ title: odd, metadata: { [odd]: odd } })
    await stores.sessions.create(session)
    expect(await stores.sessions.get('', session.id)).toMatchObject({
      title: kept,
      metadata: { [kept]: kept },
    })
    const ref = await startRun(stores, { sessionId: session.id, startedBy: odd })
    await stores.runs.commit(ref, {
      messages: [answerOf(odd)],
      toolCalls: [newToolCall({ state: 'done', result: [{ type: 'text', text: odd }] })],
    })
    const release = { ...succeed, output: odd } as typeof succeed
    await stores.runs.commit(ref, { release })
    const [journal] = await stores.runs.journals([ref.runId])
    expect(journal).toMatchObject({
      run: { startedBy: kept, output: kept, status: 'succeeded' },
      messages: [answerOf(kept)],
      toolCalls: [{ result: [{ text: kept }] }],
    })
  })

  it('a decision with such text decides an approval like any other', async () => {
    const waiting = await waitingRun(stores, (run) => [newApproval(run, { args: odd })])
    const id = waiting.approvals[0]?.id ?? ''
    const decision = { approved: true, reason: odd, input: [odd], decidedBy: odd }
    expect(await stores.approvals.decide('', id, decision)).toMatchObject({
      decided: true,
      approval: { args: kept, decisionReason: kept, input: [kept], decidedBy: kept },
    })
    await claimRun(stores, waiting.runId)
  })

  it('an id with such text names nothing that exists', async () => {
    expect(await stores.runs.get('', odd)).toBeNull()
    expect(await stores.sessions.get(odd, odd)).toBeNull()
    expect(await stores.runs.claim(odd, claimant())).toBeNull()
    await stores.runs.create(newRun({ tenant: odd }))
  })
})
