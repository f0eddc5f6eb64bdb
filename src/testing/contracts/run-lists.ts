import { equal, holds, rejects, matches } from './assert.ts'
import type { StoreCase, StoreFixture } from './case.ts'
import { foreignCursors, logEntries, newRun, newSession, startRun } from './records.ts'

const firstPage = {
  tenant: '',
  limit: 50,
  cursor: null,
  statuses: null,
  agentId: null,
  sessionId: null,
}

/** What `runs.list` and `runs.journals` of every store promise. */
export const runListCases: readonly StoreCase[] = [
  {
    name: 'runs.list returns the newest run first, filtered by status, agent and session',
    async run({ stores, clock }) {
      const session = newSession()
      await stores.sessions.create(session)
      const [first, second] = [newRun({ agentId: 'a' }), newRun({ agentId: 'b' })]
      for (const run of [first, second]) {
        await stores.runs.create(run)
        await clock.advance(1)
      }
      const third = await startRun(stores, { agentId: 'b', sessionId: session.id })
      const list = async (fields: object) =>
        (await stores.runs.list({ ...firstPage, ...fields })).items.map(({ id }) => id)
      equal(await list({}), [third.runId, second.id, first.id])
      equal(await list({ agentId: 'b' }), [third.runId, second.id])
      equal(await list({ statuses: ['queued'] }), [second.id, first.id])
      equal(await list({ statuses: ['running', 'waiting'] }), [third.runId])
      equal(await list({ sessionId: session.id }), [third.runId])
      equal(await list({ sessionId: 'none' }), [])
    },
  },
  {
    name: 'runs.progress, if there is one, tells how far the given runs have come',
    async run({ stores }) {
      const { progress } = stores.runs
      if (!progress) return
      const [first, second] = [await startRun(stores), await startRun(stores)]
      await stores.runs.commit(second, { entries: logEntries(0, 3) })
      const found = await progress([second.runId, first.runId, 'none'])
      const byId = found.toSorted(({ nextSeq: a }, { nextSeq: b }) => a - b)
      matches(byId, [
        { id: first.runId, nextSeq: 0, status: 'running' },
        { id: second.runId, nextSeq: 3, status: 'running' },
      ])
    },
  },
  {
    name: 'runs.list pages through every run once while others are created at the same time',
    async run({ stores, clock }) {
      const runs = Array.from({ length: 7 }, () => newRun())
      for (const run of runs) await stores.runs.create(run)
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await stores.runs.list({ ...firstPage, limit: 3, cursor })
        holds(page.items.length <= 3, 'a page of at most three runs')
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.cursor
        await clock.advance(1)
        await stores.runs.create(newRun())
      } while (cursor !== null)
      equal(seen.length, 7)
      equal(seen.toSorted(), runs.map(({ id }) => id).sort())
    },
  },
  {
    name: 'runs.list returns no cursor when the last page is full',
    async run({ stores }) {
      await stores.runs.create(newRun())
      await stores.runs.create(newRun())
      equal((await stores.runs.list({ ...firstPage, limit: 2 })).cursor, null)
    },
  },
  ...foreignCursors.map((cursor) => ({
    name: `runs.list rejects the foreign cursor ${cursor} with bad_request`,
    async run({ stores }: StoreFixture) {
      await stores.runs.create(newRun())
      await rejects(stores.runs.list({ ...firstPage, cursor }), 'bad_request')
    },
  })),
  {
    name: 'runs.progress, if it exists, says how far the given runs have come and leaves out unknown ids',
    async run({ stores }) {
      const { runId } = await startRun(stores)
      const queued = newRun()
      await stores.runs.create(queued)
      const found = await stores.runs.progress?.([runId, queued.id, 'none'])
      if (!found) return
      const byId = new Map(found.map((progress) => [progress.id, progress]))
      equal(found.length, 2)
      equal(byId.get(runId), { id: runId, status: 'running', nextSeq: 0, takeoverSeq: null })
      matches(byId.get(queued.id), { status: 'queued' })
    },
  },
  {
    name: 'runs.journals returns journals in the order of the ids and leaves out unknown ids',
    async run({ stores }) {
      const first = await startRun(stores)
      const second = await startRun(stores)
      const journals = await stores.runs.journals([second.runId, 'none', first.runId])
      equal(
        journals.map(({ run }) => run.id),
        [second.runId, first.runId],
      )
    },
  },
]
