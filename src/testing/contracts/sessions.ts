import { equal, matches, rejects } from './assert.ts'
import type { StoreCase, StoreFixture } from './case.ts'
import {
  answerOf,
  foreignCursors,
  logEntries,
  newApproval,
  newRun,
  newSession,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from './records.ts'

const firstPage = { tenant: '', limit: 50, cursor: null, agentId: null }
/** What every session store promises. */
export const sessionCases: readonly StoreCase[] = [
  {
    name: 'sessions.get returns a session as it was created',
    async run({ stores }) {
      const session = newSession({ title: 'Orders', metadata: { team: 'a' } })
      await stores.sessions.create(session)
      equal(await stores.sessions.get('', session.id), session)
    },
  },
  {
    name: 'sessions.create takes the times from the clock of the store',
    async run({ stores, clock }) {
      await clock.advance(5_000)
      const past = '2001-01-01T00:00:00.000Z'
      const session = newSession({ createdAt: past, updatedAt: past })
      const now = new Date(clock.now()).toISOString()
      const times = { createdAt: now, updatedAt: now }
      equal(await stores.sessions.create(session), { ...session, ...times })
      equal(await stores.sessions.get('', session.id), { ...session, ...times })
    },
  },
  {
    name: 'sessions.create rejects with bad_request for keys of more than 512 bytes',
    async run({ stores }) {
      for (const key of ['id', 'tenant', 'agentId']) {
        await rejects(stores.sessions.create(newSession({ [key]: 'x'.repeat(513) })), 'bad_request')
      }
      const longest = 'x'.repeat(512)
      await stores.sessions.create(newSession({ tenant: longest, agentId: longest }))
      equal((await stores.sessions.list({ ...firstPage, tenant: longest })).items.length, 1)
    },
  },
  {
    name: 'sessions are invisible to other tenants and cannot be deleted by them',
    async run({ stores }) {
      const session = newSession({ tenant: 'acme' })
      await stores.sessions.create(session)
      equal(await stores.sessions.get('other', session.id), null)
      equal(await stores.sessions.delete('other', session.id), false)
      equal((await stores.sessions.list({ ...firstPage, tenant: 'other' })).items, [])
      equal(await stores.sessions.get('acme', session.id), session)
    },
  },
  {
    name: 'sessions.create rejects with conflict when the id is taken',
    async run({ stores }) {
      const session = newSession()
      await stores.sessions.create(session)
      await rejects(stores.sessions.create(session), 'conflict')
    },
  },
  {
    name: 'sessions.list returns the latest changed session first, filtered by agent',
    async run(fixture) {
      const { stores, clock } = fixture
      const [first, second, third] = await createSessions(fixture, 3)
      await clock.advance(1_000)
      await converse(fixture, first)
      equal(await listedIds(fixture), [first, third, second])
      equal((await stores.sessions.list({ ...firstPage, agentId: 'none' })).items, [])
    },
  },
  {
    name: 'sessions.list pages through every session once while others are created',
    async run(fixture) {
      const ids = await createSessions(fixture, 7)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await fixture.stores.sessions.list({ ...firstPage, limit: 3, cursor })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.cursor
        await createSessions(fixture, 1)
      } while (cursor !== null)
      equal(seen, [...ids].reverse())
    },
  },
  {
    name: 'sessions.list continues after a session that was deleted or changed meanwhile',
    async run(fixture) {
      const { stores, clock } = fixture
      const ids = await createSessions(fixture, 6)
      const page = await stores.sessions.list({ ...firstPage, limit: 2 })
      await stores.sessions.delete('', page.items[1]?.id ?? '')
      const next = await stores.sessions.list({ ...firstPage, limit: 2, cursor: page.cursor })
      equal(
        next.items.map(({ id }) => id),
        [ids[3], ids[2]],
      )
      await clock.advance(1_000)
      await converse(fixture, ids[2] ?? '')
      const last = await stores.sessions.list({ ...firstPage, limit: 2, cursor: next.cursor })
      equal(
        last.items.map(({ id }) => id),
        [ids[1], ids[0]],
      )
      equal(last.cursor, null)
    },
  },
  ...foreignCursors.map((cursor) => ({
    name: `sessions.list rejects the foreign cursor ${cursor} with bad_request`,
    async run(fixture: StoreFixture) {
      await createSessions(fixture, 1)
      await rejects(fixture.stores.sessions.list({ ...firstPage, cursor }), 'bad_request')
    },
  })),
  {
    name: 'sessions keep the messages of their runs in order and count them',
    async run(fixture) {
      const { stores } = fixture
      const [id] = await createSessions(fixture, 1)
      await converse(fixture, id, 'one')
      await converse(fixture, id, 'two')
      const messages = await stores.sessions.messages(id, 10, null)
      equal(
        messages.map(({ position, turn }) => [position, turn]),
        [
          [0, 0],
          [1, 1],
          [2, 0],
          [3, 1],
        ],
      )
      equal(new Set(messages.map(({ runId }) => runId)).size, 2)
      matches(await stores.sessions.get('', id), { messageCount: 4 })
    },
  },
  {
    name: 'sessions.messages returns the last messages, or the last before a position',
    async run(fixture) {
      const { stores } = fixture
      const [id] = await createSessions(fixture, 1)
      for (const text of ['one', 'two', 'three']) await converse(fixture, id, text)
      const positions = async (limit: number, before: number | null) =>
        (await stores.sessions.messages(id, limit, before)).map(({ position }) => position)
      equal(await positions(2, null), [4, 5])
      equal(await positions(3, 4), [1, 2, 3])
      equal(await positions(10, 99), [0, 1, 2, 3, 4, 5])
      equal(await positions(10, 0), [])
      equal(await stores.sessions.messages('none', 10, null), [])
    },
  },
  {
    name: 'sessions without a title take the first one that a run offers',
    async run(fixture) {
      const { stores } = fixture
      const [id] = await createSessions(fixture, 1)
      const named = newSession({ title: 'Mine' })
      await stores.sessions.create(named)
      for (const sessionId of [id, named.id]) {
        const ref = await startRun(stores, { sessionId })
        await stores.runs.commit(ref, { title: 'First' })
        await stores.runs.commit(ref, { messages: [promptOf('hi')], title: 'Second' })
      }
      matches(await stores.sessions.get('', id), { title: 'First' })
      matches(await stores.sessions.get('', named.id), { title: 'Mine' })
    },
  },
  {
    name: 'sessions.delete deletes the runs, messages, log entries and approvals of the session',
    async run(fixture) {
      const { stores } = fixture
      const [id, other = ''] = await createSessions(fixture, 2)
      const kept = await converse(fixture, other)
      const ended = await converse(fixture, id)
      const waiting = await waitingRun(stores, (run) => [newApproval(run)], { sessionId: id })
      equal(await stores.sessions.delete('', id), true)
      equal(await stores.sessions.delete('', id), false)
      equal(await stores.sessions.get('', id), null)
      equal(await stores.sessions.messages(id, 10, null), [])
      equal(await stores.runs.journals([ended, waiting.runId]), [])
      equal(await stores.runs.getByTrace('', waiting.run.traceId), null)
      equal(await stores.runs.readLog(ended, -1, 10), [])
      equal(await stores.approvals.get('', waiting.approvals[0]?.id ?? ''), null)
      matches(await stores.runs.get('', kept), { id: kept })
      equal(await listedIds(fixture), [other])
    },
  },
  {
    name: 'sessions that were deleted accept no write of their runs and no new run',
    async run(fixture) {
      const { stores } = fixture
      const [id] = await createSessions(fixture, 1)
      const ref = await startRun(stores, { sessionId: id })
      await stores.sessions.delete('', id)
      equal(await stores.runs.commit(ref, { messages: [promptOf('hi')] }), null)
      equal(await stores.runs.renew(ref, 1_000), null)
      equal(await stores.sessions.messages(id, 10, null), [])
      equal(await stores.runs.create(newRun({ sessionId: id })), { kind: 'no_session' })
    },
  },
]

async function createSessions(
  { stores, clock }: StoreFixture,
  count: number,
): Promise<[string, ...string[]]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const session = newSession()
    ids.push(session.id)
    await stores.sessions.create(session)
    await clock.advance(1)
  }
  return ids as [string, ...string[]]
}

async function listedIds({ stores }: StoreFixture): Promise<string[]> {
  return (await stores.sessions.list(firstPage)).items.map(({ id }) => id)
}

/** Runs one exchange of prompt and answer, and returns the id of its run. */
async function converse({ stores }: StoreFixture, sessionId: string, text = 'hi'): Promise<string> {
  const ref = await startRun(stores, { sessionId })
  await stores.runs.commit(ref, {
    entries: logEntries(0, 1, 'final'),
    messages: [promptOf(text), answerOf('hello')],
    release: succeed,
  })
  return ref.runId
}
