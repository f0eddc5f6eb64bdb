import type { RunChange } from '../../storage/store.ts'
import { equal, holds, matches, rejects } from './assert.ts'
import type { StoreCase } from './case.ts'
import {
  agents,
  answerOf,
  cancel,
  claimant,
  claimRun,
  logEntries,
  newApproval,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from './records.ts'

/** What `runs.commit` and `runs.requestCancel` of every store promise. */
export const writeCases: readonly StoreCase[] = [
  {
    name: 'runs.commit replaces turns by number and tool calls by id',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { turn: newTurn(), toolCalls: [newToolCall()] })
      const turn = newTurn({ status: 'error', error: { name: 'E', message: 'm' } })
      const call = newToolCall({ state: 'started' })
      await stores.runs.commit(ref, { turn, toolCalls: [call] })
      const [journal] = await stores.runs.journals([ref.runId])
      matches(journal, { turns: [turn], toolCalls: [call] })
      matches(journal?.run, { turns: 1, observations: 2 })
    },
  },
  {
    name: 'runs.commit appends to the log and runs.readLog reads it in pages',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { entries: logEntries(0, 3) })
      await stores.runs.commit(ref, { entries: logEntries(3, 2) })
      equal(await stores.runs.readLog(ref.runId, -1, 10), logEntries(0, 5))
      equal(await stores.runs.readLog(ref.runId, 1, 2), logEntries(2, 2))
      equal(await stores.runs.readLog(ref.runId, 4, 10), [])
      equal(await stores.runs.readLog('none', -1, 10), [])
    },
  },
  {
    name: 'runs.commit rejects a change that would leave a gap or a duplicate in the log',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { entries: logEntries(0, 2) })
      for (const seq of [1, 3]) {
        const change = { entries: logEntries(seq, 1), messages: [promptOf('hi')] }
        await rejects(stores.runs.commit(ref, change))
      }
      const [journal] = await stores.runs.journals([ref.runId])
      equal(journal?.messages, [])
      equal((await stores.runs.readLog(ref.runId, -1, 10)).length, 2)
    },
  },
  {
    name: 'runs.commit, renew and cancelApprovals return null for an older epoch and write nothing',
    async run({ stores, clock }) {
      const old = await startRun(stores)
      const approval = newApproval(old.run)
      await stores.runs.commit(old, { approvals: [approval] })
      await clock.advance(1_000)
      const current = await claimRun(stores, old.runId)
      const change: RunChange = {
        entries: logEntries(0, 1),
        messages: [promptOf('hi')],
        toolCalls: [newToolCall()],
        turn: newTurn(),
        release: succeed,
      }
      equal(await stores.runs.commit(old, change), null)
      equal(await stores.runs.renew(old, 1_000), null)
      equal(await stores.runs.cancelApprovals(old, 'stale'), null)
      const [journal] = await stores.runs.journals([old.runId])
      matches(journal, {
        run: { status: 'running', epoch: current.epoch },
        messages: [],
        turns: [],
        toolCalls: [],
        approvals: [approval],
      })
      equal(await stores.runs.readLog(old.runId, -1, 10), [])
      holds(
        (await stores.runs.commit(current, change)) !== null,
        'the write of the present owner to be accepted',
      )
    },
  },
  {
    name: 'runs.commit and renew return null after the lease was released',
    async run({ stores }) {
      for (const to of ['wait', 'yield'] as const) {
        const ref = await startRun(stores)
        await stores.runs.commit(ref, { release: { to } })
        equal(await stores.runs.commit(ref, { messages: [promptOf('late')] }), null)
        equal(await stores.runs.renew(ref, 1_000), null)
      }
    },
  },
  {
    name: 'runs.commit reports that a cancellation was requested',
    async run({ stores }) {
      const ref = await startRun(stores)
      equal(await stores.runs.commit(ref, {}), { cancelRequested: false, wake: [] })
      await stores.runs.requestCancel('', ref.runId, 'enough')
      matches(await stores.runs.commit(ref, {}), { cancelRequested: true })
    },
  },
  {
    name: 'runs.commit stores the outcome of a run together with its last log entry',
    async run({ stores, clock }) {
      const ref = await startRun(stores)
      const error = { code: 'model_error', name: 'E', message: 'm' } as const
      const partial = answerOf('half').message
      await clock.advance(10)
      await stores.runs.commit(ref, {
        entries: logEntries(0, 1, 'error'),
        release: { to: 'end', status: 'failed', output: null, error, partial },
      })
      matches(await stores.runs.get('', ref.runId), {
        status: 'failed',
        error,
        partial,
        endedAt: new Date(clock.now()).toISOString(),
        owner: null,
        leaseUntil: null,
        wakeAt: null,
      })
      equal((await stores.runs.readLog(ref.runId, -1, 10)).length, 1)
      equal(await stores.runs.nextDue(), null)
    },
  },
  {
    name: 'runs.commit returns the same result for a repeated write and does it once',
    async run({ stores }) {
      const ref = await startRun(stores)
      const change = { write: 1, entries: logEntries(0, 1), messages: [promptOf('hi')] }
      const first = await stores.runs.commit(ref, change)
      equal(await stores.runs.commit(ref, change), first)
      const [journal] = await stores.runs.journals([ref.runId])
      equal(journal?.messages.length, 1)
      equal((await stores.runs.readLog(ref.runId, -1, 10)).length, 1)
    },
  },
  {
    name: 'runs.commit returns the same result for a repeated write that ended the run',
    async run({ stores }) {
      const ref = await startRun(stores)
      const change = { write: 1, release: succeed }
      const first = await stores.runs.commit(ref, change)
      holds(first !== null, 'the first write to be accepted')
      equal(await stores.runs.commit(ref, change), first)
    },
  },
  {
    name: 'runs.commit refuses a success after a cancellation and writes nothing of it',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.requestCancel('', ref.runId, 'enough')
      const change = { entries: logEntries(0, 1), release: succeed }
      matches(await stores.runs.commit(ref, change), { refused: true, cancelRequested: true })
      matches(await stores.runs.get('', ref.runId), { status: 'running' })
      equal(await stores.runs.readLog(ref.runId, -1, 10), [])
      equal((await stores.runs.commit(ref, { release: cancel }))?.refused, undefined)
      matches(await stores.runs.get('', ref.runId), { status: 'cancelled' })
    },
  },
  {
    name: 'runs that wait for an approval are never due without a reason to wake',
    async run({ stores, clock }) {
      const { runId } = await waitingRun(stores, (run) => [newApproval(run)])
      await clock.advance(1_000_000)
      equal(await stores.runs.due(10, agents), [])
      equal(await stores.runs.nextDue(), null)
      equal(await stores.runs.claim(runId, claimant()), null)
      matches(await stores.runs.get('', runId), { status: 'waiting' })
    },
  },
  {
    name: 'runs.requestCancel makes a waiting run due',
    async run({ stores }) {
      const { runId } = await waitingRun(stores, (run) => [newApproval(run)])
      const run = await stores.runs.requestCancel('', runId, 'enough')
      matches(run, { cancelReason: 'enough', status: 'waiting' })
      equal(await stores.runs.due(10, agents), [runId])
    },
  },
  {
    name: 'runs.requestCancel keeps the reason and the time of the first request',
    async run({ stores, clock }) {
      const { runId } = await startRun(stores)
      const first = await stores.runs.requestCancel('', runId, 'first')
      await clock.advance(10)
      equal(await stores.runs.requestCancel('', runId, 'second'), first)
    },
  },
  {
    name: 'runs.requestCancel leaves an ended run unchanged and returns null for an unknown one',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { release: succeed })
      const before = await stores.runs.get('', ref.runId)
      equal(await stores.runs.requestCancel('', ref.runId, 'late'), before)
      equal(await stores.runs.due(10, agents), [])
      equal(await stores.runs.requestCancel('', 'none', null), null)
    },
  },
]
