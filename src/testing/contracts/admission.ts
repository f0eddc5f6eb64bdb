import type { Admission, NewRun, Stores } from '../../storage/store.ts'
import { equal, holds, matches, rejects } from './assert.ts'
import type { StoreCase } from './case.ts'
import { agents, claimant, claimRun, newRun, newSession, startRun, succeed } from './records.ts'

const firstPage = {
  tenant: '',
  limit: 50,
  cursor: null,
  statuses: null,
  agentId: null,
  sessionId: null,
}
const idempotency = { key: 'k', fingerprint: 'f' }

/** What `runs.create` of every store promises. */
export const admissionCases: readonly StoreCase[] = [
  {
    name: 'runs.create admits a run as queued with no work done',
    async run({ stores }) {
      const request = newRun({ startedBy: 'ada' })
      matches(await stores.runs.create(request), { kind: 'created', cancelled: [] })
      const run = await stores.runs.get('', request.id)
      matches(run, {
        id: request.id,
        traceId: request.traceId,
        input: { maxTurns: request.input.maxTurns, metadata: request.input.metadata },
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
      equal(await stores.runs.getByTrace('', request.traceId), run)
      equal(await stores.runs.readLog(request.id, -1, 10), [])
    },
  },
  {
    name: 'runs.create rejects with bad_request for keys of more than 512 bytes',
    async run({ stores }) {
      const long = 'é'.repeat(257)
      for (const fields of [
        { tenant: long },
        { agentId: long },
        { idempotency: { key: long, fingerprint: 'f' } },
      ]) {
        await rejects(stores.runs.create(newRun(fields)), 'bad_request')
      }
      const longest = 'é'.repeat(256)
      const keys = {
        tenant: longest,
        agentId: longest,
        idempotency: { ...idempotency, key: longest },
      }
      matches(await stores.runs.create(newRun(keys)), { kind: 'created' })
      matches(await stores.runs.create(newRun(keys)), { kind: 'replayed' })
    },
  },
  {
    name: 'runs are invisible to other tenants and cannot be cancelled by them',
    async run({ stores }) {
      const request = newRun({ tenant: 'acme' })
      await stores.runs.create(request)
      equal(await stores.runs.get('other', request.id), null)
      equal(await stores.runs.getByTrace('other', request.traceId), null)
      equal((await stores.runs.list({ ...firstPage, tenant: 'other' })).items, [])
      equal(await stores.runs.requestCancel('other', request.id, null), null)
      matches(await stores.runs.get('acme', request.id), { cancelRequestedAt: null })
    },
  },
  {
    name: 'runs.create answers no_session for a session of another tenant',
    async run({ stores }) {
      const { id: sessionId } = newSession()
      await stores.sessions.create(newSession({ id: sessionId, tenant: 'acme' }))
      equal(await create(stores, { tenant: 'other', sessionId }), { kind: 'no_session' })
      matches(await create(stores, { tenant: 'acme', sessionId }), { kind: 'created' })
    },
  },
  {
    name: 'runs.create returns the first run again for the same idempotency key and body',
    async run({ stores }) {
      const id = await createdId(stores, { idempotency })
      matches(await create(stores, { idempotency }), { kind: 'replayed', run: { id } })
      equal((await stores.runs.list(firstPage)).items.length, 1)
    },
  },
  {
    name: 'runs.create answers mismatch for the same idempotency key with another body',
    async run({ stores }) {
      await create(stores, { idempotency })
      const other = { key: 'k', fingerprint: 'g' }
      equal(await create(stores, { idempotency: other }), { kind: 'mismatch' })
    },
  },
  {
    name: 'runs.create accepts an idempotency key again after 24 hours',
    async run({ stores, clock }) {
      const id = await createdId(stores, { idempotency })
      await clock.advance(86_400_000 - 1)
      matches(await create(stores, { idempotency }), { kind: 'replayed', run: { id } })
      await clock.advance(1)
      const other = { key: 'k', fingerprint: 'g' }
      matches(await create(stores, { idempotency: other }), { kind: 'created' })
    },
  },
  {
    name: 'runs.create keeps the idempotency keys of tenants apart',
    async run({ stores }) {
      await create(stores, { idempotency })
      matches(await create(stores, { tenant: 'acme', idempotency }), { kind: 'created' })
    },
  },
  {
    name: 'runs.create admits one of twenty concurrent runs with one idempotency key',
    async run({ stores }) {
      const admissions = await Promise.all(
        Array.from({ length: 20 }, () => create(stores, { idempotency })),
      )
      equal(admissions.filter(({ kind }) => kind === 'created').length, 1)
      equal(new Set(admissions.map(idOf)).size, 1)
    },
  },
  {
    name: 'runs.create replays an idempotency key even when the session is busy',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const fields = { sessionId, idempotency, onBusy: 'reject' } as const
      const id = await createdId(stores, fields)
      matches(await create(stores, fields), { kind: 'replayed', run: { id } })
    },
  },
  {
    name: 'runs of a session can be claimed one at a time, in order of admission',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const first = await createdId(stores, { sessionId })
      const second = await createdId(stores, { sessionId })
      equal(await stores.runs.claim(second, claimant()), null)
      const claim = await claimRun(stores, first)
      equal(await stores.runs.due(10, agents), [])
      matches(await stores.runs.commit(claim, { release: succeed }), { wake: [second] })
      equal(await stores.runs.due(10, agents), [second])
      await claimRun(stores, second)
    },
  },
  {
    name: 'runs of a session stay queued behind a run that waits for an approval',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const first = await startRun(stores, { sessionId })
      const second = await createdId(stores, { sessionId })
      await stores.runs.commit(first, { release: { to: 'wait' } })
      equal(await stores.runs.claim(second, claimant()), null)
    },
  },
  {
    name: 'runs.create with onBusy reject answers busy while the session has an open run',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const first = await startRun(stores, { sessionId })
      const refused = await create(stores, { sessionId, onBusy: 'reject' })
      equal(refused, { kind: 'busy', runId: first.runId })
      await stores.runs.commit(first, { release: succeed })
      matches(await create(stores, { sessionId, onBusy: 'reject' }), { kind: 'created' })
    },
  },
  {
    name: 'runs.create with onBusy cancel requests the cancellation of all open runs of the session',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const first = await startRun(stores, { sessionId })
      const second = await createdId(stores, { sessionId })
      const admission = await create(stores, { sessionId, onBusy: 'cancel' })
      matches(admission, { kind: 'created', cancelled: [first.runId, second] })
      matches(await stores.runs.renew(first, 1_000), { cancelRequested: true })
      const cancelled = await stores.runs.get('', second)
      holds(typeof cancelled?.cancelReason === 'string', 'a reason of the cancellation')
      holds(typeof cancelled?.cancelRequestedAt === 'string', 'a time of the cancellation')
      matches(await stores.runs.get('', idOf(admission)), { cancelRequestedAt: null })
    },
  },
  {
    name: 'runs that are cancelled in the queue of a session can be claimed out of turn to end them',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      await startRun(stores, { sessionId })
      const second = await createdId(stores, { sessionId })
      const third = await createdId(stores, { sessionId })
      await stores.runs.requestCancel('', second, null)
      const claim = await claimRun(stores, second)
      const ended = await stores.runs.commit(claim, {
        release: { to: 'end', status: 'cancelled', output: null, error: null, partial: null },
      })
      holds(ended !== null && !ended.wake.includes(third), 'the third run to stay in line')
      equal(await stores.runs.claim(third, claimant()), null)
    },
  },
  {
    name: 'runs.create with onBusy reject admits one of twenty concurrent runs of a session',
    async run({ stores }) {
      const sessionId = await createSession(stores)
      const admissions = await Promise.all(
        Array.from({ length: 20 }, () => create(stores, { sessionId, onBusy: 'reject' })),
      )
      equal(admissions.filter(({ kind }) => kind === 'created').length, 1)
      equal(admissions.filter(({ kind }) => kind === 'busy').length, 19)
    },
  },
]

function create(stores: Stores, fields: Partial<NewRun> = {}): Promise<Admission> {
  return stores.runs.create(newRun(fields))
}

async function createdId(stores: Stores, fields: Partial<NewRun> = {}): Promise<string> {
  return idOf(await create(stores, fields))
}

async function createSession(stores: Stores): Promise<string> {
  const session = newSession()
  await stores.sessions.create(session)
  return session.id
}

function idOf(admission: Admission): string {
  if (admission.kind === 'created' || admission.kind === 'replayed') return admission.run.id
  throw new Error(`The run was not admitted: ${admission.kind}`)
}
