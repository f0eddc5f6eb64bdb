import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { buildProgram, startProgram } from '../../support/mcp-program.ts'

let folder = ''
let remove = () => undefined as void

beforeAll(async () => {
  ;({ folder, remove } = await buildProgram(['noisy.ts', 'empty.mjs']))
})
afterAll(() => remove())

const noisy = () => startProgram({ folder, args: ['./noisy.mjs'] })

/** Serves one answer for everything; resolves to its address. */
async function serveAnswer(status: number, type: string, body: string): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the end of fetch-studio mcp', () => {
  it('mcp ends with 0 when its input is closed, whatever the module keeps open', async () => {
    const { child, exit, open, output } = noisy()
    await open()
    child.stdin.end()
    expect(await exit).toEqual([0, null])
    for (const line of output.stdout.trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' })
    }
  })

  it('mcp ends when its output is closed', async () => {
    const { child, exit, open, send } = noisy()
    await open()
    child.stdout.destroy()
    send({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    expect(await exit).toEqual([0, null])
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('mcp ends by %s', async (signal) => {
    const { child, exit, open } = noisy()
    await open()
    child.kill(signal)
    expect(await exit).toEqual([null, signal])
  })

  it('mcp goes on after a line that is no message', async () => {
    const { child, exit, open, output, send } = noisy()
    await open()
    child.stdin.write('not json\n{"jsonrpc":"1.0"}\n[]\n')
    send({ jsonrpc: '2.0', id: 7, method: 'ping' })
    while (!output.stdout.includes('"id":7')) await once(child.stdout, 'data')
    child.stdin.end()
    expect(await exit).toEqual([0, null])
  })

  it('mcp ends after a message that is too long', async () => {
    const { child, exit, open } = noisy()
    await open()
    for (let megabyte = 0; megabyte < 11; megabyte++) child.stdin.write('x'.repeat(1_048_576))
    expect(await exit).toEqual([0, null])
  })
})

describe('a target that cannot be served over stdio', () => {
  it('mcp without STUDIO_TOKEN exits with 1 and names the variable, with an empty output', async () => {
    const env = { REQUIRED_TOKEN: 's3cret-token' }
    const { exit, output } = startProgram({ folder, args: ['./noisy.mjs'], env })
    expect(await exit).toEqual([1, null])
    expect(output.stdout).toBe('')
    expect(output.stderr).toMatch(/returned 401.*Set STUDIO_TOKEN/)
    expect(output.stderr).not.toContain('s3cret-token')
  })

  it.each([
    [502, 'text/html', '<h1>Bad gateway</h1>', /returned 502/],
    [200, 'text/html', '<h1>Hello</h1>', /returned 200/],
    [
      404,
      'application/json',
      '{"error":{"code":"not_found","message":"Not found"}}',
      /no MCP server/,
    ],
    [200, 'text/event-stream', 'data: {"jsonrpc":"2.0","id":1,"resu', /returned 200/],
    [
      503,
      'application/json',
      '{"error":{"message":"postgres://u:pw@h/d is down"}}',
      /returned 503/,
    ],
  ])('mcp exits with 1 if the address answers %i %s', async (status, type, body, message) => {
    const url = await serveAnswer(status, type, body)
    const { exit, output } = startProgram({ folder, args: [url] })
    expect(await exit).toEqual([1, null])
    expect(output.stdout).toBe('')
    expect(output.stderr).toMatch(message)
    expect(output.stderr).not.toMatch(/pw@h|<h1>|\n\s+at /)
  })

  it.each([
    [['--allow', 'write_data', './noisy.mjs'], /--allow takes read_data/],
    [['--allow', 'read_data', 'http://127.0.0.1:9'], /a server decides by itself/],
    [[], /Missing target/],
  ])('mcp %j is an error of usage', async (args, message) => {
    const { exit, output } = startProgram({ folder, args })
    expect(await exit).toEqual([2, null])
    expect(output.stdout).toBe('')
    expect(output.stderr).toMatch(message)
  })
})
