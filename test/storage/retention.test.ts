import type { Sql } from 'postgres'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Retention } from '../../src/storage/postgres/retention/prune.ts'
import { Studio } from '../../src/index.ts'
import type { Pruned, Stores } from '../../src/storage/store.ts'
import { type FixedClock, fixedClock } from '../../src/testing.ts'
import { newChange } from '../../src/testing/contracts/new-change.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  logEntries,
  newApproval,
  newRun,
  newSession,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

const postgres = withPostgres()
const day = 86_400_000
let sql: Sql
let clock: FixedClock
let stores: Stores

beforeAll(async () => void ({ sql } = await postgres.createDatabase()))
beforeEach(() => void ({ clock, stores } = open({ runs: 30 * day, sessions: 90 * day })))

function open(retention: Retention = {}, schema?: string) {
  const clock = fixedClock()
  const options = { retention, ...(schema === undefined ? {} : { schema }) }
  return { clock, stores: clockedStores(sql, clock, options) }
}

async function endedRun(sessionId: string | null = null): Promise<string> {
  const ref = await startRun(stores, { sessionId })
  const entries = logEntries(0, 3)
  const messages = [promptOf('hi'), answerOf('hello')]
  await stores.runs.commit(ref, { entries, messages, release: succeed })
  return ref.runId
}

async function savedSession(): Promise<string> {
  const time = new Date(clock.now()).toISOString()
  const session = newSession({ createdAt: time, updatedAt: time })
  await stores.sessions.create(session)
  return session.id
}

const nothing: Pruned = { runs: 0, sessions: 0, changes: 0, idempotencyKeys: 0 }

describe('prune', () => {
  it('prune deletes runs that ended longer ago than the limit, with everything that belongs to them', async () => {
    const old = await endedRun()
    clock.advance(20 * day)
    const young = await endedRun()
    expect(await stores.prune?.()).toEqual(nothing)
    clock.advance(10 * day + 1)
    expect(await stores.prune?.()).toEqual({ ...nothing, runs: 1 })
    expect(await stores.runs.get('', old)).toBeNull()
    expect(await stores.runs.readLog(old, -1, 10)).toEqual([])
    expect(await stores.runs.get('', young)).not.toBeNull()
  })

  it('prune of stores without retention deletes nothing', async () => {
    await endedRun()
    clock.advance(31 * day)
    expect(await new Studio([], { stores }).prune()).toEqual({ ...nothing, runs: 1 })
    expect(await new Studio([]).prune()).toEqual({ runs: 0, sessions: 0, idempotencyKeys: 0 })
  })

  it('prune never deletes a run that has not ended, however old it is', async () => {
    const { runId } = await waitingRun(stores, (run) => [newApproval(run)])
    const queued = newRun()
    await stores.runs.create(queued)
    clock.advance(1_000 * day)
    expect(await stores.prune?.()).toEqual(nothing)
    expect(await stores.runs.get('', runId)).not.toBeNull()
    expect(await stores.runs.get('', queued.id)).not.toBeNull()
  })

  it('prune keeps all runs of a session while the session is active', async () => {
    const sessionId = await savedSession()
    const first = await endedRun(sessionId)
    clock.advance(60 * day)
    await endedRun(sessionId)
    clock.advance(60 * day)
    expect(await stores.prune?.()).toEqual(nothing)
    expect(await stores.sessions.messages(sessionId, 10, null)).toHaveLength(4)
    clock.advance(30 * day + 1)
    expect(await stores.prune?.()).toEqual({ ...nothing, sessions: 1 })
    expect(await stores.sessions.get('', sessionId)).toBeNull()
    expect(await stores.runs.get('', first)).toBeNull()
  })

  it('prune keeps a session whose run waits for an approval, and deletes an empty one', async () => {
    const [busy, empty] = [await savedSession(), await savedSession()]
    await waitingRun(stores, (run) => [newApproval(run)], { sessionId: busy })
    clock.advance(91 * day)
    expect(await stores.prune?.()).toEqual({ ...nothing, sessions: 1 })
    expect(await stores.sessions.get('', busy)).not.toBeNull()
    expect(await stores.sessions.get('', empty)).toBeNull()
  })

  it('prune deletes in batches until nothing is left, even if several processes prune at once', async () => {
    ;({ clock, stores } = open({ runs: 30 * day }, 'many'))
    await Promise.all(Array.from({ length: 20 }, () => endedRun()))
    await sql.unsafe(`insert into many.runs (id, tenant, agent_id, trace_id, status, created_at, ended_at, input, usage)
      select 'copy-' || n, tenant, agent_id, 'copy-' || n, status, created_at, ended_at, input, usage
      from (select * from many.runs limit 1) r cross join generate_series(1, 2500) n`)
    clock.advance(31 * day)
    const pruned = await Promise.all([stores.prune?.(), stores.prune?.(), stores.prune?.()])
    const sum = pruned.reduce((all, one) => all + (one?.runs ?? 0), 0)
    const last = await stores.prune?.()
    expect(sum + (last?.runs ?? 0)).toBe(2_520)
  })

  it('prune deletes change sets that did not change for longer than the retention, except one that is being written', async () => {
    ;({ clock, stores } = open({ changes: 10 * day }))
    const lease = { owner: 'one', leaseMs: day }
    for (const [id, status] of [
      ['old', 'applied'],
      ['open', 'applying'],
    ] as const) {
      const change = newChange(clock, { id, status: 'approved' })
      await stores.changes?.create(change)
      const { decision, events, phase, folders, run, progress, commit } = change
      const state = { status, decision, events, phase, folders, run, progress, commit }
      await stores.changes?.update(change, state, status === 'applying' ? lease : undefined)
    }
    clock.advance(11 * day)
    await stores.changes?.create(newChange(clock, { id: 'young' }))
    expect(await stores.prune?.()).toEqual({ ...nothing, changes: 1 })
    expect(await stores.changes?.get('', 'old')).toBeNull()
    expect(await stores.changes?.get('', 'open')).not.toBeNull()
    expect(await stores.changes?.get('', 'young')).not.toBeNull()
  })

  it('prune deletes expired idempotency keys without any retention', async () => {
    ;({ clock, stores } = open())
    const idempotency = { key: 'k', fingerprint: 'f' }
    const { runId } = await startRun(stores, { idempotency })
    expect(await stores.prune?.()).toEqual(nothing)
    clock.advance(day)
    expect(await stores.prune?.()).toEqual(nothing)
    clock.advance(1)
    expect(await stores.prune?.()).toEqual({ ...nothing, idempotencyKeys: 1 })
    expect(await stores.runs.get('', runId)).not.toBeNull()
  })
})
