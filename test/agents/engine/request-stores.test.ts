import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenStores, Studio, type StudioOptions } from '../../../src/index.ts'
import { postgresStores } from '../../../src/postgres.ts'
import type { ScriptedTurn } from '../../../src/testing.ts'
import { createGate, createRefundTool, createSupport, toolCall } from '../../support/agents.ts'
import { listAt, textAt } from '../../support/json.ts'
import { readLines } from '../../support/read-ndjson.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { eventually } from '../../support/studio.ts'

let database: Awaited<ReturnType<typeof createSharedDatabase>>
beforeAll(async () => {
  database = await createSharedDatabase()
  await postgresStores(database.sql).ready?.()
})
afterAll(() => database.sql.end())

/** Records the arguments of each `stores` call and counts the open stores. */
interface Connections {
  readonly seen: Parameters<OpenStores>[0][]
  open: number
}

/** Creates a studio like one on Workers: with a connection for each request and a host that supports `waitUntil`. */
function createWorker(turns: readonly ScriptedTurn[], options: Omit<StudioOptions, 'stores'> = {}) {
  const connections: Connections = { seen: [], open: 0 }
  const failures: unknown[] = []
  const { tool, refunds } = createRefundTool()
  const { agent, model } = createSupport(turns, { tools: [tool] })
  const studio = new Studio([agent], {
    stores(from) {
      const { url } = from.env as { url: string }
      const sql = postgres(url, { max: 2 })
      connections.seen.push(from)
      connections.open++
      const close = async () => {
        await sql.end()
        connections.open--
      }
      return { ...postgresStores(sql, { migrate: false, listen: false }), close }
    },
    onError: (error) => void failures.push(error),
    ...options,
  })
  const env = { url: database.url }
  const kept: Promise<unknown>[] = []
  const context = { waitUntil: (work: Promise<unknown>) => void kept.push(work) }
  const send = (method: string, path: string, body?: unknown, headers = {}) =>
    studio.fetch(
      new Request(`http://worker.test${path}`, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
      env,
      context,
    )
  const get = async (path: string): Promise<unknown> => (await send('GET', path)).json()
  const settle = async () => {
    while (kept.length > 0) await Promise.all(kept.splice(0))
  }
  return { studio, env, send, get, settle, kept, connections, failures, model, refunds }
}

const path = '/agents/support/runs'
const background = { prefer: 'respond-async' }
const refund = toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1')

describe('stores opened for each request', () => {
  it('stores are opened once per request with its env, and closed after the response', async () => {
    const { send, settle, env, connections, failures } = createWorker(['hello'])
    const response = await send('POST', path, { message: 'hi' })
    expect(await response.json()).toMatchObject({ output: 'hello' })
    await settle()
    expect(connections.seen).toMatchObject([{ env, request: expect.any(Request) }])
    expect(connections.open).toBe(0)
    expect(failures).toEqual([])
  })

  it('stores are not opened for requests that do not need them', async () => {
    const { send, kept, connections } = createWorker([])
    for (const open of ['/health', '/config', '/agents', '/nowhere', '/studio/handshake']) {
      await send('GET', open)
    }
    expect([connections.seen.length, kept.length]).toEqual([0, 0])
  })

  it('stores stay open until a background run waits or has ended', async () => {
    const gate = createGate()
    const turns = [[{ wait: gate.opened }, refund], 'done']
    const { send, get, settle, connections, refunds, failures } = createWorker(turns)
    const started: unknown = await (await send('POST', path, { message: 'hi' }, background)).json()
    const runId = textAt(started, 'id')
    expect(started).toMatchObject({ status: expect.stringMatching(/queued|running/) })
    expect(connections.open).toBe(1)
    gate.open()
    await settle()
    expect(connections.open).toBe(0)

    const run = await get(`/runs/${runId}`)
    expect(run).toMatchObject({ status: 'waiting' })
    const approvalId = textAt(run, 'approvals.0.id')
    await send('POST', `/approvals/${approvalId}/decision`, { approved: true })
    await settle()
    expect(await get(`/runs/${runId}`)).toMatchObject({ status: 'succeeded', output: 'done' })
    await settle()
    expect([connections.open, refunds.length]).toEqual([0, 1])
    expect(failures).toEqual([])
  })

  it('stay while their stream is read, also across a decision of another request', async () => {
    const { send, settle, connections, failures } = createWorker([refund, 'done'])
    const reader = readLines(await send('POST', path, { message: 'hi', stream: true }))
    const { approval } = await reader.until('tool_approval_request')
    const id = textAt(approval, 'id')
    expect(connections.open).toBe(1)
    await send('POST', `/approvals/${id}/decision`, { approved: true })
    const lines = await reader.rest()
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'done' })
    await settle()
    expect(connections.open).toBe(0)
    expect(failures).toEqual([])
  })

  it('a run continues after its client closes the stream, and then the stores are closed', async () => {
    const gate = createGate()
    const worker = createWorker([['half', { wait: gate.opened }, ' whole']])
    const response = await worker.send('POST', path, { message: 'hi', stream: true })
    const reader = readLines(response)
    await reader.until('text_delta')
    await reader.cancel()
    expect(worker.connections.open).toBe(1)
    gate.open()
    await worker.settle()
    expect(worker.connections.open).toBe(0)
    expect(await worker.get(response.headers.get('location') ?? '')).toMatchObject({
      status: 'succeeded',
      output: 'half whole',
    })
    expect(worker.failures).toEqual([])
  })

  it('concurrent requests each get their own stores', async () => {
    const { get, settle, connections } = createWorker([])
    const lists = await Promise.all(Array.from({ length: 5 }, () => get('/runs')))
    expect(lists.every((list) => listAt(list, 'runs').length > 0)).toBe(true)
    await settle()
    expect([connections.seen.length, connections.open]).toEqual([5, 0])
  })

  it('tick opens stores and takes over the run of a killed request', async () => {
    const dead = createWorker([[{ wait: createGate().opened }]], { leaseMs: 200, shutdownMs: 0 })
    const response = await dead.send('POST', path, { message: 'hi' }, background)
    const runId = textAt(await response.json(), 'id')
    await eventually(async () => expect(dead.model.calls).toHaveLength(1))
    await dead.studio.close()

    const { studio, env, get, settle, connections } = createWorker(['hello'])
    await studio.tick(env)
    expect(connections.seen[0]).toEqual({ env })
    expect(connections.open).toBe(0)
    expect(await get(`/runs/${runId}`)).toMatchObject({ status: 'succeeded', output: 'hello' })
    await settle()
    await studio.ready(env)
    expect(connections.open).toBe(0)
  })

  it('stores that cannot be opened cause a 500 without details', async () => {
    const { studio, failures } = createWorker([])
    const response = await studio.fetch(new Request('http://worker.test/runs'), undefined)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('url')
    expect(failures).toHaveLength(1)
    await expect(studio.tick()).rejects.toThrow(TypeError)
  })
})

describe('a studio with stores for each request', () => {
  it('stores for each request cannot be combined with a dispatcher, which would outlive them', () => {
    const dispatcher = {
      start: () => undefined,
      wake: () => undefined,
      stop: async () => undefined,
    }
    expect(() => createWorker([], { dispatcher })).toThrow(TypeError)
  })

  it('work rejects if stores are opened for each request', async () => {
    await expect(createWorker([]).studio.work()).rejects.toThrow(TypeError)
  })

  it('a closed studio returns 503 and opens no stores', async () => {
    const { studio, send, connections } = createWorker([])
    await studio.close()
    expect((await send('GET', '/runs')).status).toBe(503)
    expect((await send('GET', '/health')).status).toBe(200)
    expect(connections.seen).toHaveLength(0)
  })
})
