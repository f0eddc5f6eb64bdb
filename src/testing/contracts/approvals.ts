import type { Approval, Decision } from '../../records/approval.ts'
import { equal, matches } from './assert.ts'
import type { ContractClock, StoreCase, StoreFixture } from './case.ts'
import { agents, cancel, claimant, claimRun, newApproval, startRun, waitingRun } from './records.ts'

const approve: Decision = { approved: true, reason: null, decidedBy: null }
const reject: Decision = { approved: false, reason: 'No', decidedBy: 'ada' }

/** What decisions about approvals promise in every store. */
export const decisionCases: readonly StoreCase[] = [
  {
    name: 'approvals.decide approves a call and makes its run due',
    async run(fixture) {
      const { stores, clock } = fixture
      const { id, runId } = await wait(fixture)
      await clock.advance(5)
      const decided = await stores.approvals.decide('', id, { ...approve, decidedBy: 'ada' })
      matches(decided, {
        decided: true,
        approval: {
          status: 'approved',
          decidedBy: 'ada',
          resolvedAt: inMs(clock, 0),
          input: { cents: 5 },
        },
      })
      equal(await stores.approvals.get('', id), decided?.approval)
      equal(await stores.runs.due(10, agents), [runId])
    },
  },
  {
    name: 'approvals.decide keeps the reason of the request beside the reason of the rejection',
    async run(fixture) {
      const { id } = await wait(fixture)
      matches(await fixture.stores.approvals.decide('', id, reject), {
        decided: true,
        approval: {
          status: 'rejected',
          requestReason: 'Over the limit',
          decisionReason: 'No',
          decidedBy: 'ada',
        },
      })
    },
  },
  {
    name: 'approvals.decide replaces the input by any JSON value and keeps args',
    async run(fixture) {
      const { approvals } = fixture.stores
      for (const input of [{ cents: 1 }, null, [1]]) {
        const { id } = await wait(fixture)
        await approvals.decide('', id, { ...approve, input })
        matches(await approvals.get('', id), { input, args: '{"cents":5}' })
      }
    },
  },
  {
    name: "approvals.decide keeps the output of a client's tool, any JSON value",
    async run(fixture) {
      const { approvals, runs } = fixture.stores
      for (const output of [{ cents: 1 }, null, 'done', 0, [1]]) {
        const { id, runId } = await wait(fixture, { clientTool: true })
        const asked = await approvals.get('', id)
        equal([asked?.clientTool, asked && 'output' in asked], [true, false])
        const decided = await approvals.decide('', id, { ...approve, output })
        matches(decided, { decided: true, approval: { clientTool: true, output } })
        equal(await approvals.get('', id), decided?.approval)
        equal(await approvals.decide('', id, { ...approve, output: 'late' }), {
          decided: false,
          approval: decided?.approval,
        })
        const [journal] = await runs.journals([runId])
        equal(journal?.approvals, [decided?.approval])
        equal((await approvals.resolvedOf?.([id])) ?? [decided?.approval], [decided?.approval])
      }
      const { id } = await wait(fixture, { clientTool: true })
      const rejected = await approvals.decide('', id, reject)
      equal(rejected && 'output' in rejected.approval, false)
    },
  },
  {
    name: 'approvals.decide returns null for an unknown approval',
    async run({ stores }) {
      equal(await stores.approvals.decide('', 'none', approve), null)
    },
  },
  {
    name: 'approvals.decide returns an approval that was decided before as it stands',
    async run(fixture) {
      const { stores, clock } = fixture
      const { id, runId } = await wait(fixture)
      const first = await stores.approvals.decide('', id, approve)
      await clock.advance(5)
      equal(await stores.approvals.decide('', id, reject), {
        decided: false,
        approval: first?.approval,
      })
      matches(await stores.runs.get('', runId), { status: 'waiting' })
    },
  },
  {
    name: 'approvals.decide has one winner among twenty concurrent decisions',
    async run(fixture) {
      const { approvals } = fixture.stores
      const { id } = await wait(fixture)
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          approvals.decide('', id, index % 2 === 0 ? approve : reject),
        ),
      )
      const winners = results.filter((result) => result?.decided)
      equal(winners.length, 1)
      equal(new Set(results.map((result) => result?.approval.status)).size, 1)
      equal(await approvals.get('', id), winners[0]?.approval)
    },
  },
  {
    name: 'approvals.decide during a claim wakes the run when it is released to wait',
    async run({ stores }) {
      const ref = await startRun(stores)
      const approval = newApproval(ref.run)
      await stores.runs.commit(ref, { approvals: [approval] })
      await stores.approvals.decide('', approval.id, approve)
      matches(await stores.runs.commit(ref, { release: { to: 'wait' } }), { wake: [ref.runId] })
      equal(await stores.runs.due(10, agents), [ref.runId])
    },
  },
  {
    name: 'approvals.decide wakes its run for one claim only',
    async run(fixture) {
      const { stores } = fixture
      const { id, runId } = await wait(fixture)
      await stores.approvals.decide('', id, approve)
      const claimed = await stores.runs.claim(runId, claimant())
      matches(claimed?.journal.approvals, [{ id, status: 'approved' }])
      const ref = { runId, epoch: claimed?.journal.run.epoch ?? 0 }
      matches(await stores.runs.commit(ref, { release: { to: 'wait' } }), { wake: [] })
      equal(await stores.runs.due(10, agents), [])
    },
  },
]

/** What expiry and cancellation of approvals promise in every store. */
export const expiryCases: readonly StoreCase[] = [
  {
    name: 'approvals that expire make their run due and are timed out by its claim',
    async run(fixture) {
      const { stores, clock } = fixture
      const expiresAt = inMs(clock, 1_000)
      const { id, runId } = await wait(fixture, { expiresAt })
      equal(await stores.runs.nextDue(), Date.parse(expiresAt))
      equal(await stores.runs.claim(runId, claimant()), null)
      await clock.advance(1_000)
      equal(await stores.runs.due(10, agents), [runId])
      const claimed = await stores.runs.claim(runId, claimant())
      matches(claimed?.journal.approvals, [
        { id, status: 'timed_out', resolvedAt: expiresAt, decidedBy: null, decisionReason: null },
      ])
      matches(await stores.approvals.get('', id), { status: 'timed_out' })
    },
  },
  {
    name: 'approvals.decide refuses an approval that has expired',
    async run(fixture) {
      const { stores, clock } = fixture
      const { id } = await wait(fixture, { expiresAt: inMs(clock, 1_000) })
      await clock.advance(1_000)
      const approval = { status: 'timed_out' }
      matches(await stores.approvals.decide('', id, approve), { decided: false, approval })
    },
  },
  {
    name: 'approvals.decide accepts a decision one millisecond before the expiry',
    async run(fixture) {
      const { stores, clock } = fixture
      const { id } = await wait(fixture, { expiresAt: inMs(clock, 1_000) })
      await clock.advance(999)
      matches(await stores.approvals.decide('', id, approve), { decided: true })
    },
  },
  {
    name: 'runs.nextDue returns the earliest expiry of the pending approvals of a run',
    async run({ stores, clock }) {
      const { runId } = await waitingRun(stores, (run) => [
        newApproval(run, { toolCallId: 'a', expiresAt: inMs(clock, 3_000) }),
        newApproval(run, { toolCallId: 'b', expiresAt: inMs(clock, 2_000) }),
        newApproval(run, { toolCallId: 'c' }),
      ])
      equal(await stores.runs.nextDue(), clock.now() + 2_000)
      await clock.advance(2_500)
      const ref = await claimRun(stores, runId)
      const [journal] = await stores.runs.journals([runId])
      equal(
        journal?.approvals.map(({ status }) => status),
        ['pending', 'timed_out', 'pending'],
      )
      await stores.runs.commit(ref, { release: { to: 'wait' } })
      equal(await stores.runs.nextDue(), clock.now() + 500)
    },
  },
  {
    name: 'runs.cancelApprovals cancels pending approvals and keeps decided ones',
    async run({ stores, clock }) {
      const { runId, approvals } = await waitingRun(stores, (run) => [
        newApproval(run, { toolCallId: 'a' }),
        newApproval(run, { toolCallId: 'b' }),
      ])
      await stores.approvals.decide('', approvals[0]?.id ?? '', approve)
      const ref = await claimRun(stores, runId)
      const reason = 'The run was cancelled.'
      const cancelled = await stores.runs.cancelApprovals(ref, reason)
      matches(cancelled, [
        { status: 'approved', decisionReason: null },
        { status: 'cancelled', decisionReason: reason, resolvedAt: inMs(clock, 0) },
      ])
      equal(await stores.approvals.get('', approvals[1]?.id ?? ''), cancelled?.[1])
    },
  },
  {
    name: 'runs.commit leaves no approval pending when it ends the run',
    async run(fixture) {
      const { stores } = fixture
      const { id, runId } = await wait(fixture)
      await stores.runs.requestCancel('', runId, null)
      const ref = await claimRun(stores, runId)
      await stores.runs.commit(ref, { release: cancel })
      matches(await stores.approvals.get('', id), { status: 'cancelled' })
      matches(await stores.approvals.decide('', id, approve), { decided: false })
      equal(await stores.runs.due(10, agents), [])
    },
  },
]

async function wait({ stores }: StoreFixture, fields: Partial<Approval> = {}) {
  const waiting = await waitingRun(stores, (run) => [newApproval(run, fields)])
  return { ...waiting, id: waiting.approvals[0]?.id ?? '' }
}

function inMs(clock: ContractClock, ms: number): string {
  return new Date(clock.now() + ms).toISOString()
}
