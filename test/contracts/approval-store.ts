import { beforeEach, describe, expect, it } from 'vitest'
import type { Approval, Decision } from '../../src/records/approval.ts'
import type { FixedClock } from '../../src/testing.ts'
import type { Stores } from '../../src/storage/store.ts'
import {
  agents,
  cancel,
  claimant,
  claimRun,
  newApproval,
  newSession,
  startRun,
  waitingRun,
} from '../support/records.ts'
import type { StoreFixture } from './session-store.ts'

const filter = {
  tenant: '',
  limit: 50,
  cursor: null,
  statuses: null,
  runId: null,
  agentId: null,
  sessionId: null,
}
const approve: Decision = { approved: true, reason: null, decidedBy: null }
const reject: Decision = { approved: false, reason: 'No', decidedBy: 'ada' }

/** What every approval store must do. Call inside a `describe`. */
export function approvalStoreContract(createFixture: () => Promise<StoreFixture>): void {
  let stores: Stores
  let clock: FixedClock
  beforeEach(async () => void ({ stores, clock } = await createFixture()))

  const wait = async (fields: Partial<Approval> = {}) => {
    const waiting = await waitingRun(stores, (run) => [newApproval(run, fields)])
    return { ...waiting, id: waiting.approvals[0]?.id ?? '' }
  }
  const inMs = (ms: number) => new Date(clock.now() + ms).toISOString()

  it('gives back what the run asked for', async () => {
    const { id, approvals } = await wait({ metadata: { ticket: 7 } })
    expect(await stores.approvals.get('', id)).toEqual(approvals[0])
    expect(await stores.approvals.get('', 'none')).toBeNull()
  })

  it('knows no approval of another tenant', async () => {
    const { approvals } = await waitingRun(stores, (run) => [newApproval(run)], { tenant: 'acme' })
    const id = approvals[0]?.id ?? ''
    expect(await stores.approvals.get('other', id)).toBeNull()
    expect(await stores.approvals.decide('other', id, approve)).toBeNull()
    expect((await stores.approvals.list({ ...filter, tenant: 'other' })).items).toEqual([])
    expect(await stores.approvals.get('acme', id)).toMatchObject({ status: 'pending' })
  })

  it('lists the pending ones of some runs', async () => {
    const [first, , third, decided] = [await wait(), await wait(), await wait(), await wait()]
    await stores.approvals.decide('', decided.id, approve)
    const runIds = [third, first, decided].map(({ runId }) => runId)
    const found = await stores.approvals.pendingOf([...runIds, 'none'])
    const byRun = found.toSorted((a, b) => runIds.indexOf(a.runId) - runIds.indexOf(b.runId))
    expect(byRun).toEqual([...third.approvals, ...first.approvals])
    expect(await stores.approvals.pendingOf([])).toEqual([])
  })

  describe('a decision', () => {
    it('that approves makes the run due', async () => {
      const { id, runId } = await wait()
      clock.advance(5)
      const decided = await stores.approvals.decide('', id, { ...approve, decidedBy: 'ada' })
      expect(decided).toMatchObject({
        decided: true,
        approval: {
          status: 'approved',
          decidedBy: 'ada',
          resolvedAt: inMs(0),
          input: { cents: 5 },
        },
      })
      expect(await stores.approvals.get('', id)).toEqual(decided?.approval)
      expect(await stores.runs.due(10, agents)).toEqual([runId])
    })

    it('that rejects keeps both reasons', async () => {
      const { id } = await wait()
      expect(await stores.approvals.decide('', id, reject)).toMatchObject({
        decided: true,
        approval: {
          status: 'rejected',
          requestReason: 'Over the limit',
          decisionReason: 'No',
          decidedBy: 'ada',
        },
      })
    })

    it('may replace the input, with any JSON', async () => {
      for (const input of [{ cents: 1 }, null, [1]]) {
        const { id } = await wait()
        await stores.approvals.decide('', id, { ...approve, input })
        expect(await stores.approvals.get('', id)).toMatchObject({ input, args: '{"cents":5}' })
      }
    })

    it('of an unknown approval gives null', async () => {
      expect(await stores.approvals.decide('', 'none', approve)).toBeNull()
    })

    it('comes once: a later one gives the approval as it stands', async () => {
      const { id, runId } = await wait()
      const first = await stores.approvals.decide('', id, approve)
      clock.advance(5)
      expect(await stores.approvals.decide('', id, reject)).toEqual({
        decided: false,
        approval: first?.approval,
      })
      expect(await stores.runs.get('', runId)).toMatchObject({ status: 'waiting' })
    })

    it('has one winner of twenty', async () => {
      const { id } = await wait()
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          stores.approvals.decide('', id, index % 2 === 0 ? approve : reject),
        ),
      )
      const winners = results.filter((result) => result?.decided)
      expect(winners).toHaveLength(1)
      expect(new Set(results.map((result) => result?.approval.status)).size).toBe(1)
      expect(await stores.approvals.get('', id)).toEqual(winners[0]?.approval)
    })

    it('made while the run was still claimed wakes it when it begins to wait', async () => {
      const ref = await startRun(stores)
      const approval = newApproval(ref.run)
      await stores.runs.commit(ref, { approvals: [approval] })
      await stores.approvals.decide('', approval.id, approve)
      expect(await stores.runs.commit(ref, { release: { to: 'wait' } })).toMatchObject({
        wake: [ref.runId],
      })
      expect(await stores.runs.due(10, agents)).toEqual([ref.runId])
    })

    it('is restored by the claim it made possible, once', async () => {
      const { id, runId } = await wait()
      await stores.approvals.decide('', id, approve)
      const claimed = await stores.runs.claim(runId, claimant())
      expect(claimed?.journal.approvals).toMatchObject([{ id, status: 'approved' }])
      const ref = { runId, epoch: claimed?.journal.run.epoch ?? 0 }
      expect(await stores.runs.commit(ref, { release: { to: 'wait' } })).toMatchObject({ wake: [] })
      expect(await stores.runs.due(10, agents)).toEqual([])
    })
  })

  describe('an approval that expires', () => {
    it('makes its run due at that time and is timed out by the claim', async () => {
      const expiresAt = inMs(1_000)
      const { id, runId } = await wait({ expiresAt })
      expect(await stores.runs.nextDue()).toBe(Date.parse(expiresAt))
      expect(await stores.runs.claim(runId, claimant())).toBeNull()
      clock.advance(1_000)
      expect(await stores.runs.due(10, agents)).toEqual([runId])
      const claimed = await stores.runs.claim(runId, claimant())
      expect(claimed?.journal.approvals).toMatchObject([
        { id, status: 'timed_out', resolvedAt: expiresAt, decidedBy: null, decisionReason: null },
      ])
      expect(await stores.approvals.get('', id)).toMatchObject({ status: 'timed_out' })
    })

    it('cannot be decided any more', async () => {
      const { id } = await wait({ expiresAt: inMs(1_000) })
      clock.advance(1_000)
      expect(await stores.approvals.decide('', id, approve)).toMatchObject({
        decided: false,
        approval: { status: 'timed_out' },
      })
    })

    it('can be decided up to then', async () => {
      const { id } = await wait({ expiresAt: inMs(1_000) })
      clock.advance(999)
      expect(await stores.approvals.decide('', id, approve)).toMatchObject({ decided: true })
    })

    it('wakes its run by the earliest of several', async () => {
      const { runId } = await waitingRun(stores, (run) => [
        newApproval(run, { toolCallId: 'a', expiresAt: inMs(3_000) }),
        newApproval(run, { toolCallId: 'b', expiresAt: inMs(2_000) }),
        newApproval(run, { toolCallId: 'c' }),
      ])
      expect(await stores.runs.nextDue()).toBe(clock.now() + 2_000)
      clock.advance(2_500)
      const ref = await claimRun(stores, runId)
      const [journal] = await stores.runs.journals([runId])
      expect(journal?.approvals.map(({ status }) => status)).toEqual([
        'pending',
        'timed_out',
        'pending',
      ])
      await stores.runs.commit(ref, { release: { to: 'wait' } })
      expect(await stores.runs.nextDue()).toBe(clock.now() + 500)
    })
  })

  describe('a cancelled run', () => {
    it('cancels what is pending and keeps what was decided', async () => {
      const { runId, approvals } = await waitingRun(stores, (run) => [
        newApproval(run, { toolCallId: 'a' }),
        newApproval(run, { toolCallId: 'b' }),
      ])
      await stores.approvals.decide('', approvals[0]?.id ?? '', approve)
      const ref = await claimRun(stores, runId)
      const cancelled = await stores.runs.cancelApprovals(ref, 'The run was cancelled.')
      expect(cancelled).toMatchObject([
        { status: 'approved', decisionReason: null },
        { status: 'cancelled', decisionReason: 'The run was cancelled.', resolvedAt: inMs(0) },
      ])
      expect(await stores.approvals.get('', approvals[1]?.id ?? '')).toEqual(cancelled?.[1])
    })

    it('leaves no approval pending when it ends', async () => {
      const { id, runId } = await wait()
      await stores.runs.requestCancel('', runId, null)
      const ref = await claimRun(stores, runId)
      await stores.runs.commit(ref, { release: cancel })
      expect(await stores.approvals.get('', id)).toMatchObject({ status: 'cancelled' })
      expect(await stores.approvals.decide('', id, approve)).toMatchObject({ decided: false })
      expect(await stores.runs.due(10, agents)).toEqual([])
    })
  })

  describe('lists', () => {
    const list = async (fields: object) =>
      (await stores.approvals.list({ ...filter, ...fields })).items.map(({ id }) => id)

    it('the oldest first, by status, run, agent and session', async () => {
      const session = newSession()
      await stores.sessions.create(session)
      const first = await wait()
      clock.advance(1)
      const second = await waitingRun(
        stores,
        (run) => [newApproval(run, { requestedAt: inMs(0) })],
        { agentId: 'other', sessionId: session.id },
      )
      const secondId = second.approvals[0]?.id ?? ''
      await stores.approvals.decide('', first.id, approve)
      expect(await list({})).toEqual([first.id, secondId])
      expect(await list({ statuses: ['pending'] })).toEqual([secondId])
      expect(await list({ statuses: ['approved', 'rejected'] })).toEqual([first.id])
      expect(await list({ runId: first.runId })).toEqual([first.id])
      expect(await list({ agentId: 'other' })).toEqual([secondId])
      expect(await list({ sessionId: session.id })).toEqual([secondId])
      expect(await list({ sessionId: 'none' })).toEqual([])
    })

    it('every approval once, whatever is asked for or deleted meanwhile', async () => {
      const session = newSession()
      await stores.sessions.create(session)
      const ids: string[] = []
      for (let index = 0; index < 7; index++) {
        const sessionId = index === 2 ? session.id : null
        const ask = { requestedAt: inMs(0) }
        const waiting = await waitingRun(stores, (run) => [newApproval(run, ask)], { sessionId })
        ids.push(waiting.approvals[0]?.id ?? '')
        clock.advance(1)
      }
      const first = await stores.approvals.list({ ...filter, limit: 3 })
      await stores.sessions.delete('', session.id)
      const { cursor } = first
      const second = await stores.approvals.list({ ...filter, limit: 3, cursor })
      const third = await stores.approvals.list({ ...filter, limit: 3, cursor: second.cursor })
      const pages = [first, second, third]
      expect(pages.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids)
      expect(third.cursor).toBeNull()
    })

    it('nothing after a cursor that is not its own', async () => {
      const list = stores.approvals.list({ ...filter, cursor: btoa('["x"]') })
      await expect(list).rejects.toMatchObject({ code: 'bad_request' })
    })
  })
}
