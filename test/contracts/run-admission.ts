import { beforeEach, describe, expect, it } from 'vitest'
import type { FixedClock } from '../../src/testing.ts'
import type { Admission, NewRun, Stores } from '../../src/storage/store.ts'
import {
  agents,
  claimant,
  claimRun,
  newRun,
  newSession,
  startRun,
  succeed,
} from '../support/records.ts'
import type { StoreFixture } from './session-store.ts'

const filter = {
  tenant: '',
  limit: 50,
  cursor: null,
  statuses: null,
  agentId: null,
  sessionId: null,
}

/** How every run store admits and lists runs. Call inside a `describe`. */
export function runAdmissionContract(createFixture: () => Promise<StoreFixture>): void {
  let stores: Stores
  let clock: FixedClock
  beforeEach(async () => void ({ stores, clock } = await createFixture()))

  const create = (fields: Partial<NewRun> = {}) => stores.runs.create(newRun(fields))
  const createdId = async (fields: Partial<NewRun> = {}) => idOf(await create(fields))
  const session = async () => {
    const row = newSession()
    await stores.sessions.create(row)
    return row.id
  }

  it('admits a run as queued, with nothing done yet', async () => {
    const request = newRun({ startedBy: 'ada' })
    const admission = await stores.runs.create(request)
    expect(admission).toMatchObject({ kind: 'created', cancelled: [] })
    const run = await stores.runs.get('', request.id)
    expect(run).toMatchObject({
      id: request.id,
      traceId: request.traceId,
      input: request.input,
      startedBy: 'ada',
      status: 'queued',
      epoch: 0,
      owner: null,
      leaseUntil: null,
      startedAt: null,
      endedAt: null,
      turns: 0,
      observations: 0,
      output: null,
      error: null,
    })
    expect(await stores.runs.getByTrace('', request.traceId)).toEqual(run)
    expect(await stores.runs.readLog(request.id, -1, 10)).toEqual([])
  })

  it('knows no run of another tenant', async () => {
    const request = newRun({ tenant: 'acme' })
    await stores.runs.create(request)
    expect(await stores.runs.get('other', request.id)).toBeNull()
    expect(await stores.runs.getByTrace('other', request.traceId)).toBeNull()
    expect((await stores.runs.list({ ...filter, tenant: 'other' })).items).toEqual([])
    expect(await stores.runs.requestCancel('other', request.id, null)).toBeNull()
    expect(await stores.runs.get('acme', request.id)).toMatchObject({ cancelRequestedAt: null })
  })

  it('admits no run to the session of another tenant', async () => {
    const row = newSession({ tenant: 'acme' })
    await stores.sessions.create(row)
    expect(await create({ tenant: 'other', sessionId: row.id })).toEqual({ kind: 'no_session' })
    expect(await create({ tenant: 'acme', sessionId: row.id })).toMatchObject({ kind: 'created' })
  })

  describe('with an idempotency key', () => {
    const idempotency = { key: 'k', fingerprint: 'f' }

    it('gives back the first run for the same key and body', async () => {
      const id = await createdId({ idempotency })
      const replay = await create({ idempotency })
      expect(replay).toMatchObject({ kind: 'replayed', run: { id } })
      expect((await stores.runs.list(filter)).items).toHaveLength(1)
    })

    it('refuses another body', async () => {
      await create({ idempotency })
      expect(await create({ idempotency: { key: 'k', fingerprint: 'g' } })).toEqual({
        kind: 'mismatch',
      })
    })

    it('forgets the key after 24 h', async () => {
      const id = await createdId({ idempotency })
      clock.advance(86_400_000 - 1)
      expect(await create({ idempotency })).toMatchObject({ kind: 'replayed', run: { id } })
      clock.advance(1)
      expect(await create({ idempotency: { key: 'k', fingerprint: 'g' } })).toMatchObject({
        kind: 'created',
      })
    })

    it('keeps the keys of tenants apart', async () => {
      await create({ idempotency })
      expect(await create({ tenant: 'acme', idempotency })).toMatchObject({ kind: 'created' })
    })

    it('admits one of twenty at once', async () => {
      const admissions = await Promise.all(
        Array.from({ length: 20 }, () => create({ idempotency })),
      )
      expect(admissions.filter(({ kind }) => kind === 'created')).toHaveLength(1)
      expect(new Set(admissions.map(idOf)).size).toBe(1)
    })

    it('replays before it looks at the session', async () => {
      const sessionId = await session()
      const id = await createdId({ sessionId, idempotency, onBusy: 'reject' })
      expect(await create({ sessionId, idempotency, onBusy: 'reject' })).toMatchObject({
        kind: 'replayed',
        run: { id },
      })
    })
  })

  describe('into a session', () => {
    it('lets one run at a time be claimed, in order of admission', async () => {
      const sessionId = await session()
      const first = await createdId({ sessionId })
      const second = await createdId({ sessionId })
      expect(await stores.runs.claim(second, claimant())).toBeNull()
      const claim = await claimRun(stores, first)
      expect(await stores.runs.due(10, agents)).toEqual([])
      expect(await stores.runs.commit(claim, { release: succeed })).toMatchObject({
        wake: [second],
      })
      expect(await stores.runs.due(10, agents)).toEqual([second])
      expect(await stores.runs.claim(second, claimant())).not.toBeNull()
    })

    it('keeps its turn while it waits', async () => {
      const sessionId = await session()
      const first = await startRun(stores, { sessionId })
      const second = await createdId({ sessionId })
      await stores.runs.commit(first, { release: { to: 'wait' } })
      expect(await stores.runs.claim(second, claimant())).toBeNull()
    })

    it('refuses a run while another one is open, when asked to reject', async () => {
      const sessionId = await session()
      const first = await startRun(stores, { sessionId })
      expect(await create({ sessionId, onBusy: 'reject' })).toEqual({
        kind: 'busy',
        runId: first.runId,
      })
      await stores.runs.commit(first, { release: succeed })
      expect(await create({ sessionId, onBusy: 'reject' })).toMatchObject({ kind: 'created' })
    })

    it('asks all open runs to end, when asked to cancel', async () => {
      const sessionId = await session()
      const first = await startRun(stores, { sessionId })
      const second = await createdId({ sessionId })
      const admission = await create({ sessionId, onBusy: 'cancel' })
      expect(admission).toMatchObject({ kind: 'created', cancelled: [first.runId, second] })
      expect(await stores.runs.renew(first, 1_000)).toMatchObject({ cancelRequested: true })
      expect(await stores.runs.get('', second)).toMatchObject({
        cancelReason: expect.any(String),
        cancelRequestedAt: expect.any(String),
      })
      expect(await stores.runs.get('', idOf(admission))).toMatchObject({ cancelRequestedAt: null })
    })

    it('lets a cancelled run be claimed out of turn, to end it', async () => {
      const sessionId = await session()
      await startRun(stores, { sessionId })
      const second = await createdId({ sessionId })
      const third = await createdId({ sessionId })
      await stores.runs.requestCancel('', second, null)
      const claim = await claimRun(stores, second)
      const ended = await stores.runs.commit(claim, {
        release: { to: 'end', status: 'cancelled', output: null, error: null, partial: null },
      })
      expect(ended?.wake).not.toContain(third)
      expect(await stores.runs.claim(third, claimant())).toBeNull()
    })

    it('admits one of twenty at once, when all reject', async () => {
      const sessionId = await session()
      const admissions = await Promise.all(
        Array.from({ length: 20 }, () => create({ sessionId, onBusy: 'reject' })),
      )
      expect(admissions.filter(({ kind }) => kind === 'created')).toHaveLength(1)
      expect(admissions.filter(({ kind }) => kind === 'busy')).toHaveLength(19)
    })
  })

  describe('lists', () => {
    it('the newest first, by status, agent and session', async () => {
      const sessionId = await session()
      const first = await createdId({ agentId: 'a' })
      clock.advance(1)
      const second = await createdId({ agentId: 'b' })
      clock.advance(1)
      const third = await startRun(stores, { agentId: 'b', sessionId })
      const list = async (fields: object) =>
        (await stores.runs.list({ ...filter, ...fields })).items.map(({ id }) => id)
      expect(await list({})).toEqual([third.runId, second, first])
      expect(await list({ agentId: 'b' })).toEqual([third.runId, second])
      expect(await list({ statuses: ['queued'] })).toEqual([second, first])
      expect(await list({ statuses: ['running', 'waiting'] })).toEqual([third.runId])
      expect(await list({ sessionId })).toEqual([third.runId])
      expect(await list({ sessionId: 'none' })).toEqual([])
    })

    it('every run once, whatever is inserted meanwhile and however alike their times are', async () => {
      const ids = new Set<string>()
      for (let index = 0; index < 7; index++) ids.add(await createdId())
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await stores.runs.list({ ...filter, limit: 3, cursor })
        expect(page.items.length).toBeLessThanOrEqual(3)
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.cursor
        clock.advance(1)
        await create()
      } while (cursor !== null)
      expect(seen).toHaveLength(7)
      expect(new Set(seen)).toEqual(ids)
    })

    it('no page after the last full one', async () => {
      await create()
      await create()
      expect((await stores.runs.list({ ...filter, limit: 2 })).cursor).toBeNull()
    })

    it.each(['x', btoa('[null]'), btoa('[{}]'), btoa('{"a":1}'), 'é'])(
      'nothing after the cursor %s',
      async (cursor) => {
        await expect(stores.runs.list({ ...filter, cursor })).rejects.toMatchObject({
          code: 'bad_request',
        })
      },
    )
  })
}

function idOf(admission: Admission): string {
  if (admission.kind === 'created' || admission.kind === 'replayed') return admission.run.id
  throw new Error(`Not admitted: ${admission.kind}`)
}
