import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../../src/index.ts'
import { toolCall } from '../../support/agents.ts'
import { at, listAt, textAt } from '../../support/json.ts'
import { createTestStudio } from '../../support/studio.ts'

const refund = defineTool({
  name: 'refund',
  description: 'Refunds.',
  input: z.object({ order: z.number() }),
  approval: { reason: 'Money leaves', expiresInMs: 60_000 },
  execute: ({ order }) => ({ order }),
})

/** A studio with a run in a session that has an approved call, and all optional members of a request. */
async function createHistory() {
  const turns = [[toolCall('refund', { order: 17 })], 'done', [toolCall('refund', { order: 18 })]]
  const studio = await createTestStudio({
    turns,
    tools: [refund],
    agent: { name: 'Support', description: 'Helps.', metadata: { team: 'a' } },
    auth: { token: 't' },
  })
  const headers = { authorization: 'Bearer t' }
  const get = async (path: string) => (await studio.get(path, { headers })).body
  const post = async (path: string, body: object = {}, more: Record<string, string> = {}) =>
    (await studio.post(path, body, { headers: { ...headers, ...more } })).body
  const session = await post('/sessions', {
    agentId: 'support',
    title: 'Order 17',
    metadata: { customer: 4 },
  })
  const start = (body: object) =>
    post(
      '/agents/support/runs',
      { message: 'refund', metadata: { channel: 'web' }, ...body },
      {
        prefer: 'respond-async',
      },
    )
  const pending = () =>
    expect
      .poll(async () => listAt(await get('/approvals?status=pending'), 'approvals').length)
      .toBe(1)
      .then(async () => textAt(await get('/approvals?status=pending'), 'approvals.0.id'))
  const ended = (runId: string) =>
    expect.poll(async () => at(await get(`/runs/${runId}`), 'endedAt')).toEqual(expect.any(String))
  return { get, post, session, start, pending, ended }
}

it('an approval is the same in its list, alone, and in the answer of its decision', async () => {
  const { get, post, session, start, pending } = await createHistory()
  await start({ sessionId: textAt(session, 'id') })
  const id = await pending()
  const body = { approved: true, reason: 'fine', input: { order: 19 } }
  const decided = await post(`/approvals/${id}/decision`, body)
  expect(decided).toMatchObject({ sessionId: textAt(session, 'id'), decisionReason: 'fine' })
  expect(await get(`/approvals/${id}`)).toEqual(decided)
  expect(await get('/approvals')).toEqual({ approvals: [decided] })
})

it('a run is the same in its list, alone, and in the answer of its cancellation', async () => {
  const { get, post, session, start, pending, ended } = await createHistory()
  const trace = { traceId: 'mine', name: 'refunds', tags: ['a'], userId: 'u' }
  const runId = textAt(await start({ sessionId: textAt(session, 'id'), trace }), 'id')
  await post(`/approvals/${await pending()}/decision`, { approved: true })
  await ended(runId)
  const second = textAt(await start({ sessionId: textAt(session, 'id') }), 'id')
  const id = await pending()
  const waiting = await get(`/runs/${second}`)
  expect(waiting).toMatchObject({ approvals: [{ id }] })
  expect(at(await get('/runs?status=waiting'), 'runs.0')).toEqual(waiting)
  const cancelled = await post(`/runs/${second}/cancel`)
  expect(cancelled).toMatchObject({ status: 'cancelled', finishReason: expect.any(String) })
  expect(await get(`/runs/${second}`)).toEqual(cancelled)
  // A list leaves out why the last turn ended, because that is in the journal of each run.
  const listed = [cancelled, await get(`/runs/${runId}`)].map((run) => {
    const { finishReason: _, ...rest } = run as { finishReason: unknown }
    return rest
  })
  expect(at(await get('/runs'), 'runs')).toEqual(listed)
})

it('a trace is the same in the list of its session, in that of all, and alone', async () => {
  const { get, post, session, start, pending, ended } = await createHistory()
  const sessionId = textAt(session, 'id')
  const trace = { traceId: 'mine', name: 'refunds', tags: ['a'], userId: 'u' }
  const runId = textAt(await start({ sessionId, trace }), 'id')
  await post(`/approvals/${await pending()}/decision`, { approved: true })
  await ended(runId)
  const listed = at(await get('/traces'), 'traces.0')
  expect(at(await get(`/sessions/${sessionId}/traces`), 'traces.0')).toEqual(listed)
  const whole = await get(`/traces/${textAt(listed, 'id')}`)
  expect(at(await get('/traces?include=detail'), 'traces.0')).toEqual(whole)
  expect(whole).toMatchObject(listed as object)
})

it('a session is the same in its list, alone, and in the answers of its changes', async () => {
  const { get, session } = await createHistory()
  expect(at(await get('/sessions'), 'sessions.0')).toEqual(session)
  expect(await get(`/sessions/${textAt(session, 'id')}`)).toMatchObject(session as object)
})

it('an agent is the same in its list, alone, and in the configuration', async () => {
  const { get } = await createHistory()
  const agent = await get('/agents/support')
  expect(await get('/agents')).toEqual({ agents: [agent] })
  expect(at(await get('/config'), 'agents.0')).toEqual(agent)
})
