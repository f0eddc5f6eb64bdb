import type { Sql } from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../../src/adapters/node.ts'
import { createBookApp, createBookshop } from '../../support/bookshop.ts'
import { textOf } from '../../support/mcp-clients.ts'
import { buildProgram, connectStdio, stdioClients } from '../../support/mcp-program.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

let folder = ''
let remove = () => undefined as void
let sql: Sql
let url = ''

beforeAll(async () => {
  ;({ folder, remove } = await buildProgram(['noisy.ts']))
})
afterAll(() => remove())
beforeEach(async () => {
  ;({ sql, url } = await createSharedDatabase())
  await sql.unsafe(`
    create table authors (id int primary key, name text, password_hash text);
    create table books (id int primary key, author_id int references authors, title text);
    insert into authors values (1, 'Ada', 'canary-hash')`)
  return async () => sql.end()
})

describe.each(stdioClients)('an official client of $revision over stdio', (kind) => {
  it('a client inspects a bare database, without its secrets and its rows', async () => {
    const { api, errors } = await connectStdio(kind, { folder, args: [url] })
    const { tools } = await api.listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'describe_model',
      'migration_status',
      'schema_health',
      'search_schema',
    ])
    expect(tools.every(({ outputSchema }) => outputSchema !== undefined)).toBe(true)
    const found = await api.callTool({ name: 'search_schema', arguments: { detail: 'full' } })
    expect(found.structuredContent).toMatchObject({ total: 2 })
    const { resources } = await api.listResources()
    const contents = await Promise.all(resources.map(({ uri }) => api.readResource({ uri })))
    expect(resources.map(({ uri }) => uri)).toContain('studio://models/database.Author')
    expect(JSON.stringify([found, contents])).not.toMatch(/canary|password_hash/)
    expect((await api.listPrompts()).prompts).toHaveLength(3)
    const ref = { type: 'ref/prompt', name: 'explain_model' } as const
    const completed = await api.complete({ ref, argument: { name: 'model', value: 'bo' } })
    expect(completed.completion.values).toEqual(['database.Book'])
    expect(errors()).toBe('')
  })

  it('a client reads rows with --allow read_data, without sensitive columns', async () => {
    const args = ['--allow', 'read_data']
    const { api } = await connectStdio(kind, { folder, args, env: { DATABASE_URL: url } })
    const rows = await api.callTool({
      name: 'query_data',
      arguments: { model: 'Author' },
    })
    expect(textOf(rows)).toMatchObject({ rows: [{ id: 1, name: 'Ada' }] })
    expect(JSON.stringify(rows)).not.toContain('canary')
    const refused = await api.callTool({
      name: 'query_data',
      arguments: { model: 'Author', fields: ['password_hash'] },
    })
    expect(refused.isError).toBe(true)
    expect((await api.listPrompts()).prompts.map(({ name }) => name)).toContain('answer_question')
  })

  it('a client learns that a table was created', async () => {
    const { api, changed } = await connectStdio(kind, { folder, args: [url] })
    await api.listTools()
    // The program compares with its first look, so the table has to appear after it.
    const create = () =>
      sql.unsafe(`create table t_${crypto.randomUUID().slice(0, 8)} (id int)`).execute()
    const table = setInterval(() => void create(), 2_000)
    onTestFinished(() => clearInterval(table))
    await expect(changed).resolves.toBeUndefined()
  }, 120_000)

  it('a module that prints everywhere does not disturb the protocol', async () => {
    const { api, errors } = await connectStdio(kind, { folder, args: ['./noisy.mjs'] })
    const found = await api.callTool({ name: 'search_schema', arguments: {} })
    expect(found.structuredContent).toMatchObject({ models: [{ name: 'Book' }] })
    expect(errors()).toMatch(/loading[^]*still loading[^]*loaded/)
  })

  it('a client calls the tools of a running Studio with STUDIO_TOKEN', async () => {
    const shop = createBookApp()
    const { studio } = createBookshop(
      { app: shop.app },
      { auth: { token: 'reader' }, allow: ['write_data'] },
    )
    const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
    onTestFinished(() => serving.close())
    const start = { folder, args: [serving.url], env: { STUDIO_TOKEN: 'reader' } }
    const { api } = await connectStdio(kind, start)
    const book = await api.callTool({ name: 'book_retrieve', arguments: { pk: 1 } })
    expect(textOf(book)).toEqual({ id: 1, title: 'Ada', year: 1815, state: 'sold' })
    const created = await api.callTool({
      name: 'book_create',
      arguments: { title: 'Bel', year: null },
    })
    expect(created.isError).toBeFalsy()
    const wrong = await api.callTool({ name: 'book_create', arguments: { title: 7 } })
    expect(textOf(wrong)).toMatchObject({ error: { code: 'bad_request' } })
    await expect(api.callTool({ name: 'nope' })).rejects.toMatchObject({ code: -32602 })
    await serving.close()
    const lost = api.callTool({ name: 'book_retrieve', arguments: { pk: 1 } })
    await expect(lost).rejects.toThrow(/Could not reach http:\/\/127\.0\.0\.1/)
  })
})
