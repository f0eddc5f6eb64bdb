import { describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { defineProject, type StudioOptions } from '../../../src/index.ts'
import { zodModels } from '../../../src/zod.ts'
import { createBookshop } from '../../support/bookshop.ts'
import { mcpClients } from '../../support/mcp-clients.ts'
import { fakeDatabase } from '../../support/project.ts'

const books = {
  'studio://models/shop.Author': 'shop.Author',
  'studio://models/shop.Book': 'shop.Book',
}

describe.each(mcpClients)('an official MCP client of $revision', ({ connect }) => {
  /** Connects a client to a bookshop in this process. */
  async function open(options: StudioOptions = {}) {
    const { studio, failures } = createBookshop({}, options)
    const fetch = (url: string | URL, init?: RequestInit) => studio.fetch(new Request(url, init))
    const client = await connect({ url: 'http://studio.test/ai/mcp', fetch })
    onTestFinished(() => client.close())
    return { ...client, failures }
  }

  it('a client lists the schema, its health, the migrations and each model', async () => {
    const { api } = await open()
    const { resources, nextCursor } = await api.listResources()
    expect(Object.fromEntries(resources.map(({ uri, name }) => [uri, name]))).toEqual({
      'studio://schema': 'schema',
      'studio://health': 'health',
      'studio://migrations': 'migrations',
      ...books,
    })
    expect(nextCursor).toBeUndefined()
    const { resourceTemplates } = await api.listResourceTemplates()
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'studio://models/{model}',
      'studio://migrations/{migration}',
    ])
  })

  it('a client reads every resource of the list as JSON, without sensitive fields', async () => {
    const { api, failures } = await open()
    for (const { uri } of (await api.listResources()).resources) {
      const [content] = (await api.readResource({ uri })).contents
      expect(content).toMatchObject({ uri, mimeType: 'application/json' })
      expect(JSON.parse(content?.text ?? '')).toBeTypeOf('object')
      expect(content?.text).not.toMatch(/password_hash|"secret"/)
    }
    expect(failures).toEqual([])
  })

  it('a client reads a model by its name or its table', async () => {
    const { api } = await open()
    for (const name of ['shop.Book', 'Book', encodeURIComponent('shop.Book')]) {
      const [content] = (await api.readResource({ uri: `studio://models/${name}` })).contents
      expect(JSON.parse(content?.text ?? '')).toMatchObject({ name: 'Book', app_label: 'shop' })
    }
  })

  it.each([
    'studio://models/shop.Nope',
    'studio://models/',
    'studio://models/%E0%A4%A',
    'studio://models/shop.Book/fields',
    'studio://migrations/shop.0001_none',
    'studio://constructor',
    'studio://schema?x=1',
    'https://example.com/',
    'file:///etc/passwd',
  ])('reading %s is a protocol error', async (uri) => {
    const { api, failures } = await open()
    await expect(api.readResource({ uri })).rejects.toMatchObject({ code: -32602 })
    expect(failures).toEqual([])
  })

  it('a forged cursor is a protocol error', async () => {
    const { api } = await open()
    for (const cursor of ['', 'm1', 'm-500', 'm5e2', 'm0500', '500']) {
      await expect(api.listResources({ cursor })).rejects.toMatchObject({ code: -32602 })
    }
  })

  it('the models are listed in pages, each once', async () => {
    const names = Array.from({ length: 1_200 }, (_, index) => `Model${index + 1_000}`)
    const models = zodModels(
      Object.fromEntries(names.map((name) => [name, z.object({ id: z.int() })])),
    )
    const project = defineProject({ name: 'Wide', apps: [{ label: 'wide', models }] })
    const { api } = await open({ project })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await api.listResources(cursor === undefined ? undefined : { cursor })
      seen.push(...page.resources.map(({ uri }) => uri))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(1_203)
    expect(seen).toHaveLength(1_203)
  })

  it('a model is unavailable, not missing, while the models could not be read', async () => {
    const project = defineProject({
      name: 'Down',
      apps: [
        { label: 'down', models: { read: () => Promise.reject(new Error('postgres://u:pw@h')) } },
      ],
    })
    const down = fakeDatabase({ ping: () => Promise.reject(new Error('gone')) })
    const { api, call } = await open({ project, database: down })
    const failed = api.readResource({ uri: 'studio://models/down.Any' })
    await expect(failed).rejects.toMatchObject({ code: -32603, data: { code: 'unavailable' } })
    await expect(failed).rejects.not.toThrow(/pw@h/)
    expect(await call('search_schema')).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('"unavailable"') }],
    })
    expect(JSON.stringify(await api.readResource({ uri: 'studio://health' }))).not.toContain('pw@h')
  })
})
