import type { Sql } from 'postgres'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../../src/adapters/node.ts'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { mcpClients } from '../../support/mcp-clients.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

const tables = `
  create table authors (id int primary key, name text, password_hash text, big bigint, facts jsonb);
  create table books (id int primary key, author_id int references authors, title text, price numeric(8,2), cover bytea);
  create table notes (text text);
  insert into authors values (1, 'Ada', 'canary', 9007199254740993, '{"a": [1, null, {"b": "c"}]}'), (2, null, null, null, null);
  insert into books select n, 1, repeat('x', n * 1000), n, '\\x00ff' from generate_series(1, 40) n;`

/** Arguments that lead to each form of a tool's result. */
const calls: readonly (readonly [string, Record<string, unknown>])[] = [
  ...['names', 'summary', 'full'].map((detail) => ['search_schema', { detail }] as const),
  ['search_schema', { query: 'nothing like it' }],
  ['describe_model', { model: 'Author' }],
  ['describe_model', { model: 'notes' }],
  ['migration_status', {}],
  ['migration_status', { detail: 'full' }],
  ['schema_health', {}],
  ['schema_health', { preset: 'all', limit: 1 }],
  ['query_data', { model: 'Author' }],
  ['query_data', { model: 'Book', pagination: { limit: 5 }, related: [] }],
  ['query_data', { model: 'Book', sorting: [{ field: 'title', direction: 'desc' }] }],
  ['query_data', { model: 'Author', related: [{ relation: 'book_by_author', limit: 2 }] }],
  ['query_data', { model: 'Author', filters: [{ not: { relation: 'book_by_author' } }] }],
  [
    'query_data',
    {
      model: 'Book',
      group_by: ['author_id'],
      aggregates: [{ function: 'sum', field: 'price' }],
      pagination: { limit: 5 },
    },
  ],
  [
    'query_data',
    { model: 'Book', filters: [{ field: 'id', lookup: 'gt', value: 3 }], explain: true },
  ],
]

describePostgres('the results of MCP tools', ({ createDatabase }) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
  })

  it.each(mcpClients)(
    'hold what their output schemas promise, for a client of $revision',
    async ({ connect }) => {
      const project = sampleProject({
        apps: [{ label: 'shop', models: databaseModels() }],
        resources: [],
      })
      const database = postgresDatabase(sql)
      const studio = new Studio([], { project, database, allow: ['read_data'] })
      const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
      onTestFinished(() => serving.close())
      const client = await connect({ url: `${serving.url}/ai/mcp` })
      onTestFinished(() => client.close())
      const tools = await client.list()
      expect(new Set(calls.map(([name]) => name))).toEqual(new Set(tools.map(({ name }) => name)))
      const ajv = new Ajv2020({ strictSchema: true, allowUnionTypes: true })
      for (const [name, args] of calls) {
        // The clients validate too, once they know the schema; Ajv says what is wrong.
        const result = await client.call(name, args)
        expect([name, args, result.isError ? result.content : null]).toEqual([name, args, null])
        const { outputSchema } = tools.find((tool) => tool.name === name) as {
          outputSchema?: object
        }
        expect(outputSchema).toMatchObject({ type: 'object' })
        ajv.validate(outputSchema ?? false, result.structuredContent)
        expect([name, args, ajv.errors]).toEqual([name, args, null])
      }
    },
  )

  it('have schemas that refuse a result which lacks a key or has another one', async () => {
    const studio = new Studio([], { database: postgresDatabase(sql), allow: ['read_data'] })
    const response = await studio.fetch('/ai/tools')
    const { tools } = (await response.json()) as {
      tools: { name: string; output_schema: { properties?: object } }[]
    }
    const ajv = new Ajv2020({ strictSchema: true, allowUnionTypes: true })
    for (const { name, output_schema } of tools) {
      const accepts = [{}, { anything: 1 }].map((value) => ajv.validate(output_schema, value))
      expect([name, ...accepts]).toEqual([name, false, false])
    }
  })
})
