import type { Stores } from '../../storage/store.ts'
import type { OutboxMessage } from '../../records/outbox.ts'
import { equal, matches } from './assert.ts'
import type { StoreCase } from './case.ts'
import {
  cancel,
  claimant,
  newApproval,
  type newRun,
  startRun,
  succeed,
  waitingRun,
} from './records.ts'

const page = { tenant: '', limit: 100, cursor: null, statuses: null, runId: null } as const

/** The outbox of the stores. @throws Error for stores without one. */
function outboxOf({ outbox }: Stores) {
  if (!outbox) throw new Error('The stores have no outbox')
  return outbox
}

/** Ends a run of these stores and resolves to its id. */
async function endRun(stores: Stores, fields: Parameters<typeof newRun>[0] = {}): Promise<string> {
  const ref = await startRun(stores, fields)
  await stores.runs.commit(ref, { release: succeed })
  return ref.runId
}

const facts = (messages: readonly OutboxMessage[]) =>
  messages.map(({ type, target, data }) => [type, target, data['status']].join(' '))

const endings = (target: string) => ({ target, types: ['run.ended'], agents: null }) as const

/** Runs a case only on stores that have an outbox, which is optional. */
function outboxCase(name: string, run: StoreCase['run']): StoreCase {
  return { name, run: async (fixture) => fixture.stores.outbox && run(fixture) }
}

/** What the outbox of every store promises. */
export const outboxCases: readonly StoreCase[] = [
  outboxCase('outbox notes nothing without a subscription', async ({ stores }) => {
    await endRun(stores)
    equal((await outboxOf(stores).list({ ...page, targets: ['a'] })).items, [])
    equal(await outboxOf(stores).claim('a', 10, 1_000), [])
  }),
  outboxCase('outbox notes the end of a run for each receiver of it', async ({ stores, clock }) => {
    const outbox = outboxOf(stores)
    outbox.subscribe(endings('a'))
    outbox.subscribe({ ...endings('b'), agents: ['other'] })
    const runId = await endRun(stores, { tenant: 't' })
    await endRun(stores, { agentId: 'other' })
    const [first, second] = await outbox.claim('a', 10, 1_000)
    matches(first, {
      id: `run_ended_${runId}@a`,
      target: 'a',
      type: 'run.ended',
      tenant: 't',
      runId,
      agentId: 'support',
      sessionId: null,
      approvalId: null,
      data: { status: 'succeeded' },
      status: 'pending',
      createdAt: new Date(clock.now()).toISOString(),
      dueAt: new Date(clock.now() + 1_000).toISOString(),
      attempts: 1,
      refusals: 0,
      lastError: null,
      settledAt: null,
    })
    matches(second, { agentId: 'other' })
    equal(facts(await outbox.claim('b', 10, 1_000)), ['run.ended b succeeded'])
    equal(await outbox.claim('c', 10, 1_000), [])
  }),
  outboxCase('outbox notes a repeated or refused write at most once', async ({ stores }) => {
    const outbox = outboxOf(stores)
    outbox.subscribe(endings('a'))
    const ref = await startRun(stores)
    const stale = { ...ref, epoch: ref.epoch - 1 }
    await stores.runs.commit(stale, { release: succeed })
    await stores.runs.commit(ref, { write: 1, release: succeed })
    await stores.runs.commit(ref, { write: 1, release: succeed })
    const late = await startRun(stores)
    await stores.runs.requestCancel('', late.runId, null)
    await stores.runs.commit(late, { release: succeed })
    equal((await outbox.list({ ...page, targets: ['a'] })).items.length, 1)
  }),
  outboxCase('outbox notes that approvals are requested and decided', async ({ stores }) => {
    const outbox = outboxOf(stores)
    outbox.subscribe({
      target: 'a',
      types: ['approval.requested', 'approval.resolved'],
      agents: null,
    })
    const { runId, approvals } = await waitingRun(stores, (run) => [
      newApproval(run),
      newApproval(run),
    ])
    const [first, second] = approvals
    const decision = { approved: true, reason: null, decidedBy: null }
    await stores.approvals.decide('', first?.id ?? '', decision)
    await stores.approvals.decide('', first?.id ?? '', decision)
    await stores.approvals.decide('', second?.id ?? '', { ...decision, approved: false })
    const messages = await outbox.claim('a', 10, 1_000)
    equal(facts(messages), [
      'approval.requested a pending',
      'approval.requested a pending',
      'approval.resolved a approved',
      'approval.resolved a rejected',
    ])
    matches(messages[2], { runId, approvalId: first?.id, data: { toolName: 'refund' } })
  }),
  outboxCase('outbox notes approvals that expire or are cancelled', async ({ stores, clock }) => {
    const outbox = outboxOf(stores)
    outbox.subscribe({ target: 'a', types: ['approval.resolved'], agents: null })
    const expiresAt = new Date(clock.now() + 1_000).toISOString()
    const expiring = await waitingRun(stores, (run) => [newApproval(run, { expiresAt })])
    const late = await waitingRun(stores, (run) => [newApproval(run, { expiresAt })])
    const open = await startRun(stores)
    await stores.runs.commit(open, { approvals: [newApproval(open.run)] })
    await stores.runs.cancelApprovals(open, 'no')
    await stores.runs.commit(open, { approvals: [newApproval(open.run)], release: { to: 'wait' } })
    await clock.advance(1_000)
    await stores.runs.claim(expiring.runId, claimant())
    const decision = { approved: true, reason: null, decidedBy: null }
    await stores.approvals.decide('', late.approvals[0]?.id ?? '', decision)
    await stores.runs.requestCancel('', open.runId, null)
    const again = await stores.runs.claim(open.runId, claimant('x', 60_000))
    const { epoch = 0 } = again?.journal.run ?? {}
    await stores.runs.commit({ runId: open.runId, epoch }, { release: cancel })
    equal(facts(await outbox.claim('a', 10, 1_000)).sort(), [
      'approval.resolved a cancelled',
      'approval.resolved a cancelled',
      'approval.resolved a timed_out',
      'approval.resolved a timed_out',
    ])
  }),
  outboxCase(
    'outbox.claim gives a message to one claimant until its lease ends',
    async (fixture) => {
      const { stores, clock } = fixture
      const outbox = outboxOf(stores)
      outbox.subscribe(endings('a'))
      for (let count = 0; count < 3; count++) await endRun(stores)
      const claims = await Promise.all([outbox.claim('a', 2, 1_000), outbox.claim('a', 2, 1_000)])
      equal(new Set(claims.flat().map(({ id }) => id)).size, 3)
      equal(await outbox.claim('a', 10, 1_000), [])
      await clock.advance(1_000)
      const again = await outbox.claim('a', 10, 1_000)
      equal(
        again.map(({ attempts }) => attempts),
        [2, 2, 2],
      )
      await outbox.settle(claims.flat(), { to: 'forget' }) // too late
      equal((await outbox.list({ ...page, targets: ['a'] })).items.length, 3)
      await outbox.settle(again, { to: 'forget' })
      equal((await outbox.list({ ...page, targets: ['a'] })).items, [])
    },
  ),
  outboxCase('outbox.settle retries, gives up and keeps what was delivered', async (fixture) => {
    const { stores, clock } = fixture
    const outbox = outboxOf(stores)
    outbox.subscribe(endings('a'))
    for (let count = 0; count < 3; count++) await endRun(stores)
    const [one, two, three] = await outbox.claim('a', 10, 60_000)
    if (!one || !two || !three) throw new Error('Three messages must be claimed')
    await outbox.settle([one], { to: 'delivered' })
    await outbox.settle([two], { to: 'dead', error: 'gone' })
    await outbox.settle([three], { to: 'retry', delayMs: 500, error: 'busy', refused: true })
    equal(await outbox.count('a'), { pending: 1, dead: 1 })
    equal(await outbox.claim('a', 10, 1_000), [])
    await clock.advance(500)
    const [retried] = await outbox.claim('a', 10, 1_000)
    matches(retried, { id: three.id, attempts: 2, refusals: 1, lastError: 'busy' })
    const { items } = await outbox.list({ ...page, targets: ['a'], statuses: ['dead'] })
    matches(items, [{ id: two.id, status: 'dead', lastError: 'gone', dueAt: null }])
    matches(await outbox.get('', one.id), { status: 'delivered', dueAt: null })
    equal(await outbox.get('other', one.id), null)
    equal(await outbox.redeliver('other', two.id), null)
    matches(await outbox.redeliver('', two.id), { status: 'pending', attempts: 0 })
    equal(
      (await outbox.claim('a', 10, 1_000)).map(({ id }) => id),
      [two.id],
    )
  }),
  outboxCase('outbox.list has pages, the latest first', async ({ stores }) => {
    const outbox = outboxOf(stores)
    outbox.subscribe(endings('a'))
    const ids = [await endRun(stores), await endRun(stores), await endRun(stores)]
    const first = await outbox.list({ ...page, limit: 2, targets: ['a'] })
    const second = await outbox.list({ ...page, cursor: first.cursor, targets: ['a', 'b'] })
    equal(
      [...first.items, ...second.items].map(({ runId }) => runId),
      ids.reverse(),
    )
    equal(second.cursor, null)
    equal((await outbox.list({ ...page, runId: ids[0] ?? '', targets: ['a'] })).items.length, 1)
    equal((await outbox.list({ ...page, targets: ['b'] })).items, [])
    equal((await outbox.list({ ...page, tenant: 't', targets: ['a'] })).items, [])
  }),
]
