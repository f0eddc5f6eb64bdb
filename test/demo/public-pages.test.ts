import { Ajv2020 } from 'ajv/dist/2020.js'
import { compile } from 'json-schema-to-typescript'
import { describe, expect, it } from 'vitest'
import { curlLines, parseCurl } from '../../examples/support-desk/curl.ts'
import { ruleModel } from '../../examples/support-desk/rule-model.ts'
import { defineAgent, Studio } from '../../src/index.ts'
import {
  agentLines,
  capabilities,
  coreEndpoints,
  endpoints,
  eventSamples,
  fullContextSample,
  introspectionLines,
  introspectionSamples,
  runSample,
} from './pages.ts'
import { findMisfits } from './shape.ts'
import { readAllEvents, readEvents, type StreamEvent, withSupportDesk } from './support-desk.ts'

const desk = withSupportDesk()
const atDesk = (line: string) => line.replace(/http:\/\/localhost:\d+/, desk.url())
const readJson = async (path: string) => (await desk.get(path)).json() as Promise<Json>
type Json = Record<string, unknown>

it('the demo prints and runs exactly the commands of the two pages', () => {
  const lines = [...introspectionLines, agentLines.buffered, agentLines.streamed]
  expect(curlLines(desk.url()).toSorted()).toEqual(lines.map(atDesk).toSorted())
})

describe('the introspection page', () => {
  it.each(introspectionLines)('%s answers JSON', async (line) => {
    const response = await fetch(parseCurl(atDesk(line)))

    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(Object.keys((await response.json()) as Json)).not.toEqual([])
  })

  it.each(Object.keys(introspectionSamples))('%s has every key of its sample', async (path) => {
    expect(findMisfits(introspectionSamples[path] ?? '', await readJson(path))).toEqual([])
  })

  it('/ai/context/full includes everything that the page lists', async () => {
    expect(findMisfits(fullContextSample, await readJson('/ai/context/full'))).toEqual([])
  })

  it('the handshake lists the paths of the page, only paths that answer, and capabilities of the page', async () => {
    const handshake = await readJson('/studio/handshake')
    const advertised = handshake['endpoints'] as Record<string, string>
    const [model] = (await readJson('/studio/context/summary'))['models'] as { name: string }[]
    const samples: Readonly<Record<string, string>> = {
      ':name': 'search_schema',
      ':model': model?.name ?? '',
    }

    for (const [name, path] of Object.entries(advertised)) {
      expect(path).toBe(endpoints[name] ?? path)
      const asked = path.replace(/:\w+/g, (parameter) => samples[parameter] ?? parameter)
      const { status } = await desk.get(asked)
      expect([`${name}: 200`, `${name}: 405`]).toContain(`${name}: ${status}`)
    }
    expect(capabilities).toEqual(expect.arrayContaining(handshake['capabilities'] as string[]))
  })

  it('a branched app is a conflict with the wording of the page', async () => {
    const summary = await readJson('/studio/migrations/summary')

    expect(summary).toMatchObject({ pending_migrations: 1, last_applied: '0003_order_notes' })
    expect(summary['conflicts']).toEqual([
      {
        app_label: 'orders',
        heads: ['0003_order_notes', '0003_refund_reasons'],
        message: "App 'orders' has 2 conflicting head migrations that need to be merged.",
      },
    ])
  })

  it('the origins of the page and requests without an origin are accepted, others are refused', async () => {
    const ask = async (origin?: string) =>
      (await desk.get('/studio/health', origin ? { headers: { origin } } : {})).status

    expect(await ask('https://studio.aksara.dev')).toBe(200)
    expect(await ask('http://localhost:3000')).toBe(200)
    expect(await ask()).toBe(200)
    expect(await ask('https://evil.example')).toBe(403)
  })

  it('the JSON Schema has the required keys of the page and accepts the handshake', async () => {
    const schema = await readJson('/studio/schema/handshake')

    expect(schema).toMatchObject({
      title: 'StudioHandshake',
      type: 'object',
      properties: {
        protocol_version: { default: '1.0', type: 'string' },
        project: { $ref: '#/$defs/StudioProjectInfo' },
        database: { $ref: '#/$defs/StudioDatabaseStatus' },
      },
    })
    const required = ['project', 'database', 'capabilities', 'checksums']
    expect(schema['required']).toEqual(expect.arrayContaining(required))
    const validate = new Ajv2020().compile(schema)
    expect(validate(await readJson('/studio/handshake'))).toBe(true)
  })

  it('the TypeScript example generates types from the schema', async () => {
    const response = await desk.get('/studio/schema/handshake')
    const schema = (await response.json()) as Parameters<typeof compile>[0]
    const types = await compile(schema, 'StudioHandshake')

    expect(types).toContain('export interface StudioHandshake {')
    expect(types).toContain('database: StudioDatabaseStatus')
    expect(types).toContain('  connected: boolean')
    expect(types).not.toContain('export type Connected')
  })
})

describe('the agents page', () => {
  it('the buffered run answers as the sample does', async () => {
    const response = await fetch(parseCurl(atDesk(agentLines.buffered)))
    const body = (await response.json()) as Json

    expect(response.status).toBe(200)
    expect(findMisfits(runSample, body)).toEqual([])
    expect(body['output']).toMatch(/^Order ORD-1001 is blocked while allocation is pending\./)
  })

  it('the streamed run sends the events of the sample', async () => {
    const response = await fetch(parseCurl(atDesk(agentLines.streamed)))
    const events = await readAllEvents(response)

    expect(response.headers.get('content-type')).toMatch('application/x-ndjson')
    for (const type of ['turn_start', 'text_delta', 'turn_end', 'final']) {
      expect(misfitsOf(type, events)).toEqual([])
    }
    expect(events[0]?.type).toBe('turn_start')
    expect(events.at(-1)).toMatchObject({
      type: 'final',
      output: expect.stringMatching(/^Order ORD-1001 is blocked/),
    })
  })

  it('approval events appear in the same stream', async () => {
    const message = 'Refund 25 € of ORD-1002.'
    const path = '/agents/support-operations/runs'
    const events: StreamEvent[] = []
    for await (const event of readEvents(await desk.post(path, { message, stream: true }))) {
      events.push(event)
      if (event.type !== 'tool_approval_request') continue
      const { id } = event['approval'] as { id: string }
      expect((await desk.post(`/approvals/${id}/decision`, { approved: true })).status).toBe(200)
    }

    for (const type of ['tool_approval_request', 'tool_approval_result']) {
      expect(misfitsOf(type, events)).toEqual([])
    }
    expect(events).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ approval: expect.objectContaining({ status: 'pending' }) }),
        expect.objectContaining({ approval: expect.objectContaining({ status: 'approved' }) }),
      ]),
    )
    expect(events.at(-1)?.type).toBe('final')
    expect(await readJson('/api/orders/ORD-1002')).toMatchObject({ refundedCents: 2500 })
  })

  it('every field of a run request is accepted', async () => {
    const session = await desk.post('/sessions', { agentId: 'support-operations' })
    const { id } = (await session.json()) as { session?: Json; id?: string } as { id: string }
    const options = {
      stream: false,
      maxTurns: 3,
      toolConcurrency: 2,
      metadata: { ticket: 7 },
      trace: { name: 'all', userId: 'dev_1', tags: ['studio'], metadata: {} },
    }
    const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] })
    const bodies = [
      { message: 'What is ORD-1003?', sessionId: id, ...options },
      { message: user('And what is in it?'), history: [user('I ask about ORD-1003.')], ...options },
    ]
    for (const body of bodies) {
      const response = await desk.post('/agents/support-operations/runs', body)
      expect(await response.json()).toMatchObject({
        output: expect.stringMatching(/^Order ORD-1003 is delivered\./),
      })
    }
  })

  it('the code without a port gets the same answers in process', async () => {
    const agent = defineAgent({ id: 'support', model: ruleModel({ wordMs: 0 }) })
    const studio = new Studio([agent])
    const response = await studio.fetch(
      new Request('http://studio.test/agents/support/runs', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Hello' }),
      }),
    )
    const body = await response.json()

    expect(response.status).toBe(200)
    expect(findMisfits(runSample, body)).toEqual([])
    await studio.close()
  })

  it('every endpoint of the table answers', async () => {
    const agentId = 'support-operations'
    const session = (await (await desk.post('/sessions', { agentId })).json()) as { id: string }
    await desk.post(`/agents/${agentId}/runs`, { message: 'Hello', sessionId: session.id })
    const { traces } = (await readJson('/traces')) as { traces: { id: string }[] }
    const approvalId = await askForRefund()
    const bodies: Readonly<Record<string, object>> = {
      'POST /sessions': { agentId },
      'POST /agents/:agentId/runs': { message: 'Hello' },
      'POST /approvals/:approvalId/decision': { approved: false },
    }
    for (const endpoint of coreEndpoints) {
      const [method = '', pattern = ''] = endpoint.split(' ')
      const path = pattern
        .replace(':agentId', agentId)
        .replace(':sessionId', session.id)
        .replace(':traceId', String(traces[0]?.id))
        .replace(':approvalId', approvalId)
      const body = bodies[endpoint]
      const response = body ? await desk.post(path, body) : await desk.get(path, { method })
      expect([endpoint, response.ok]).toEqual([endpoint, true])
    }
  })
})

function misfitsOf(type: string, events: readonly StreamEvent[]): string[] {
  const ofType = events.filter((event) => event.type === type)
  return findMisfits([eventSamples[type] ?? ''], ofType, type)
}

/** Starts a refund that needs approval. Returns the id of the approval. */
async function askForRefund(): Promise<string> {
  const path = '/agents/support-operations/runs'
  const response = await desk.post(path, { message: 'Refund 30 € of ORD-1003.', stream: true })
  for await (const event of readEvents(response)) {
    if (event.type === 'tool_approval_request') return (event['approval'] as { id: string }).id
  }
  throw new Error('Nobody was asked')
}
