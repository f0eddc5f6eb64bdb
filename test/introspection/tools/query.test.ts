import type { Sql } from 'postgres'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../../src/adapters/node.ts'
import { defineProject, Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { mcpClients, textOf } from '../../support/mcp-clients.ts'
import { describePostgres } from '../../support/postgres.ts'

const tables = `
  create table authors (id int primary key, name text not null, password_hash text);
  create table books (id int primary key, title text not null, author_id int references authors);
  comment on table books is 'What the library holds';
  insert into authors values (1, 'Ada', 'canary-hash'), (2, 'Bel', 'canary-hash');
  insert into books select n, 'Book ' || n, 1 + n % 2 from generate_series(1, 40) as n;
`

describePostgres('the tools of Studio over MCP', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
    const apps = [{ label: 'library', models: databaseModels() }]
    const project = defineProject({ name: 'Library', apps })
    studio = new Studio([], { allow: ['read_data'], project, database: postgresDatabase(sql) })
  })

  it.each(mcpClients)(
    'query_data returns the rows of a plan to a client of $revision',
    async ({ connect }) => {
      const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
      onTestFinished(() => serving.close())
      const client = await connect({ url: `${serving.url}/ai/mcp` })
      onTestFinished(() => client.close())
      const plan = {
        model: 'Book',
        filters: [{ field: 'author_id', value: 1 }],
        sorting: [{ field: 'id', direction: 'desc' }],
        pagination: { limit: 2 },
        select_fields: ['title'],
      }
      const { structuredContent, isError } = await client.call('query_data', plan)
      expect(isError).toBeFalsy()
      expect(structuredContent).toMatchObject({
        rows: [
          { id: 40, title: 'Book 40' },
          { id: 38, title: 'Book 38' },
        ],
        count: 2,
        limited: true,
      })
      const found = await client.call('search_schema', { query: 'holds', detail: 'full' })
      expect(found.structuredContent).toMatchObject({ models: [{ table_name: 'books' }] })
    },
  )

  it('no tool shows or accepts a sensitive field', async () => {
    const [{ connect }] = mcpClients
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    const plans = [
      { select_fields: ['password_hash'] },
      { filters: [{ field: 'password_hash', lookup: 'contains', value: 'canary' }] },
      { sorting: [{ field: 'password_hash' }] },
    ]
    for (const plan of plans) {
      const result = await client.call('query_data', { model: 'Author', ...plan })
      expect(textOf(result)).toMatchObject({ error: { code: 'bad_request' } })
    }
    const shown = [
      await client.call('query_data', { model: 'Author' }),
      await client.call('describe_model', { model: 'Author' }),
      await client.call('search_schema', { query: 'password' }),
      await client.list(),
    ]
    expect(JSON.stringify(shown)).not.toMatch(/canary-hash|password_hash/)
  })

  it('schema_health filters issues by rule and limit, and refuses an unknown severity', async () => {
    const [{ connect }] = mcpClients
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    const all = (await client.call('schema_health')).structuredContent as {
      issues: { rule: string }[]
    }
    const indexes = all.issues.find(({ rule }) => rule.includes('foreign-key'))
    expect(indexes).toBeDefined()
    const { rule } = indexes ?? { rule: '' }
    const limited = await client.call('schema_health', { rule, limit: 1 })
    expect(limited.structuredContent).toMatchObject({ issues: [{ rule }] })
    const none = await client.call('schema_health', { rule: 'no-such-rule' })
    expect(none.structuredContent).toMatchObject({ issues: [], truncated: false })
    const wrong = await client.call('schema_health', { severity: 'awful' })
    expect(wrong.isError).toBe(true)
  })
})
