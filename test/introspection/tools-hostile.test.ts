import type { Sql } from 'postgres'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { defineProject, Studio } from '../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../src/postgres.ts'
import { mcpClients } from '../support/mcp-clients.ts'
import { describePostgres } from '../support/postgres.ts'

const tables = `
  create table notes (id int primary key, body text not null, password_hash text);
  insert into notes values (1, 'hello', 'canary-hash');
  create table "secret" (id int primary key, value text);
  insert into "secret" values (1, 'canary-value');
`

/** What got through the read-only transactions of others, as values, names and lookups of a plan and of a search. */
const hostile = [
  'COMMIT; delete from notes',
  "1'; delete from notes; --",
  'SET TRANSACTION READ WRITE',
  "x') union select value from secret --",
  '"secret"."value"',
  'notes.pg_read_file',
  "('/etc/passwd'::text).pg_read_file",
  "query_to_xml('select * from secret', true, true, '')",
  "set_config('statement_timeout', '0', true)",
  'pg_sleep(10)',
  "dblink_exec('delete from notes')",
  "lo_from_bytea(0, 'x')",
  'pg_advisory_lock(1)',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '%00',
  '\u0000',
  '\ud800',
  '*'.repeat(200),
]

describePostgres('hostile input through tools and MCP', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  const failures: unknown[] = []
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
    const models = databaseModels({ exclude: ['secret'] })
    const project = defineProject({ name: 'Notes', apps: [{ label: 'app', models }] })
    const onError = (error: unknown) => void failures.push(error)
    studio = new Studio([], { project, database: postgresDatabase(sql), onError })
  })

  /** Everything that must stay as it is. */
  const state = () => sql`
    select (select jsonb_agg(n) from notes n) as notes, (select jsonb_agg(s) from secret s) as secrets,
      (select count(*)::int from pg_class) as relations,
      (select count(*)::int from pg_largeobject_metadata) as objects,
      (select count(*)::int from pg_locks where locktype = 'advisory') as locks,
      current_setting('statement_timeout') as timeout`

  const calls = (text: string): [name: string, args: Record<string, unknown>][] => [
    ['search_schema', { query: text.slice(0, 200), detail: 'full' }],
    ['search_schema', { query: 'a', detail: text }],
    ['describe_model', { model: text }],
    ['migration_status', { detail: text, [text]: text }],
    ['query_data', { model: text }],
    ['query_data', { model: 'Note', select_fields: [text] }],
    ['query_data', { model: 'Note', sorting: [{ field: text }] }],
    ['query_data', { model: 'Note', sorting: [{ field: 'id', direction: text }] }],
    ['query_data', { model: 'Note', filters: [{ field: text, value: 1 }] }],
    ['query_data', { model: 'Note', filters: [{ field: 'body', lookup: text, value: 1 }] }],
    ['query_data', { model: 'Note', filters: [{ field: 'body', value: text }] }],
    ['query_data', { model: 'Note', filters: [{ field: 'id', value: text }] }],
    ['query_data', { model: 'Note', pagination: { limit: text } }],
    ['query_data', { model: 'Note', [text]: text }],
  ]

  it('changes nothing and learns nothing over HTTP', async () => {
    const before = await state()
    const answers: string[] = []
    for (const [name, args] of hostile.flatMap(calls)) {
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
    expect(answers.join('\n')).not.toMatch(/canary|root:|password_hash|\/etc\/passwd:/)
    expect(await state()).toEqual(before)
    expect(failures).toEqual([])
  })

  it('changes nothing and learns nothing over MCP', async () => {
    const [{ connect }] = mcpClients
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    const before = await state()
    const answers: unknown[] = []
    for (const [name, args] of hostile.flatMap(calls)) answers.push(await client.call(name, args))
    for (const name of hostile) {
      await expect(client.call(name)).rejects.toThrow(/not found or not accessible|Mcp-Name/i)
    }
    expect(JSON.stringify(answers)).not.toMatch(/canary|root:|password_hash/)
    expect(await state()).toEqual(before)
    expect(failures).toEqual([])
  })

  it('is answered, whatever the message of MCP is', async () => {
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
