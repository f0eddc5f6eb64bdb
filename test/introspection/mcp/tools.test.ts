import { describe, expect, it, onTestFinished } from 'vitest'
import { serve } from '../../../src/adapters/node.ts'
import type { StudioOptions } from '../../../src/index.ts'
import { createBookApp, createBookshop } from '../../support/bookshop.ts'
import { mcpClients, textOf } from '../../support/mcp-clients.ts'

const reader = { authorization: 'Bearer reader' }

describe.each(mcpClients)('an official MCP client of $revision', ({ revision, connect }) => {
  /** Connects a client over a real socket. */
  async function open(options: StudioOptions = {}, headers: Record<string, string> = {}) {
    const shop = createBookApp()
    const { studio, failures } = createBookshop({ app: shop.app }, options)
    const serving = await serve(studio, { port: 0, log: false, handleSignals: false, graceMs: 0 })
    onTestFinished(() => serving.close())
    const client = await connect({ url: `${serving.url}/ai/mcp`, headers })
    onTestFinished(() => client.close())
    return { client, failures, ...shop }
  }

  it('a client negotiates its revision', async () => {
    const { client } = await open()
    expect(client.revision()).toBe(revision)
  })

  it('a client lists the tools with annotations', async () => {
    const { client } = await open({ allow: ['write_data'] })
    const tools = await client.list()
    expect(tools.map(({ name }) => name)).toEqual([
      'book_create',
      'book_delete',
      'book_list',
      'book_retrieve',
      'book_update',
      'describe_model',
      'migration_status',
      'schema_health',
      'search_schema',
    ])
    const hints = Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations]))
    expect(hints['book_delete']).toMatchObject({ readOnlyHint: false, destructiveHint: true })
    expect(hints['book_list']).toMatchObject({ readOnlyHint: true, destructiveHint: false })
  })

  it('a client does not see writes without write_data', async () => {
    const names = (await (await open()).client.list()).map(({ name }) => name)
    expect(names).toContain('book_list')
    expect(names).not.toContain('book_create')
  })

  it('a client searches the schema', async () => {
    const { client } = await open()
    const result = await client.call('search_schema', { query: 'cover', detail: 'summary' })
    expect(result.structuredContent).toMatchObject({ total: 1, models: [{ name: 'Book' }] })
    expect(textOf(result)).toEqual(result.structuredContent)
  })

  it('a tool call reaches the application with the headers of the client', async () => {
    const { client, seen } = await open({}, { cookie: 'session=s1' })
    const result = await client.call('book_retrieve', { pk: 1 })
    expect(textOf(result)).toEqual({ id: 1, title: 'Ada', year: 1815, state: 'sold' })
    expect(seen.at(-1)).toMatchObject({ method: 'GET', headers: { cookie: 'session=s1' } })
  })

  it('a write without write_data is refused before the application is called', async () => {
    const { client, books, seen } = await open({}, reader)
    const result = await client.call('book_create', { title: 'Bel', year: null })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatchObject({ error: { code: 'forbidden' } })
    expect(books.size).toBe(1)
    expect(seen).toEqual([])
  })

  it('a client writes with write_data', async () => {
    const { client, books } = await open({ allow: ['write_data'] }, reader)
    const result = await client.call('book_create', { title: 'Bel', year: null })
    expect(result.isError).toBeFalsy()
    expect(books.get('2')).toEqual({ id: 2, title: 'Bel', year: null })
  })

  it('a client receives the error of the application', async () => {
    const { client, books } = await open({ allow: ['write_data'] })
    const result = await client.call('book_create', { title: 'Bel', year: null })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toEqual({ status: 401, error: { error: 'who are you?' } })
    expect(books.size).toBe(1)
  })

  it('a client receives every argument at fault', async () => {
    const { client } = await open({ allow: ['write_data'] }, reader)
    const result = await client.call('book_create', { title: 7, year: 'x', extra: true })
    expect(result.isError).toBe(true)
    expect(textOf(result)).toMatchObject({
      error: {
        code: 'bad_request',
        details: [{ path: 'title' }, { path: 'year' }, { path: 'extra' }],
      },
    })
  })

  it('a call of an unknown tool is a protocol error', async () => {
    const { client } = await open()
    await expect(client.call('nope')).rejects.toMatchObject({ code: -32602 })
  })

  it('a client without the token cannot connect', async () => {
    await expect(open({ auth: { token: 's3cret' } })).rejects.toThrow(/401|authentication/i)
    const { client } = await open({ auth: { token: 's3cret' } }, { authorization: 'Bearer s3cret' })
    expect(await client.list()).not.toEqual([])
  })

  it('a client works in process, without a socket', async () => {
    const { studio } = createBookshop()
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    expect((await client.list()).map(({ name }) => name)).toContain('search_schema')
    await client.close()
  })
})
