import { describe, expect, it } from 'vitest'
import { at, listAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

describe.each(storeKinds)('PATCH /sessions/:sessionId ($name stores)', (store) => {
  it('replaces what the body names, keeps the rest, and moves the session to the front', async () => {
    const studio = await createTestStudio({ store })
    const id = await studio.createSession({ title: 'Old', metadata: { a: 1 } })
    await studio.clock.advance(1_000)
    await studio.createSession({ title: 'Newer' })
    await studio.clock.advance(1_000)
    const patch = async (body: object) =>
      (await studio.send('PATCH', `/sessions/${id}`, { body })).json()
    expect(await patch({ title: '  New  ' })).toMatchObject({ title: 'New', metadata: { a: 1 } })
    expect(await patch({ metadata: { b: [2] } })).toMatchObject({
      title: 'New',
      metadata: { b: [2] },
    })
    expect(Object.keys((await patch({ title: null, metadata: null })) as object)).toEqual([
      'id',
      'agentId',
      'createdAt',
      'updatedAt',
      'messageCount',
    ])
    const { body } = await studio.get('/sessions')
    expect(at(body, 'sessions.0.id')).toBe(id)
    expect(at(body, 'sessions.0.updatedAt')).not.toBe(at(body, 'sessions.0.createdAt'))
    expect(await patch({})).toMatchObject({ id })
  })

  it('answers 404 for an unknown session, and names every field at fault', async () => {
    const studio = await createTestStudio({ store })
    const id = await studio.createSession()
    const patch = (path: string, body: object) =>
      studio.send('PATCH', `/sessions/${path}`, { body })
    expect((await patch('none', { title: 'x' })).status).toBe(404)
    const refused = await patch(id, { title: 7, metadata: [] })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      error: { details: [{ path: 'title' }, { path: 'metadata' }] },
    })
  })
})

describe.each(storeKinds)('GET /sessions?search= ($name stores)', (store) => {
  const titlesFor = async (search: string) => {
    const studio = await createTestStudio({ store })
    const sessions = [
      { title: 'Order 100% late', metadata: { customer: { name: 'Ada', no: 4711 } } },
      { title: 'Refund_A', metadata: { tags: ['ORDERS'] } },
      { title: 'Hello' },
      { metadata: { order: true } },
    ]
    for (const session of sessions) {
      await studio.createSession(session)
      await studio.clock.advance(1_000)
    }
    const { body } = await studio.get(`/sessions?search=${encodeURIComponent(search)}`)
    return listAt(body, 'sessions').map((session) => at(session, 'title'))
  }

  it.each([
    ['order', ['Refund_A', 'Order 100% late']],
    ['ADA', ['Order 100% late']],
    ['471', ['Order 100% late']],
    ['0%', ['Order 100% late']],
    ['d_a', ['Refund_A']],
    ['\\', []],
    ["'", []],
    ['customer', []],
    ['  ', [undefined, 'Hello', 'Refund_A', 'Order 100% late']],
  ])('%j finds titles, and texts and numbers of the metadata', async (search, titles) => {
    expect(await titlesFor(search)).toEqual(titles)
  })

  it('keeps its pages and its tenant', async () => {
    const auth = (request: Request) => {
      const tenant = request.headers.get('x-tenant') ?? ''
      return { id: 'u', tenant }
    }
    const studio = await createTestStudio({ store, auth })
    const headers = { 'x-tenant': 'acme' }
    for (const title of ['find 1', 'other', 'find 2', 'find 3']) {
      await studio.post('/sessions', { agentId: 'support', title }, { headers })
      await studio.clock.advance(1_000)
    }
    const first = await studio.get('/sessions?search=find&limit=2', { headers })
    const cursor = String(at(first.body, 'nextCursor'))
    const next = await studio.get(`/sessions?search=find&limit=2&cursor=${cursor}`, { headers })
    const titles = [first, next].flatMap(({ body }) => listAt(body, 'sessions'))
    expect(titles.map((session) => at(session, 'title'))).toEqual(['find 3', 'find 2', 'find 1'])
    expect((await studio.get('/sessions?search=find')).body).toEqual({ sessions: [] })
  })
})

describe.each(storeKinds)('GET /status ($name stores)', (store) => {
  it('names the stores and counts runs by status, sessions, traces and approvals', async () => {
    const studio = await createTestStudio({ store, turns: ['a', { error: new Error('no') }] })
    const sessionId = await studio.createSession()
    await studio.run({ message: 'x', sessionId })
    await studio.run('y')
    const { status, body } = await studio.get('/status')
    const kind = store.name === 'memory' ? 'memory' : 'postgres'
    expect(status).toBe(200)
    expect(body).toMatchObject({
      storage: { sessions: kind, runs: kind, traces: kind, approvals: kind },
      counts: {
        agents: 1,
        runs: { queued: 0, running: 0, waiting: 0, succeeded: 1, failed: 1, cancelled: 0 },
        sessions: 1,
        traces: 2,
        approvals: { pending: 0, resolved: 0 },
      },
    })
  })
})
