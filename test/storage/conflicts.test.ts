import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import type { Stores } from '../../src/storage/store.ts'
import { withPostgres } from '../support/postgres.ts'
import {
  answerOf,
  claimant,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

const postgres = withPostgres()
let sql: Sql
let stores: Stores
beforeAll(async () => {
  const { url } = await postgres.createDatabase()
  sql = postgres.openPool(url, { max: 10 })
  stores = postgresStores(sql)
  await stores.ready?.()
  // Row changes take 15 ms, so that statements with another order of locks would meet.
  await sql.unsafe(`
    create function studio.slow() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.015); return coalesce(new, old); end $$;
    create trigger slow before update or delete on studio.runs for each row execute function studio.slow();
    create trigger slow before update or delete on studio.approvals for each row execute function studio.slow();
    create trigger slow before update or delete on studio.sessions for each row execute function studio.slow()`)
})

const deadlocks = async () => {
  await sql`select pg_stat_clear_snapshot()`
  const [row] =
    await sql`select deadlocks::int from pg_stat_database where datname = current_database()`
  return Number(row?.['deadlocks'])
}

const decision = { approved: true, reason: null, decidedBy: null }

describe('statements that meet', () => {
  it('decisions, cancellations, claims, commits and deletions of one session never deadlock', async () => {
    const failures: unknown[] = []
    const attempt = (work: Promise<unknown> | undefined) =>
      work?.catch((error: unknown) => failures.push(error))
    for (let round = 0; round < 12; round++) {
      const session = await stores.sessions.create(newSession())
      const waiting = await waitingRun(
        stores,
        (run) => [1, 2, 3].map(() => newApproval(run, { expiresAt: new Date().toISOString() })),
        { sessionId: session.id },
      )
      const next = newRun({ sessionId: session.id, onBusy: 'cancel' })
      await Promise.all([
        ...waiting.approvals.map(({ id }) => attempt(stores.approvals.decide('', id, decision))),
        attempt(stores.runs.requestCancel('', waiting.runId, null)),
        attempt(endOnce(waiting.runId)),
        attempt(stores.runs.create(next)),
        attempt(stores.runs.create(newRun({ sessionId: session.id, onBusy: 'cancel' }))),
        round % 3 === 0 ? attempt(stores.sessions.delete('', session.id)) : undefined,
      ])
    }
    expect(failures).toEqual([])
    expect(await deadlocks()).toBe(0)
  }, 60_000)

  it('a deadlock with a statement of somebody else is repeated', async () => {
    const session = await stores.sessions.create(newSession())
    const ref = await startRun(stores, { sessionId: session.id }, 60_000)
    const foreign = sql.begin(async (transaction) => {
      await transaction`select 1 from studio.sessions where id = ${session.id} for update`
      await new Promise((resolve) => setTimeout(resolve, 300))
      await transaction`select 1 from studio.runs where id = ${ref.runId} for update`
    })
    const written = stores.runs.commit(ref, { messages: [answerOf('a')] })
    await Promise.allSettled([foreign])
    expect(await written).toMatchObject({ cancelRequested: false })
  }, 30_000)
})

async function endOnce(runId: string): Promise<void> {
  const claimed = await stores.runs.claim(runId, claimant())
  if (!claimed) return
  const ref = { runId, epoch: claimed.journal.run.epoch }
  await stores.runs.cancelApprovals(ref, 'over')
  await stores.runs.commit(ref, { messages: [answerOf('x')], release: succeed })
}

describe('onBusy: cancel', () => {
  it('every admission that replaces others cancels all of them, however many arrive at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const session = await stores.sessions.create(newSession())
      const requests = Array.from({ length: 6 }, () =>
        newRun({ sessionId: session.id, onBusy: 'cancel' }),
      )
      await Promise.all(requests.map((request) => stores.runs.create(request)))
      const rows = await sql`select cancel_requested_at is not null as cancelled from studio.runs
        where session_id = ${session.id} order by serial`
      expect(rows.map((row) => row['cancelled'] as boolean)).toEqual([
        ...Array(5).fill(true),
        false,
      ])
      const [open] = await sql`select open_runs from studio.sessions where id = ${session.id}`
      expect(open).toEqual({ open_runs: 6 })
    }
  }, 60_000)

  it('a replay cancels the elder runs that an interrupted admission left', async () => {
    const session = await stores.sessions.create(newSession())
    const elder = await startRun(stores, { sessionId: session.id })
    const idempotency = { key: crypto.randomUUID(), fingerprint: 'f' }
    const request = newRun({ sessionId: session.id, onBusy: 'cancel', idempotency })
    await stores.runs.create(request)
    await sql`update studio.runs set cancel_requested_at = null, cancel_reason = null where id = ${elder.runId}`
    expect(await stores.runs.create(request)).toMatchObject({ kind: 'replayed' })
    const run = await stores.runs.get('', elder.runId)
    expect(run?.cancelRequestedAt).not.toBeNull()
  })
})

describe('values that providers and time make large', () => {
  it('tool calls with ids of any length are kept apart and replaced', async () => {
    const ref = await startRun(stores, {}, 60_000)
    const ids = ['a'.repeat(20_000), `${'a'.repeat(19_999)}b`, 'é'.repeat(3_000), 'short']
    const calls = ids.map((toolCallId, index) => newToolCall({ toolCallId, index }))
    await stores.runs.commit(ref, { toolCalls: calls })
    const done = calls.map((call) => ({ ...call, state: 'done' as const }))
    await stores.runs.commit(ref, { toolCalls: done })
    const [journal] = await stores.runs.journals([ref.runId])
    expect(journal?.toolCalls.map(({ toolCallId, state }) => [toolCallId, state])).toEqual(
      ids.map((id) => [id, 'done']),
    )
  })

  it('a claim reads as much history as its agent needs, and none for a cancelled or worn-out run', async () => {
    const session = await stores.sessions.create(newSession())
    const first = await startRun(stores, { sessionId: session.id })
    const texts = Array.from({ length: 30 }, (_, index) => answerOf(`message ${index}`))
    await stores.runs.commit(first, { messages: texts })
    await stores.runs.commit(first, { release: succeed })
    const admit = async () => {
      const request = newRun({ sessionId: session.id })
      await stores.runs.create(request)
      return request.id
    }
    const limited = { ...claimant(), historyLimit: () => 3 }
    const runId = await admit()
    const claimed = await stores.runs.claim(runId, limited)
    expect(claimed?.history).toEqual(texts.slice(-3).map(({ message }) => message))
    await sql`update studio.runs set attempts = 4, lease_until = now() - interval '1 s' where id = ${runId}`
    const worn = await stores.runs.claim(runId, limited)
    expect(worn).toMatchObject({ history: [], journal: { run: { attempts: 5 }, messages: [] } })
    await stores.runs.requestCancel('', runId, null)
    await sql`update studio.runs set attempts = 0, lease_until = null, wake_at = now() where id = ${runId}`
    expect(await stores.runs.claim(runId, claimant())).toMatchObject({ history: [] })
  })

  it('a change that a late cancellation hits is written all the same', async () => {
    const ref = await startRun(stores)
    let written: Promise<unknown> = Promise.resolve()
    await sql.begin(async (other) => {
      await other`select 1 from studio.runs where id = ${ref.runId} for update`
      written = stores.runs.commit(ref, { messages: [answerOf('a')] })
      const cancelled = () =>
        sql`select pg_cancel_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
      await expect.poll(async () => (await cancelled()).length).toBe(1)
    })
    expect(await written).toMatchObject({ cancelRequested: false })
  })

  it('a session of more than 256 MB is read, and its next run is claimed', async () => {
    const session = await stores.sessions.create(newSession())
    const first = await startRun(stores, { sessionId: session.id })
    await stores.runs.commit(first, { messages: [answerOf('a')] })
    await stores.runs.commit(first, { release: succeed })
    await sql`insert into studio.run_messages (run_id, index, turn, message, session_id, position)
      select ${first.runId}, g, 1, jsonb_build_object('role', 'assistant', 'content',
        jsonb_build_array(jsonb_build_object('type', 'text', 'text', repeat('x', 1000000)))), ${session.id}, g
      from generate_series(1, 280) g`
    const reading = await stores.sessions.read('', session.id, {
      limit: 1_000,
      before: null,
      bytes: 4_000_000,
    })
    expect(reading?.messages).toHaveLength(4)
    const request = newRun({ sessionId: session.id })
    await stores.runs.create(request)
    const claimed = await stores.runs.claim(request.id, claimant())
    expect(claimed?.history.length).toBeGreaterThan(50)
    expect(claimed?.history.length).toBeLessThan(100)
  }, 60_000)
})
