import type { Sql } from 'postgres'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { defineProject, Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import {
  canary,
  hostileSecrets,
  hostileTables,
  hostileTexts,
  readState,
} from '../../support/hostile-inputs.ts'
import { mcpClients } from '../../support/mcp-clients.ts'
import { describePostgres } from '../../support/postgres.ts'

/** Matches what no answer may contain: a secret, or the first line of a file of the server. */
const leak = new RegExp(`${canary}|root:x:`)

describePostgres('hostile texts as arguments of tools', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  const failures: unknown[] = []
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(hostileTables)
    const models = databaseModels({
      exclude: ['vaults'],
      sensitive: (table, column) => hostileSecrets.includes(`${table}.${column}`),
    })
    const project = defineProject({ name: 'People', apps: [{ label: 'a', models }] })
    const onError = (error: unknown) => void failures.push(error)
    studio = new Studio([], {
      allow: ['read_data'],
      project,
      database: postgresDatabase(sql),
      onError,
    })
  })

  const calls = (text: string): [name: string, args: Record<string, unknown>][] => [
    ['search_schema', { query: text.slice(0, 200), detail: 'full' }],
    ['search_schema', { query: 'a', detail: text }],
    ['describe_model', { model: text }],
    ['migration_status', { detail: text, [text]: text }],
    ['query_data', { model: text }],
    ['query_data', { model: 'People', select_fields: [text] }],
    ['query_data', { model: 'People', sorting: [{ field: text }] }],
    ['query_data', { model: 'People', sorting: [{ field: 'id', direction: text }] }],
    ['query_data', { model: 'People', filters: [{ field: text, value: 1 }] }],
    ['query_data', { model: 'People', filters: [{ field: 'name', lookup: text, value: 1 }] }],
    ['query_data', { model: 'People', filters: [{ field: 'name', value: text }] }],
    ['query_data', { model: 'People', filters: [{ field: 'id', value: text }] }],
    ['query_data', { model: 'People', pagination: { limit: text } }],
    ['query_data', { model: 'People', [text]: text }],
  ]

  it('tool calls over HTTP with hostile arguments neither change nor leak data', async () => {
    const before = await readState(sql)
    const answers: string[] = []
    for (const [name, args] of hostileTexts.flatMap(calls)) {
      const response = await studio.fetch(
        new Request(`http://studio.test/ai/tools/${name}/call`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ arguments: args }),
        }),
      )
      expect([200, 400]).toContain(response.status)
      answers.push(await response.text())
    }
    expect(answers.join('\n')).not.toMatch(leak)
    expect(await readState(sql)).toEqual(before)
    expect(failures).toEqual([])
  }, 60_000)

  it('tool calls over MCP with hostile arguments neither change nor leak data', async () => {
    const [{ connect }] = mcpClients
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    const before = await readState(sql)
    const answers: unknown[] = []
    for (const [name, args] of hostileTexts.flatMap(calls))
      answers.push(await client.call(name, args))
    for (const name of hostileTexts) {
      await expect(client.call(name)).rejects.toThrow(/not found or not accessible|Mcp-Name/i)
    }
    expect(JSON.stringify(answers)).not.toMatch(leak)
    expect(await readState(sql)).toEqual(before)
    expect(failures).toEqual([])
  }, 60_000)

  it('malformed MCP messages get a 4xx without a stack', async () => {
    const send = (body: string, headers: Record<string, string> = {}) =>
      studio.fetch(
        new Request('http://studio.test/ai/mcp', {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...headers,
          },
          body,
        }),
      )
    const call = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search_schema"}}'
    const bodies = [
      '{',
      '[]',
      'null',
      '1',
      '{}',
      '{"jsonrpc":"2.0"}',
      `[${Array(21).fill(call).join()}]`,
    ]
    for (const body of bodies) {
      const response = await send(body)
      expect(response.status).toBe(400)
      expect(await response.text()).not.toMatch(/\bat \S+:\d+/)
    }
    expect((await send(`"${'x'.repeat(2_000_000)}"`)).status).toBe(413)
    expect((await send(call, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send(call, { origin: 'https://evil.example' })).status).toBe(403)
    const get = await studio.fetch(new Request('http://studio.test/ai/mcp'))
    expect(get.status).toBe(405)
  })
})
