import { beforeEach, expect, it } from 'vitest'
import { titleFromPrompt } from '../../src/records/session.ts'
import type { FixedClock } from '../../src/testing.ts'
import type { Stores } from '../../src/storage/store.ts'
import {
  answerOf,
  newApproval,
  newRun,
  newSession,
  promptOf,
  startRun,
  succeed,
  waitingRun,
} from '../support/records.ts'

/** What a contract works with. */
export interface StoreFixture {
  readonly stores: Stores
  readonly clock: FixedClock
}

const firstPage = { tenant: '', limit: 50, cursor: null, agentId: null }

/** What every session store must do. Call inside a `describe`. */
export function sessionStoreContract(createFixture: () => Promise<StoreFixture>): void {
  let stores: Stores
  let clock: FixedClock
  beforeEach(async () => void ({ stores, clock } = await createFixture()))

  it('gives back what was saved', async () => {
    const session = newSession({ title: 'Orders', metadata: { team: 'a' } })
    await stores.sessions.create(session)
    expect(await stores.sessions.get('', session.id)).toEqual(session)
  })

  it('knows no session of another tenant', async () => {
    const session = newSession({ tenant: 'acme' })
    await stores.sessions.create(session)
    expect(await stores.sessions.get('other', session.id)).toBeNull()
    expect(await stores.sessions.delete('other', session.id)).toBe(false)
    expect((await stores.sessions.list({ ...firstPage, tenant: 'other' })).items).toEqual([])
    expect(await stores.sessions.get('acme', session.id)).toEqual(session)
  })

  it('refuses a taken id', async () => {
    const session = newSession()
    await stores.sessions.create(session)
    await expect(stores.sessions.create(session)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('lists the latest changed first, and only those of the agent', async () => {
    const [first, second, third] = await createSessions(3)
    clock.advance(1_000)
    await converse(first)
    expect(await listedIds()).toEqual([first, third, second])
    expect((await stores.sessions.list({ ...firstPage, agentId: 'none' })).items).toEqual([])
  })

  it('pages through all sessions once, whatever is inserted meanwhile', async () => {
    const ids = await createSessions(7)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await stores.sessions.list({ ...firstPage, limit: 3, cursor })
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.cursor
      await createSessions(1)
    } while (cursor !== null)
    expect(seen).toEqual([...ids].reverse())
  })

  it('pages on when the session that the cursor names is gone or changed', async () => {
    const ids = await createSessions(6)
    const page = await stores.sessions.list({ ...firstPage, limit: 2 })
    await stores.sessions.delete('', page.items[1]?.id ?? '')
    const next = await stores.sessions.list({ ...firstPage, limit: 2, cursor: page.cursor })
    expect(next.items.map(({ id }) => id)).toEqual([ids[3], ids[2]])
    clock.advance(1_000)
    await converse(ids[2] ?? '')
    const last = await stores.sessions.list({ ...firstPage, limit: 2, cursor: next.cursor })
    expect(last.items.map(({ id }) => id)).toEqual([ids[1], ids[0]])
    expect(last.cursor).toBeNull()
  })

  it.each(['x', '!', 'bm9uc2Vuc2U', btoa('[]'), btoa('[true]'), btoa('[["a"],1]')])(
    'refuses the cursor %s',
    async (cursor) => {
      await createSessions(1)
      await expect(stores.sessions.list({ ...firstPage, cursor })).rejects.toMatchObject({
        code: 'bad_request',
      })
    },
  )

  it('keeps the messages of its runs in order, and counts them', async () => {
    const [id] = await createSessions(1)
    await converse(id, 'one')
    await converse(id, 'two')
    const messages = await stores.sessions.messages(id, 10, null)
    expect(messages.map(({ position, turn }) => [position, turn])).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
      [3, 1],
    ])
    expect(new Set(messages.map(({ runId }) => runId)).size).toBe(2)
    expect(await stores.sessions.get('', id)).toMatchObject({ messageCount: 4 })
  })

  it('gives the last messages, or the last before a position', async () => {
    const [id] = await createSessions(1)
    for (const text of ['one', 'two', 'three']) await converse(id, text)
    const positions = async (limit: number, before: number | null) =>
      (await stores.sessions.messages(id, limit, before)).map(({ position }) => position)
    expect(await positions(2, null)).toEqual([4, 5])
    expect(await positions(3, 4)).toEqual([1, 2, 3])
    expect(await positions(10, 99)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await positions(10, 0)).toEqual([])
    expect(await stores.sessions.messages('none', 10, null)).toEqual([])
  })

  it('takes a title once, and keeps a given one', async () => {
    const [id] = await createSessions(1)
    const named = newSession({ title: 'Mine' })
    await stores.sessions.create(named)
    for (const sessionId of [id, named.id]) {
      const ref = await startRun(stores, { sessionId })
      await stores.runs.commit(ref, { title: 'First' })
      await stores.runs.commit(ref, { messages: [promptOf('hi')], title: 'Second' })
    }
    expect(await stores.sessions.get('', id)).toMatchObject({ title: 'First' })
    expect(await stores.sessions.get('', named.id)).toMatchObject({ title: 'Mine' })
  })

  it('deletes the session with all that belongs to it', async () => {
    const [id, other = ''] = await createSessions(2)
    const kept = await converse(other)
    const ended = await converse(id)
    const waiting = await waitingRun(stores, (run) => [newApproval(run)], { sessionId: id })
    const approvalId = waiting.approvals[0]?.id ?? ''
    expect(await stores.sessions.delete('', id)).toBe(true)
    expect(await stores.sessions.delete('', id)).toBe(false)
    expect(await stores.sessions.get('', id)).toBeNull()
    expect(await stores.sessions.messages(id, 10, null)).toEqual([])
    expect(await stores.runs.journals([ended, waiting.runId])).toEqual([])
    expect(await stores.runs.getByTrace('', waiting.run.traceId)).toBeNull()
    expect(await stores.runs.readLog(ended, -1, 10)).toEqual([])
    expect(await stores.approvals.get('', approvalId)).toBeNull()
    expect(await stores.runs.get('', kept)).not.toBeNull()
    expect(await listedIds()).toEqual([other])
  })

  it('drops what a run of a deleted session still wants to write', async () => {
    const [id] = await createSessions(1)
    const ref = await startRun(stores, { sessionId: id })
    await stores.sessions.delete('', id)
    expect(await stores.runs.commit(ref, { messages: [promptOf('hi')] })).toBeNull()
    expect(await stores.runs.renew(ref, 1_000)).toBeNull()
    expect(await stores.sessions.messages(id, 10, null)).toEqual([])
    expect(await stores.runs.create(newRun({ sessionId: id }))).toEqual({ kind: 'no_session' })
  })

  it('makes titles of at most 72 characters on one line', () => {
    expect(titleFromPrompt(' a \n\t b ')).toBe('a b')
    expect(titleFromPrompt(' \n ')).toBeNull()
    expect(titleFromPrompt('x'.repeat(72))).toBe('x'.repeat(72))
    expect(titleFromPrompt('x'.repeat(73))).toBe(`${'x'.repeat(69)}...`)
  })

  async function createSessions(count: number): Promise<[string, ...string[]]> {
    const ids: string[] = []
    for (let index = 0; index < count; index++) {
      const session = newSession()
      ids.push(session.id)
      await stores.sessions.create(session)
      clock.advance(1)
    }
    return ids as [string, ...string[]]
  }

  async function listedIds(): Promise<string[]> {
    return (await stores.sessions.list(firstPage)).items.map(({ id }) => id)
  }

  /** One exchange, as a run of its own. */
  async function converse(sessionId: string, text = 'hi'): Promise<string> {
    const ref = await startRun(stores, { sessionId })
    await stores.runs.commit(ref, {
      entries: [{ seq: 0, type: 'final', json: '{"type":"final","seq":0}' }],
      messages: [promptOf(text), answerOf('hello')],
      release: succeed,
    })
    return ref.runId
  }
}
