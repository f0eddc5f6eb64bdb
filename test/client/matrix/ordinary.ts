import { conflictOf, StudioClientError } from '../../../src/client.ts'
import { widths } from './support-studio.ts'
import { type Behaviour, collect, failsWith, same } from './target.ts'

/** What the client promises while nothing fails. */
export const ordinary: readonly Behaviour[] = [
  {
    name: 'waits for the answer of a run, and reads the run',
    async run({ client }) {
      const { runs } = client()
      const { runId, output } = await runs.create('support', { message: widths })
      same(output, widths, 'output')
      same((await runs.get(runId)).status, 'succeeded', 'status')
    },
  },
  {
    name: 'streams every event of a run once and in order',
    async run({ client }) {
      const stream = client().runs.stream('support', { message: widths })
      const events = await collect(stream)
      same(
        events.map(({ seq }) => seq),
        events.map((_, index) => index),
        'numbers',
      )
      const text = events.map((event) => (event.type === 'text_delta' ? event.delta : '')).join('')
      same(text, widths, 'text')
      same(events.filter(({ type }) => type === 'final').length, 1, 'final events')
      same(events.at(-1)?.type, 'final', 'last event')
      same(await collect(client().runs.follow(stream.runId ?? '')), events, 'the same run followed')
    },
  },
  {
    name: 'follows a run in the background from any event on',
    async run({ client }) {
      const { runs } = client()
      const { id } = await runs.start('support', { message: 'one two three' })
      const all = await collect(runs.follow(id))
      for (const { seq } of all.slice(0, -1)) {
        same(await collect(runs.follow(id, { after: seq })), all.slice(seq + 1), `after ${seq}`)
      }
      same(await runs.follow(id).text(), 'one two three', 'text')
    },
  },
  {
    name: 'lists every run once, over several pages',
    async run({ client }) {
      const { runs, sessions } = client()
      const { id: sessionId } = await sessions.create({ agentId: 'support' })
      const made: string[] = []
      for (const message of ['a', 'b', 'c']) {
        made.unshift((await runs.create('support', { message, sessionId })).runId)
      }
      const listed: string[] = []
      for await (const { id } of runs.list({ sessionId, limit: 2 })) listed.push(id)
      same(listed, made, 'ids')
      const first = await runs.list({ sessionId, limit: 2 }).page()
      same(first.items.length, 2, 'items of the first page')
      const second = await runs.list({ sessionId, limit: 2 }).page(first.nextCursor ?? '')
      same([second.items.length, second.nextCursor], [1, null], 'the last page')
    },
  },
  {
    name: 'decides about approvals while it streams',
    async run({ client }) {
      const { runs, approvals } = client()
      const stream = runs.stream('support', { message: 'refund' })
      let decided = 0
      for await (const event of stream) {
        if (event.type !== 'tool_approval_request') continue
        decided++
        const { id } = event.approval
        const waiting = await approvals.list({ runId: event.approval.runId }).page()
        same(
          waiting.items.map((approval) => [approval.id, approval.status]),
          [[id, 'pending']],
          'list',
        )
        same((await approvals.decide(id, { approved: true })).status, 'approved', 'decision')
        await approvals.decide(id, { approved: true })
        const conflict = await failsWith('conflict', approvals.decide(id, { approved: false }))
        same(conflict.status, 409, 'status of another decision')
      }
      same(decided, 1, 'requests')
    },
  },
  {
    name: 'cancels a run, and names how it ended',
    async run({ client }) {
      const stream = client().runs.stream('support', { message: 'hang' })
      const iterator = stream[Symbol.asyncIterator]()
      await iterator.next()
      await stream.cancel()
      same((await failsWith('run_cancelled', stream.final())).runId, stream.runId, 'run')
      const failed = client().runs.stream('support', { message: 'fail' })
      const { details } = await failsWith('run_failed', failed.final())
      same((details as { code?: string }).code, 'model_error', 'code of the run')
    },
  },
  {
    name: 'keeps conversations in sessions',
    async run({ client }) {
      const { runs, sessions } = client()
      const { id: sessionId } = await sessions.create({ agentId: 'support', title: 'One' })
      await runs.create('support', { message: 'hi', sessionId })
      same((await sessions.update(sessionId, { title: 'Two' })).title, 'Two', 'new title')
      same((await sessions.get(sessionId)).messageCount, 2, 'messages')
      const found = await sessions.list({ agentId: 'support', search: 'Two' }).page()
      same(
        found.items.some(({ id }) => id === sessionId),
        true,
        'found',
      )
      await sessions.delete(sessionId)
      same((await failsWith('not_found', sessions.get(sessionId))).status, 404, 'status')
    },
  },
  {
    name: 'reads agents, traces and the introspection',
    async run({ client }) {
      const { agents, traces, runs, get } = client()
      same((await agents.list())[0]?.id, 'support', 'agent')
      same((await agents.tools('support')).tools[0]?.name, 'refund', 'tool')
      const { trace } = await runs.get((await runs.create('support', { message: 'hi' })).runId)
      same((await traces.get(trace.traceId)).status, 'success', 'trace')
      same((await get('/studio/handshake')).protocol_version, '1.0', 'handshake')
      same((await get('/studio/health')).database.connected, false, 'database')
      same((await get('/health')).status, 'ok', 'health')
    },
  },
  {
    name: 'names what is wrong with a request',
    async run({ client }) {
      const { runs } = client()
      const bad = await failsWith(
        'bad_request',
        runs.create('support', { message: 'a', maxTurns: 0 }),
      )
      same([bad.status, bad instanceof StudioClientError], [400, true], 'bad request')
      same((bad.details as { path: string }[])[0]?.path, 'maxTurns', 'field')
      same(typeof bad.requestId, 'string', 'request id')
      await failsWith('not_found', runs.follow('00000000-0000-4000-8000-000000000000').final())
      const refused = await failsWith('unauthorized', client({ token: 'wrong' }).agents.list())
      same(refused.status, 401, 'status')
    },
  },
  {
    name: 'starts one run for requests with one key',
    async run({ client }) {
      const { runs } = client()
      const options = { idempotencyKey: `key-${Math.random()}` }
      const body = { message: 'once' }
      const first = await runs.start('support', body, options)
      same((await runs.start('support', body, options)).id, first.id, 'run')
    },
  },
  {
    name: 'ends with the reason of its signal',
    async run({ client }) {
      const { runs, sessions } = client()
      const { id: sessionId } = await sessions.create({ agentId: 'support' })
      const body = { message: 'hang', sessionId }
      const stop = new AbortController()
      const { signal } = stop
      const all = [
        failsWith('enough', runs.create('support', body, { signal })),
        failsWith('enough', runs.stream('support', body, { signal }).final()),
      ]
      setTimeout(() => stop.abort(new StudioClientError('enough', 'It is enough')), 50)
      await Promise.all(all)
      await failsWith('enough', runs.create('support', body, { signal }))
      for await (const { id } of runs.list({ sessionId })) await runs.cancel(id)
    },
  },
  {
    name: 'lists change sets by pages, sends its intent with an apply and a migration, and names why they were refused',
    async run({ client }) {
      const seen: string[] = []
      const details = { reason: 'changed_since_preview', files: ['src/a.ts'], changed: [] }
      const fetch = async (request: Request) => {
        const { method, url, headers } = request
        const { pathname, searchParams } = new URL(url)
        seen.push(`${method} ${pathname} ${headers.get('x-ai-apply')} ${await request.text()}`)
        if (method === 'POST') {
          const error = { code: 'conflict', message: 'Preview again', details }
          return Response.json({ error }, { status: 409 })
        }
        const id = searchParams.get('cursor') ?? 'first'
        return Response.json({ changes: [{ id }], next_cursor: id === 'first' ? 'last' : null })
      }
      const { changes } = client({ fetch })
      const listed: string[] = []
      for await (const { id } of changes.list()) listed.push(id)
      same(listed, ['first', 'last'], 'ids')
      const error = await failsWith('conflict', changes.apply({ id: 'a', digest: 'b' }))
      same(conflictOf(error), details, 'reason')
      same(seen[2], 'POST /ai/changes/a/apply true {"expected_digest":"b"}', 'request')
      await failsWith('conflict', changes.migrate({ id: 'a', digest: 'b' }, { direction: 'down' }))
      const body = '{"expected_digest":"b","direction":"down"}'
      same(seen[3], `POST /ai/changes/a/migrate true ${body}`, 'request of a migration')
    },
  },
]
