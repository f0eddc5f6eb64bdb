import type { Decision } from '../../records/approval.ts'
import { equal, matches, rejects } from './assert.ts'
import type { StoreCase } from './case.ts'
import { foreignCursors, newApproval, newSession, waitingRun } from './records.ts'

const firstPage = {
  tenant: '',
  limit: 50,
  cursor: null,
  statuses: null,
  runId: null,
  agentId: null,
  sessionId: null,
}
const approve: Decision = { approved: true, reason: null, decidedBy: null }

/** What reading approvals promises in every store. */
export const approvalListCases: readonly StoreCase[] = [
  {
    name: 'approvals.get returns an approval as the run requested it',
    async run({ stores }) {
      const { approvals } = await waitingRun(stores, (run) => [
        newApproval(run, { metadata: { ticket: 7 } }),
      ])
      equal(await stores.approvals.get('', approvals[0]?.id ?? ''), approvals[0])
      equal(await stores.approvals.get('', 'none'), null)
    },
  },
  {
    name: 'approvals are invisible to other tenants and cannot be decided by them',
    async run({ stores }) {
      const { approvals } = await waitingRun(stores, (run) => [newApproval(run)], {
        tenant: 'acme',
      })
      const id = approvals[0]?.id ?? ''
      equal(await stores.approvals.get('other', id), null)
      equal(await stores.approvals.decide('other', id, approve), null)
      equal((await stores.approvals.list({ ...firstPage, tenant: 'other' })).items, [])
      matches(await stores.approvals.get('acme', id), { status: 'pending' })
    },
  },
  {
    name: 'approvals.resolvedOf, if there is one, returns those of the given approvals that are not pending',
    async run({ stores }) {
      const { resolvedOf } = stores.approvals
      if (!resolvedOf) return
      const { approvals } = await waitingRun(stores, (run) => [newApproval(run), newApproval(run)])
      const [pending = '', decided = ''] = approvals.map(({ id }) => id)
      equal(await resolvedOf([pending, decided]), [])
      await stores.approvals.decide('', decided, approve)
      matches(await resolvedOf([pending, decided, 'none']), [{ id: decided, status: 'approved' }])
    },
  },
  {
    name: 'approvals.pendingOf returns the pending approvals of the given runs only',
    async run({ stores }) {
      const wait = () => waitingRun(stores, (run) => [newApproval(run)])
      const [first, , third, decided] = [await wait(), await wait(), await wait(), await wait()]
      await stores.approvals.decide('', decided.approvals[0]?.id ?? '', approve)
      const runIds = [third, first, decided].map(({ runId }) => runId)
      const found = await stores.approvals.pendingOf([...runIds, 'none'])
      const byRun = found.toSorted((a, b) => runIds.indexOf(a.runId) - runIds.indexOf(b.runId))
      equal(byRun, [...third.approvals, ...first.approvals])
      equal(await stores.approvals.pendingOf([]), [])
    },
  },
  {
    name: 'approvals.resolvedOf, if it exists, returns those of the given approvals that are not pending',
    async run({ stores }) {
      const wait = () => waitingRun(stores, (run) => [newApproval(run)])
      const [pending, decided, other] = [await wait(), await wait(), await wait()]
      const idOf = ({ approvals }: typeof pending) => approvals[0]?.id ?? ''
      for (const run of [decided, other]) await stores.approvals.decide('', idOf(run), approve)
      const found = await stores.approvals.resolvedOf?.([idOf(pending), idOf(decided), 'none'])
      if (!found) return
      equal(
        found.map(({ id, status }) => [id, status]),
        [[idOf(decided), 'approved']],
      )
    },
  },
  {
    name: 'approvals.list returns the oldest approval first, filtered by status, run, agent and session',
    async run({ stores, clock }) {
      const session = newSession()
      await stores.sessions.create(session)
      const first = await waitingRun(stores, (run) => [newApproval(run)])
      await clock.advance(1)
      const requestedAt = new Date(clock.now()).toISOString()
      const second = await waitingRun(stores, (run) => [newApproval(run, { requestedAt })], {
        agentId: 'other',
        sessionId: session.id,
      })
      const [firstId, secondId] = [first, second].map(({ approvals }) => approvals[0]?.id ?? '')
      await stores.approvals.decide('', firstId ?? '', approve)
      const list = async (fields: object) =>
        (await stores.approvals.list({ ...firstPage, ...fields })).items.map(({ id }) => id)
      equal(await list({}), [firstId, secondId])
      equal(await list({ order: 'desc' }), [secondId, firstId])
      const { cursor } = await stores.approvals.list({ ...firstPage, limit: 1, order: 'desc' })
      equal(await list({ order: 'desc', cursor }), [firstId])
      equal(await list({ order: 'desc', statuses: ['pending', 'approved'] }), [secondId, firstId])
      equal(await list({ statuses: ['pending'] }), [secondId])
      equal(await list({ statuses: ['approved', 'rejected'] }), [firstId])
      equal(await list({ runId: first.runId }), [firstId])
      equal(await list({ agentId: 'other' }), [secondId])
      equal(await list({ sessionId: session.id }), [secondId])
      equal(await list({ sessionId: 'none' }), [])
    },
  },
  {
    name: 'approvals.list pages through every approval once while others are deleted',
    async run({ stores, clock }) {
      const session = newSession()
      await stores.sessions.create(session)
      const ids: string[] = []
      for (let index = 0; index < 7; index++) {
        const sessionId = index === 2 ? session.id : null
        const requestedAt = new Date(clock.now()).toISOString()
        const waiting = await waitingRun(stores, (run) => [newApproval(run, { requestedAt })], {
          sessionId,
        })
        ids.push(waiting.approvals[0]?.id ?? '')
        await clock.advance(1)
      }
      const first = await stores.approvals.list({ ...firstPage, limit: 3 })
      await stores.sessions.delete('', session.id)
      const { cursor } = first
      const second = await stores.approvals.list({ ...firstPage, limit: 3, cursor })
      const third = await stores.approvals.list({ ...firstPage, limit: 3, cursor: second.cursor })
      const pages = [first, second, third]
      equal(
        pages.flatMap(({ items }) => items.map(({ id }) => id)),
        ids,
      )
      equal(third.cursor, null)
    },
  },
  {
    name: 'approvals.list rejects a foreign cursor with bad_request',
    async run({ stores }) {
      for (const cursor of foreignCursors) {
        await rejects(stores.approvals.list({ ...firstPage, cursor }), 'bad_request')
      }
    },
  },
]
