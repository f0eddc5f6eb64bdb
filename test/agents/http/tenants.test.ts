import { describe, expect, it } from 'vitest'
import { createRefundTool, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const auth = (request: Request) => {
  const user = request.headers.get('x-user')
  return user === null ? null : { id: user, tenant: user.split('@')[1] ?? '' }
}
const acme = { headers: { 'x-user': 'ada@acme' } }
const other = { headers: { 'x-user': 'eve@other' } }

describe.each(storeKinds)('tenants ($name stores)', (store) => {
  it('a tenant cannot read or change the rows of another tenant', async () => {
    const { tool, refunds } = createRefundTool()
    const turns = [toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1'), 'done']
    const { get, post, del, failures } = await createTestStudio({
      store,
      turns,
      tools: [tool],
      auth,
    })
    const session = await post('/sessions', { agentId: 'support' }, acme)
    const sessionId = textAt(session.body, 'id')
    const prefer = { headers: { ...acme.headers, prefer: 'wait=0, respond-async' } }
    const run = await post('/agents/support/runs', { message: 'hi', sessionId }, prefer)
    const runId = textAt(run.body, 'id')
    const traceId = textAt(run.body, 'trace.traceId')
    const findApproval = async () => textAt((await get('/approvals', acme)).body, 'approvals.0.id')
    const approvalId = await eventually(findApproval)

    for (const path of [
      `/runs/${runId}`,
      `/runs/${runId}/events`,
      `/sessions/${sessionId}`,
      `/sessions/${sessionId}/traces`,
      `/traces/${traceId}`,
      `/approvals/${approvalId}`,
    ]) {
      expect(await get(path, other)).toMatchObject({ status: 404 })
      expect(await get(path)).toMatchObject({ status: 401 })
    }
    for (const list of ['runs', 'sessions', 'traces', 'approvals']) {
      expect((await get(`/${list}`, other)).body).toEqual({ [list]: [] })
    }
    const approve = { approved: true }
    expect(await post(`/approvals/${approvalId}/decision`, approve, other)).toMatchObject({
      status: 404,
    })
    expect(await post(`/runs/${runId}/cancel`, {}, other)).toMatchObject({ status: 404 })
    expect(await del(`/sessions/${sessionId}`, other)).toMatchObject({ status: 404 })
    const intruder = await post('/agents/support/runs', { message: 'hi', sessionId }, other)
    expect(intruder).toMatchObject({ status: 404 })
    expect(refunds).toEqual([])

    expect(await post(`/approvals/${approvalId}/decision`, approve, acme)).toMatchObject({
      status: 200,
      body: { decidedBy: 'ada@acme' },
    })
    await eventually(async () =>
      expect((await get(`/runs/${runId}`, acme)).body).toMatchObject({
        status: 'succeeded',
        startedBy: 'ada@acme',
      }),
    )
    expect(failures).toEqual([])
  })

  it('a tenant cannot filter for the rows of another tenant or use its cursor', async () => {
    const turns = ['one', 'two', 'three', 'four']
    const { get, post } = await createTestStudio({ store, turns, auth })
    for (const init of [acme, acme, other]) {
      const { body } = await post('/sessions', { agentId: 'support' }, init)
      const sessionId = textAt(body, 'id')
      await post('/agents/support/runs', { message: 'hi', sessionId }, init)
    }
    const { body } = await get('/runs?limit=1', acme)
    const [sessionId, runId] = [textAt(body, 'runs.0.sessionId'), textAt(body, 'runs.0.id')]
    for (const list of ['runs', 'traces', 'approvals']) {
      for (const filter of [`sessionId=${sessionId}`, `runId=${runId}&sessionId=${sessionId}`]) {
        expect((await get(`/${list}?${filter}`, other)).body).toEqual({ [list]: [] })
      }
    }
    for (const list of ['runs', 'traces', 'sessions']) {
      const page = await get(`/${list}?limit=1`, acme)
      const next = `/${list}?limit=100&cursor=${encodeURIComponent(textAt(page.body, 'nextCursor'))}`
      const own = listAt((await get(`/${list}`, other)).body, list)
      const seen = listAt((await get(next, other)).body, list)
      expect(own).toHaveLength(1)
      expect([[], own]).toContainEqual(seen)
      expect(listAt((await get(next, acme)).body, list)).toHaveLength(1)
    }
  })

  it('each tenant has its own idempotency keys', async () => {
    const { post } = await createTestStudio({ store, turns: ['one', 'two'], auth })
    const key = { 'idempotency-key': 'k' }
    const path = '/agents/support/runs'
    const first = await post(path, { message: 'hi' }, { headers: { ...acme.headers, ...key } })
    const second = await post(path, { message: 'hi' }, { headers: { ...other.headers, ...key } })
    expect([first.body, second.body]).toMatchObject([{ output: 'one' }, { output: 'two' }])
  })
})
