import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { library } from '../../src/library.ts'
import { mcpClients } from '../support/mcp-clients.ts'
import { type Host, hosts } from './hosts.ts'
import { createHelloProject } from './project.ts'

let project = ''
beforeAll(async () => void (project = await createHelloProject()))
afterAll(() => rmSync(project, { recursive: true, force: true }))

interface Line {
  readonly seq: number
  readonly type: string
  readonly output?: string
  readonly approval?: { readonly id: string; readonly input: unknown }
}

describe.each(hosts)('the hello example on $name', ({ name, runtime, start }) => {
  let host: Host | undefined
  beforeAll(async () => void (host = await start(project)))
  afterAll(() => host?.stop())

  const send = (path: string, body?: unknown) =>
    fetch(`${host?.url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json' },
    })

  it(`the hello example on ${name} is healthy and names the library`, async () => {
    const response = await send('/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      status: 'ok',
      runner: { id: library.name, version: library.version },
    })
  })

  it(`the hello example on ${name} returns 404 in the error envelope`, async () => {
    const response = await send('/nowhere')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
  })

  it(`the hello example on ${name} names its runtime in the handshake`, async () => {
    const response = await send('/studio/handshake')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      protocol_version: '1.0',
      database: { connected: false },
      metadata: { library: library.name, library_version: library.version, runtime },
    })
  })

  it(`the hello example on ${name} leads a browser to its console`, async () => {
    const response = await fetch(`${host?.url}/`, { headers: { accept: 'text/html' } })
    expect([response.status, response.url]).toEqual([200, `${host?.url}/console`])
    const [, script = ''] = /<script type="module" src="([^"]+)"/.exec(await response.text()) ?? []
    expect((await fetch(new URL(script, response.url))).status).toBe(200)
  })

  it(`the hello example on ${name} serves tools over MCP`, async () => {
    const client = await mcpClients[0].connect({ url: `${host?.url}/ai/mcp` })
    const older = await mcpClients[1].connect({ url: `${host?.url}/ai/mcp` })
    for (const { list, call, close } of [client, older]) {
      expect((await list()).map(({ name: tool }) => tool)).toContain('search_schema')
      expect(await call('search_schema', { query: 'x' })).toMatchObject({
        structuredContent: { total: 0 },
      })
      await close()
    }
  })

  it(`the hello example on ${name} streams a run from turn_start to final`, async () => {
    const { id: sessionId } = (await (await send('/sessions', { agentId: 'support' })).json()) as {
      id: string
    }
    const message = 'Refund 5 € for ORD-1001.'
    const response = await send('/agents/support/runs', { message, sessionId, stream: true })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const lines = toLines(await response.text())
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, index) => index))
    expect(lines[0]?.type).toBe('turn_start')
    expect(lines.map(({ type }) => type)).toContain('tool_result')
    expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'I refunded 5 €.' })
  })

  it(`the hello example on ${name} waits until another request approves a tool call`, async () => {
    const message = 'Refund 50 € for ORD-1002.'
    const response = await send('/agents/support/runs', { message, stream: true })
    const lines: Line[] = []
    for await (const line of readLines(response)) {
      lines.push(line)
      if (line.type !== 'tool_approval_request') continue
      expect(line.approval?.input).toEqual({ orderId: 'ORD-1002', cents: 5000 })
      const path = `/approvals/${line.approval?.id}/decision`
      expect((await send(path, { approved: true })).status).toBe(200)
    }
    expect(lines.map(({ type }) => type)).toContain('tool_approval_result')
    expect(lines.at(-1)).toMatchObject({ type: 'final' })
  })
})

const toLines = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

/** Yields each line of a stream as soon as it arrives. */
async function* readLines(response: Response): AsyncGenerator<Line> {
  let rest = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const whole = (rest + chunk).split('\n')
    rest = whole.pop() ?? ''
    for (const line of whole) yield JSON.parse(line) as Line
  }
}
