import { describe, expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio, type TestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const lists = ['/sessions', '/traces', '/approvals', '/runs'] as const
type List = (typeof lists)[number]

describe.each(storeKinds)('lists ($name stores)', (store) => {
  describe.each(lists)('the list %s', (path) => {
    const name = path.slice(1)

    it.each(['0', '-1', '1.5', 'abc', '1e1', '0x10', '5 5'])(
      'a list refuses limit=%s (R-74)',
      async (limit) => {
        const { get } = await createTestStudio({ store })
        expect(await get(`${path}?limit=${encodeURIComponent(limit)}`)).toMatchObject({
          status: 400,
          body: { error: { code: 'bad_request', details: [{ path: 'limit' }] } },
        })
      },
    )

    it.each(['101', '99999999999999999999', ' 7 ', ''])(
      'a list accepts limit=%j (R-74)',
      async (limit) => {
        const { get } = await createTestStudio({ store })
        expect(await get(`${path}?limit=${encodeURIComponent(limit)}`)).toMatchObject({
          status: 200,
          body: { [name]: [] },
        })
      },
    )

    it('a list uses the first of repeated parameters', async () => {
      const { get } = await createTestStudio({ store })
      expect(await get(`${path}?limit=5&limit=x`)).toMatchObject({ status: 200 })
    })

    it.each(['x', '%00', 'eyJhIjoxfQ', '%F0%9F%92%A9'])(
      'a list refuses cursor=%s',
      async (cursor) => {
        const { get } = await createTestStudio({ store })
        expect(await get(`${path}?cursor=${cursor}`)).toMatchObject({
          status: 400,
          body: { error: { code: 'bad_request', details: [{ path: 'cursor' }] } },
        })
      },
    )

    it('the pages of a list hold each item once, even when items are added in between', async () => {
      const studio = await createStudio()
      for (let index = 0; index < 5; index++) await add(studio, path)
      const all = listAt((await studio.get(path)).body, name).map((item) => textAt(item, 'id'))
      const isOldestFirst = path === '/approvals'
      const seen: string[] = []
      let query = 'limit=2'
      for (let page = 0; page < 10; page++) {
        const { body } = await studio.get(`${path}?${query}`)
        seen.push(...listAt(body, name).map((item) => textAt(item, 'id')))
        const cursor = at(body, 'nextCursor')
        if (cursor === undefined) break
        query = `limit=2&cursor=${encodeURIComponent(String(cursor))}`
        if (page === 0) await add(studio, path)
      }
      expect(all).toHaveLength(5)
      expect(seen.slice(0, 5)).toEqual(all)
      expect(seen).toHaveLength(isOldestFirst ? 6 : 5)
    })

    it('a page holds 50 items by default and at most 100', async () => {
      const studio = await createStudio()
      for (let index = 0; index < 102; index++) await add(studio, path)
      const count = async (query: string) =>
        listAt((await studio.get(`${path}?${query}`)).body, name).length
      expect(await count('')).toBe(50)
      expect(await count('limit=100')).toBe(100)
      expect(await count('limit=500')).toBe(100)
      expect(at((await studio.get(`${path}?limit=100`)).body, 'nextCursor')).toEqual(
        expect.any(String),
      )
    })
  })

  it('GET /approvals filters by status and by `resolved`', async () => {
    const studio = await createStudio()
    for (let index = 0; index < 3; index++) await add(studio, '/approvals')
    const [a = '', b = '', c = ''] = await studio.pendingApprovals(3)
    await studio.decide(a, { approved: true })
    await studio.decide(b, { approved: false })
    const ids = async (query: string) =>
      listAt((await studio.get(`/approvals?${query}`)).body, 'approvals').map((one) =>
        textAt(one, 'id'),
      )
    expect(await ids('')).toEqual([a, b, c])
    expect(await ids('status=%20')).toEqual([a, b, c])
    expect(await ids('status=pending')).toEqual([c])
    expect(await ids('status=resolved')).toEqual([a, b])
    expect(await ids('status=approved')).toEqual([a])
    expect(await ids('status=rejected')).toEqual([b])
    expect(await ids('status=timed_out')).toEqual([])
    expect(await ids('agentId=none')).toEqual([])
    expect(await ids('sessionId=none')).toEqual([])
    const { body } = await studio.get(`/approvals/${c}`)
    expect(await ids(`runId=${textAt(body, 'runId')}`)).toEqual([c])
    expect(await studio.get('/approvals?status=done')).toMatchObject({ status: 400 })
  })

  it('GET /runs filters by status, agent and session and shows pending approvals', async () => {
    const studio = await createStudio()
    await add(studio, '/approvals')
    const [approvalId] = await studio.pendingApprovals()
    const { body } = await studio.get(`/approvals/${approvalId}`)
    await studio.runIn(textAt(body, 'runId'), 'waiting')
    await add(studio, '/runs')
    const runs = async (query: string) => listAt((await studio.get(`/runs?${query}`)).body, 'runs')
    expect(await runs('')).toMatchObject([
      { status: 'succeeded', approvals: [] },
      { status: 'waiting', approvals: [{ id: approvalId, status: 'pending' }] },
    ])
    expect(await runs('status=waiting')).toHaveLength(1)
    expect(await runs('status=failed')).toEqual([])
    expect(await runs('agentId=support')).toHaveLength(2)
    expect(await runs('agentId=none')).toEqual([])
    expect(await runs('sessionId=none')).toEqual([])
    expect(await studio.get('/runs?status=done')).toMatchObject({ status: 400 })
  })

  function createStudio() {
    const { tool } = createRefundTool()
    const answer = ({ prompt }: { prompt: readonly unknown[] }) =>
      textAt(prompt.at(-1), 'content.0.text') === 'ask'
        ? toolCall('refund', { orderId: 'o', cents: 1 })
        : 'hello'
    const turns = Array.from({ length: 110 }, () => answer)
    return createTestStudio({ store, turns, tools: [tool] })
  }

  async function add(studio: TestStudio, path: List): Promise<void> {
    studio.clock.advance(1)
    if (path === '/sessions') await studio.createSession()
    else if (path === '/approvals') {
      const runId = await studio.startRun('ask')
      await studio.runIn(runId, 'waiting')
    } else await studio.run('hi')
  }
})
