import { equal, holds } from './assert.ts'
import type { StoreCase } from './case.ts'
import { answerOf, newSession, promptOf, startRun, succeed } from './records.ts'

/** What `sessions.read` of every store promises. */
export const sessionReadCases: readonly StoreCase[] = [
  {
    name: 'sessions.read returns a page of messages with the runs that wrote them',
    async run({ stores }) {
      const session = newSession({ tenant: 'acme' })
      await stores.sessions.create(session)
      const texts = ['a', 'b', 'c', 'd']
      const fields = { tenant: 'acme', sessionId: session.id }
      const first = await startRun(stores, fields)
      await stores.runs.commit(first, { messages: [promptOf('a'), answerOf('b')] })
      await stores.runs.commit(first, { release: succeed })
      const second = await startRun(stores, fields)
      await stores.runs.commit(second, { messages: [promptOf('c'), answerOf('d')] })
      const read = async (limit: number, before: number | null, bytes = 1_000_000) => {
        const reading = await stores.sessions.read('acme', session.id, { limit, before, bytes })
        holds(reading !== null, 'a reading of the session')
        return {
          positions: reading?.messages.map(({ position }) => position),
          runs: reading?.runs.map(({ run, lastMessage }) => [run.id, run.status, lastMessage]),
        }
      }
      const done = [first.runId, 'succeeded', answerOf('b')]
      const open = [second.runId, 'running', answerOf('d')]
      const all = await read(10, null)
      equal(
        all.positions,
        texts.map((_, position) => position),
      )
      equal(all.runs?.toSorted(), [done, open].toSorted())
      equal(await read(2, null), { positions: [2, 3], runs: [open] })
      equal(await read(1, 2), { positions: [1], runs: [done] })
      equal((await read(10, null, 1)).positions, [3])
      equal(
        await stores.sessions.read('other', session.id, { limit: 1, before: null, bytes: 1 }),
        null,
      )
    },
  },
]
