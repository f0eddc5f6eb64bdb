import { expect, it } from 'vitest'
import { createStudioClient } from '../../../src/client.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { openai } from '../../../src/protocols.ts'
import { textAt } from '../../support/json.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio } from '../../support/studio.ts'

const postgres = withPostgres()

/** A studio that has run twice in a session, and whose logs were deleted since. */
async function studioWithDeletedLogs() {
  const { sql } = await postgres.createDatabase()
  const stores = postgresStores(sql)
  const turns = ['hello', 'again', 'more', 'and more']
  const protocols = [openai()]
  const test = await createTestStudio({ clock: systemClock, stores, turns, protocols })
  const sessionId = await test.createSession()
  const headers = { 'idempotency-key': 'once' }
  const answer = await test.run({ message: 'hi', sessionId }, { headers })
  const runId = textAt(answer.body, 'runId')
  const response = await test.post('/v1/responses', { model: 'support', input: 'hi' })
  const responseId = textAt(response.body, 'id')
  // what `prune` does, days later
  const days = await sql`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'studio.run_events'::regclass and inhrelid::regclass::text ~ '_[1-9][0-9]*$'`
  for (const { name } of days) await sql.unsafe(`drop table ${name}`)
  return { ...test, runId, responseId, sessionId, headers }
}

const gone = { status: 410, body: { error: { code: 'gone' } } }

it('the events of a run whose log was deleted are gone, for every reader that does not have them all', async () => {
  const { get, send, runId } = await studioWithDeletedLogs()
  const path = `/runs/${runId}/events`
  const sse = { accept: 'text/event-stream' }
  expect(await get(path)).toMatchObject(gone)
  expect(await get(path, { headers: sse })).toMatchObject(gone)
  expect(await get(`${path}?after=1`, { headers: sse })).toMatchObject(gone)
  expect((await send('HEAD', path, {})).status).toBe(410)
  expect(await get(path)).toMatchObject({ body: { error: { details: { runId } } } })
  expect((await send('GET', `${path}?after=1000`, { headers: sse })).status).toBe(204)
  expect(await (await send('GET', `${path}?after=1000`, {})).text()).toBe('')
})

it('a run whose log was deleted still has its details, its trace and its part of the conversation', async () => {
  const { get, post, runId, sessionId } = await studioWithDeletedLogs()
  const run = await get(`/runs/${runId}`)
  expect(run).toMatchObject({ status: 200, body: { status: 'succeeded', output: 'hello' } })
  const traceId = (run.body as { trace: { traceId: string } }).trace.traceId
  expect(await get(`/traces/${traceId}`)).toMatchObject({ status: 200 })
  const session = await get(`/sessions/${sessionId}`)
  expect(JSON.stringify(session.body)).toContain('hello')
  expect(await post(`/runs/${runId}/cancel`)).toMatchObject({ body: { status: 'succeeded' } })
})

it('a repeated request for a run whose log was deleted is told so, and can still ask for the run', async () => {
  const { run, sessionId, runId, headers } = await studioWithDeletedLogs()
  expect(await run({ message: 'hi', sessionId }, { headers })).toMatchObject(gone)
  const later = { ...headers, prefer: 'respond-async' }
  expect(await run({ message: 'hi', sessionId }, { headers: later })).toMatchObject({
    status: 202,
    body: { id: runId, status: 'succeeded' },
  })
})

it('the client reports a deleted log as an error, and does not try again', async () => {
  const { studio, runId } = await studioWithDeletedLogs()
  let requests = 0
  const fetch = (request: Request) => (requests++, studio.fetch(request))
  const client = createStudioClient({
    baseUrl: 'http://studio.test',
    fetch: fetch as typeof globalThis.fetch,
  })
  const read = async () => {
    for await (const event of client.runs.follow(runId)) void event
  }
  await expect(read()).rejects.toMatchObject({ code: 'gone', status: 410 })
  expect(requests).toBe(1)
})

it('a stored response whose log was deleted is gone in the words of OpenAI, and a conversation goes on after it', async () => {
  const { get, post, responseId } = await studioWithDeletedLogs()
  const refusal = { status: 410, body: { error: { type: 'invalid_request_error' } } }
  expect(await get(`/v1/responses/${responseId}`)).toMatchObject(refusal)
  expect(await get(`/v1/responses/${responseId}?stream=true`)).toMatchObject(refusal)
  expect(await get(`/v1/responses/${responseId}/input_items`)).toMatchObject({ status: 200 })
  const input = { model: 'support', input: 'go on', previous_response_id: responseId }
  expect(await post('/v1/responses', input)).toMatchObject({ status: 200 })
})
