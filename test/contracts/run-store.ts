import { beforeEach, describe, expect, it } from 'vitest'
import type { FixedClock } from '../../src/testing.ts'
import type { RunChange, Stores } from '../../src/storage/store.ts'
import { userMessage } from '../../src/records/message.ts'
import {
  agents,
  answerOf,
  claimant,
  claimRun,
  logEntries,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'
import type { StoreFixture } from './session-store.ts'

/** What every run store must do with admitted runs. Call inside a `describe`. */
export function runStoreContract(createFixture: () => Promise<StoreFixture>): void {
  let stores: Stores
  let clock: FixedClock
  beforeEach(async () => void ({ stores, clock } = await createFixture()))

  describe('a claim', () => {
    it('takes the run over, raises its epoch and sets the lease by the store’s time', async () => {
      const request = newRun()
      await stores.runs.create(request)
      const claimed = await stores.runs.claim(request.id, claimant())
      expect(claimed).toMatchObject({ history: [], now: clock.now() })
      expect(claimed?.journal.run).toMatchObject({
        status: 'running',
        epoch: 1,
        owner: 'me',
        startedAt: new Date(clock.now()).toISOString(),
        leaseUntil: new Date(clock.now() + 1_000).toISOString(),
        nextSeq: 0,
        takeoverSeq: null,
      })
    })

    it('is refused to one who has not its agent, unless the run only has to end', async () => {
      const request = newRun({ agentId: 'rare' })
      await stores.runs.create(request)
      const stranger = { ...claimant(), agents: new Map([['support', null]]) }
      expect(await stores.runs.due(10, stranger.agents)).toEqual([])
      expect(await stores.runs.claim(request.id, stranger)).toBeNull()
      expect(await stores.runs.due(10, agents)).toEqual([request.id])
      await stores.runs.requestCancel('', request.id, null)
      expect(await stores.runs.due(10, stranger.agents)).toEqual([request.id])
      expect(await stores.runs.claim(request.id, stranger)).not.toBeNull()
    })

    it('counts lost owners in a row, up to the next tool call that succeeds', async () => {
      let ref = await startRun(stores)
      const lose = async () => {
        clock.advance(1_000)
        ref = await claimRun(stores, ref.runId)
        return ref.run.attempts
      }
      expect([await lose(), await lose()]).toEqual([1, 2])
      const failed = newToolCall({ state: 'done', isError: true, result: [] })
      await stores.runs.commit(ref, { toolCalls: [failed] })
      expect(await lose()).toBe(3)
      const done = newToolCall({ state: 'done', result: [] })
      await stores.runs.commit(ref, { toolCalls: [done] })
      expect(await lose()).toBe(1)
      await stores.runs.commit(ref, { release: { to: 'yield' } })
      expect((await claimRun(stores, ref.runId)).run.attempts).toBe(0)
    })

    it('tells where the log went on after a lost owner, and keeps it when one hands over', async () => {
      const first = await startRun(stores)
      await stores.runs.commit(first, { entries: logEntries(0, 3) })
      clock.advance(1_000)
      const second = await claimRun(stores, first.runId)
      expect(second.run).toMatchObject({ nextSeq: 3, takeoverSeq: 3 })
      await stores.runs.commit(second, { entries: logEntries(3, 2), release: { to: 'yield' } })
      const third = await claimRun(stores, first.runId)
      expect(third.run).toMatchObject({ nextSeq: 5, takeoverSeq: 3 })
    })

    it('is refused while somebody holds the lease, and possible once it is over', async () => {
      const { runId, run } = await startRun(stores)
      clock.advance(999)
      expect(await stores.runs.claim(runId, claimant('other'))).toBeNull()
      clock.advance(1)
      const second = await claimRun(stores, runId)
      expect(second.run).toMatchObject({ epoch: run.epoch + 1, startedAt: run.startedAt })
    })

    it('is refused for unknown and ended runs', async () => {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { release: succeed })
      expect(await stores.runs.claim(ref.runId, claimant())).toBeNull()
      expect(await stores.runs.claim('none', claimant())).toBeNull()
    })

    it('has one winner of twenty', async () => {
      const request = newRun()
      await stores.runs.create(request)
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          stores.runs.claim(request.id, claimant(`${index}`)),
        ),
      )
      expect(claims.filter((claim) => claim !== null)).toHaveLength(1)
      expect(await stores.runs.get('', request.id)).toMatchObject({ epoch: 1 })
    })

    it('restores everything that was written', async () => {
      const first = await startRun(stores)
      const turn = newTurn({ status: 'success' })
      const messages = [promptOf('hi'), answerOf('hello')]
      const approval = newApproval(first.run, { toolCallId: 'call-2' })
      const toolCalls = [
        newToolCall({ state: 'done', result: [{ type: 'text', text: 'ok' }] }),
        newToolCall({ toolCallId: 'call-2', index: 1, state: 'waiting', approvalId: approval.id }),
      ]
      await stores.runs.commit(first, {
        entries: logEntries(0, 3),
        messages,
        turn,
        toolCalls,
        approvals: [approval],
      })
      await stores.runs.commit(first, { release: { to: 'yield' } })
      const second = await stores.runs.claim(first.runId, claimant())
      expect(second?.journal).toMatchObject({
        run: { turns: 1, observations: 4, nextSeq: 3 },
        messages,
        turns: [turn],
        toolCalls,
        approvals: [approval],
      })
    })

    it('gives the conversation before the run as history', async () => {
      const own = { ...newRun().input, history: [userMessage('earlier')] }
      const alone = await startRun(stores, { input: own })
      await stores.runs.commit(alone, { release: { to: 'yield' } })
      expect((await stores.runs.claim(alone.runId, claimant()))?.history).toEqual(own.history)

      const session = newSession()
      await stores.sessions.create(session)
      const first = await startRun(stores, { sessionId: session.id })
      const exchange = [promptOf('one'), answerOf('two')]
      await stores.runs.commit(first, { messages: exchange, release: succeed })
      const second = await startRun(stores, { sessionId: session.id })
      await stores.runs.commit(second, { messages: [promptOf('three')], release: { to: 'yield' } })
      const claimed = await stores.runs.claim(second.runId, claimant())
      expect(claimed?.history).toEqual(exchange.map(({ message }) => message))
      expect(claimed?.journal.messages).toEqual([promptOf('three')])
    })
  })

  describe('a write', () => {
    it('replaces turns by number and tool calls by id', async () => {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { turn: newTurn(), toolCalls: [newToolCall()] })
      const turn = newTurn({ status: 'error', error: { name: 'E', message: 'm' } })
      const call = newToolCall({ state: 'started' })
      await stores.runs.commit(ref, { turn, toolCalls: [call] })
      const [journal] = await stores.runs.journals([ref.runId])
      expect(journal).toMatchObject({ turns: [turn], toolCalls: [call] })
      expect(journal?.run).toMatchObject({ turns: 1, observations: 2 })
    })

    it('appends to the log, which is read in pages', async () => {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { entries: logEntries(0, 3) })
      await stores.runs.commit(ref, { entries: logEntries(3, 2) })
      expect(await stores.runs.readLog(ref.runId, -1, 10)).toEqual(logEntries(0, 5))
      expect(await stores.runs.readLog(ref.runId, 1, 2)).toEqual(logEntries(2, 2))
      expect(await stores.runs.readLog(ref.runId, 4, 10)).toEqual([])
      expect(await stores.runs.readLog('none', -1, 10)).toEqual([])
    })

    it('that would leave a gap or a double in the log is refused as a whole', async () => {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { entries: logEntries(0, 2) })
      for (const seq of [1, 3]) {
        const change = { entries: logEntries(seq, 1), messages: [promptOf('hi')] }
        await expect(stores.runs.commit(ref, change)).rejects.toBeInstanceOf(Error)
      }
      const [journal] = await stores.runs.journals([ref.runId])
      expect(journal?.messages).toEqual([])
      expect(await stores.runs.readLog(ref.runId, -1, 10)).toHaveLength(2)
    })

    it('with an older epoch is refused, and nothing of it written', async () => {
      const old = await startRun(stores)
      const approval = newApproval(old.run)
      await stores.runs.commit(old, { approvals: [approval] })
      clock.advance(1_000)
      const current = await claimRun(stores, old.runId)
      const change: RunChange = {
        entries: logEntries(0, 1),
        messages: [promptOf('hi')],
        toolCalls: [newToolCall()],
        turn: newTurn(),
        release: succeed,
      }
      expect(await stores.runs.commit(old, change)).toBeNull()
      expect(await stores.runs.renew(old, 1_000)).toBeNull()
      expect(await stores.runs.cancelApprovals(old, 'stale')).toBeNull()
      const [journal] = await stores.runs.journals([old.runId])
      expect(journal).toMatchObject({
        run: { status: 'running', epoch: current.epoch },
        messages: [],
        turns: [],
        toolCalls: [],
        approvals: [approval],
      })
      expect(await stores.runs.readLog(old.runId, -1, 10)).toEqual([])
      expect(await stores.runs.commit(current, change)).not.toBeNull()
    })

    it('after the lease was handed back is refused', async () => {
      for (const to of ['wait', 'yield'] as const) {
        const ref = await startRun(stores)
        await stores.runs.commit(ref, { release: { to } })
        expect(await stores.runs.commit(ref, { messages: [promptOf('late')] })).toBeNull()
        expect(await stores.runs.renew(ref, 1_000)).toBeNull()
      }
    })

    it('tells that a cancellation was asked for', async () => {
      const ref = await startRun(stores)
      expect(await stores.runs.commit(ref, {})).toEqual({ cancelRequested: false, wake: [] })
      await stores.runs.requestCancel('', ref.runId, 'enough')
      expect(await stores.runs.commit(ref, {})).toMatchObject({ cancelRequested: true })
    })

    it('that ends the run stores the outcome with the last log entry', async () => {
      const ref = await startRun(stores)
      const error = { code: 'model_error', name: 'E', message: 'm' } as const
      const partial = answerOf('half').message
      clock.advance(10)
      await stores.runs.commit(ref, {
        entries: logEntries(0, 1, 'error'),
        release: { to: 'end', status: 'failed', output: null, error, partial },
      })
      expect(await stores.runs.get('', ref.runId)).toMatchObject({
        status: 'failed',
        error,
        partial,
        endedAt: new Date(clock.now()).toISOString(),
        owner: null,
        leaseUntil: null,
        wakeAt: null,
      })
      expect(await stores.runs.readLog(ref.runId, -1, 10)).toHaveLength(1)
      expect(await stores.runs.nextDue()).toBeNull()
    })
  })

  describe('a lease', () => {
    it('is extended from the store’s now', async () => {
      const ref = await startRun(stores, {}, 1_000)
      clock.advance(900)
      expect(await stores.runs.renew(ref, 1_000)).toEqual({ cancelRequested: false, wake: [] })
      clock.advance(900)
      expect(await stores.runs.claim(ref.runId, claimant('other'))).toBeNull()
    })

    it('that is over makes its run due', async () => {
      const { runId } = await startRun(stores, {}, 1_000)
      expect(await stores.runs.due(10, agents)).toEqual([])
      expect(await stores.runs.nextDue()).toBe(clock.now() + 1_000)
      clock.advance(1_000)
      expect(await stores.runs.due(10, agents)).toEqual([runId])
      expect(await stores.runs.nextDue()).toBeLessThanOrEqual(clock.now())
    })

    it('handed back with yield makes its run due at once', async () => {
      const ref = await startRun(stores)
      expect(await stores.runs.commit(ref, { release: { to: 'yield' } })).toMatchObject({
        wake: [ref.runId],
      })
      expect(await stores.runs.due(10, agents)).toEqual([ref.runId])
    })
  })

  describe('due runs', () => {
    it('come longest due first, at most as many as asked for', async () => {
      const abandoned = await startRun(stores, {}, 10_000)
      clock.advance(1_000)
      const queued = newRun()
      await stores.runs.create(queued)
      clock.advance(5_000)
      const late = await startRun(stores)
      await stores.runs.commit(late, { release: { to: 'yield' } })
      clock.advance(4_000)
      expect(await stores.runs.due(10, agents)).toEqual([queued.id, late.runId, abandoned.runId])
      expect(await stores.runs.due(1, agents)).toEqual([queued.id])
    })

    it('are none while a run waits without a reason to wake', async () => {
      const { runId } = await waitingRun(stores, (run) => [newApproval(run)])
      clock.advance(1_000_000)
      expect(await stores.runs.due(10, agents)).toEqual([])
      expect(await stores.runs.nextDue()).toBeNull()
      expect(await stores.runs.claim(runId, claimant())).toBeNull()
      expect(await stores.runs.get('', runId)).toMatchObject({ status: 'waiting' })
    })
  })

  describe('a cancellation', () => {
    it('makes a waiting run due', async () => {
      const { runId } = await waitingRun(stores, (run) => [newApproval(run)])
      const run = await stores.runs.requestCancel('', runId, 'enough')
      expect(run).toMatchObject({ cancelReason: 'enough', status: 'waiting' })
      expect(await stores.runs.due(10, agents)).toEqual([runId])
    })

    it('keeps its first reason and time', async () => {
      const { runId } = await startRun(stores)
      const first = await stores.runs.requestCancel('', runId, 'first')
      clock.advance(10)
      expect(await stores.runs.requestCancel('', runId, 'second')).toEqual(first)
    })

    it('leaves an ended run as it is', async () => {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { release: succeed })
      const before = await stores.runs.get('', ref.runId)
      expect(await stores.runs.requestCancel('', ref.runId, 'late')).toEqual(before)
      expect(await stores.runs.due(10, agents)).toEqual([])
      expect(await stores.runs.requestCancel('', 'none', null)).toBeNull()
    })
  })

  it('gives journals in the order asked for, without the unknown', async () => {
    const a = await startRun(stores)
    const b = await startRun(stores)
    const journals = await stores.runs.journals([b.runId, 'none', a.runId])
    expect(journals.map(({ run }) => run.id)).toEqual([b.runId, a.runId])
  })
}
