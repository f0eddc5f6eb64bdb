import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { toolResultSchema, toolsSchema } from '../../../src/introspection/tools/tools-answers.ts'
import { createBookApp, createBookshop } from '../../support/bookshop.ts'
import { fakeDatabase } from '../../support/project.ts'

type Overrides = Parameters<typeof createBookshop>[0]
type Options = Parameters<typeof createBookshop>[1]

const list = async (overrides: Overrides = {}, options: Options = {}) => {
  const { body } = await createBookshop(overrides, options).send('/ai/tools')
  return toolsSchema.parse(body).tools
}
const book = async (overrides: Overrides = {}) =>
  (await list(overrides)).filter(({ name }) => name.startsWith('book'))
const resource = (rest: object) => ({
  resources: [{ model: 'Book', prefix: '/api/books', ...rest }],
})

describe('GET /ai/tools', () => {
  it('GET /ai/tools lists five tools for a resource (I-50)', async () => {
    const rows = (await book()).map(({ name, http_method, path }) => [name, http_method, path])
    expect(rows).toEqual([
      ['book_create', 'POST', '/api/books'],
      ['book_delete', 'DELETE', '/api/books/{pk}'],
      ['book_list', 'GET', '/api/books'],
      ['book_retrieve', 'GET', '/api/books/{pk}'],
      ['book_update', 'PATCH', '/api/books/{pk}'],
    ])
  })

  it('GET /ai/tools counts the tools, and every other endpoint has the same count (I-49)', async () => {
    const { send } = createBookshop()
    const { tools, count, version } = toolsSchema.parse((await send('/ai/tools')).body)
    expect({ count, version }).toEqual({ count: tools.length, version: '0.5.46' })
    const mcp = (await send('/ai/tools/mcp')).body as { tools: object[]; count: number }
    expect(mcp.count).toBe(count)
    for (const tool of mcp.tools) {
      expect(tool).toMatchObject({ name: expect.any(String), description: expect.any(String) })
      expect(tool).toHaveProperty('inputSchema.type', 'object')
    }
    const openai = (await send('/ai/tools/openai')).body as { functions: unknown[] }
    expect(openai.functions).toHaveLength(count)
    expect((await send('/studio/context/summary')).body).toMatchObject({ ai_tool_count: count })
    const full = (await send('/ai/context/full')).body as { ai_tools: unknown[] }
    expect(full).toMatchObject({ ai_tool_count: count })
    expect(full.ai_tools).toHaveLength(count)
  })

  it('GET /ai/tools lists tools whose JSON Schemas compile', async () => {
    const ajv = addFormats.default(new Ajv2020.default({ allowUnionTypes: true }))
    for (const { input_schema, output_schema } of await list({}, { database: fakeDatabase() })) {
      expect(ajv.validateSchema(input_schema)).toBe(true)
      expect(() => ajv.compile(input_schema)).not.toThrow()
      expect(input_schema).toMatchObject({ type: 'object', additionalProperties: false })
      expect(() => ajv.compile(output_schema ?? {})).not.toThrow()
    }
  })

  it('GET /ai/tools leaves sensitive and server-controlled fields out of schemas (I-51)', async () => {
    const [create, , read] = await book(resource({ serverControlled: ['id', 'year'] }))
    expect(create?.input_schema).toMatchObject({ required: ['title'] })
    const { properties = {} } = create?.input_schema ?? {}
    expect(Object.keys(properties as object)).toEqual(['title', 'state'])
    expect(create?.server_controlled_fields).toEqual(['id', 'year'])
    expect(JSON.stringify(read)).not.toContain('secret')
    expect(JSON.stringify(await list())).not.toMatch(/"secret"|password_hash/)
  })

  it('GET /ai/tools takes types, lengths, enums and descriptions from the model', async () => {
    const [create] = await book()
    expect(create?.input_schema).toMatchObject({
      properties: {
        title: { type: 'string', maxLength: 80, description: 'As on the cover' },
        year: { type: ['integer', 'null'] },
        state: { enum: ['draft', 'sold'] },
      },
    })
  })

  it('GET /ai/tools tags tools as safe, writing or destructive', async () => {
    const tags = Object.fromEntries((await book()).map(({ name, ai_tags }) => [name, ai_tags]))
    expect(tags).toMatchObject({
      book_list: ['read_only', 'safe', 'query'],
      book_create: ['write', 'mutation'],
      book_delete: ['write', 'destructive', 'mutation'],
    })
  })

  it('GET /ai/tools lists only the operations that a resource declares or its OpenAPI document contains', async () => {
    const names = async (overrides: Overrides) => (await book(overrides)).map(({ name }) => name)
    expect(await names(resource({ operations: ['list'] }))).toEqual(['book_list'])
    expect(await names(resource({ exposed: false }))).toEqual([])
    const paths = { '/api/books': { get: {} }, '/api/books/{id}': { put: {}, delete: {} } }
    expect(await names({ routes: { paths } })).toEqual(['book_delete', 'book_list', 'book_update'])
    expect(await names({ routes: { method: 'GET', path: '/api/books' } })).toHaveLength(5)
    expect(await names({ app: createBookApp().app })).toHaveLength(5)
  })

  it('GET /ai/tools lists one tool for each method of an exposed action', async () => {
    const actions = [
      {
        name: 'publish',
        detail: true,
        input: { type: 'object', properties: { on: { type: 'string' } } },
      },
      { name: 'stock', methods: ['GET', 'POST'] as const },
      { name: 'purge', exposed: false },
    ]
    const tools = await book(resource({ operations: [], actions }))
    expect(tools.map(({ name, path, kind }) => [name, path, kind])).toEqual([
      ['book_publish', '/api/books/{pk}/publish', 'action'],
      ['book_stock_get', '/api/books/stock', 'action'],
      ['book_stock_post', '/api/books/stock', 'action'],
    ])
    expect(tools[0]?.input_schema).toMatchObject({ required: ['pk'] })
  })

  it('GET /ai/tools shows tools with requiresAuth or requiresAdmin only to callers who may see them (I-52)', async () => {
    const resources = [
      { model: 'Book', prefix: '/api/books', requiresAuth: true },
      { model: 'Author', prefix: '/api/authors', requiresAdmin: true },
    ]
    const names = async (options: Options) =>
      (await list({ resources }, options)).map(({ name }) => name).join()
    expect(await names({})).not.toMatch(/book|author/)
    expect(await names({ auth: () => ({ id: 'a' }) })).toMatch(/book_list/)
    expect(await names({ auth: () => ({ id: 'a' }) })).not.toMatch(/author/)
    expect(await names({ auth: () => ({ id: 'a', admin: true }) })).toMatch(/author_list/)
    const { send } = createBookshop({ resources })
    expect((await send('/ai/tools/book_list')).status).toBe(404)
  })

  it('GET /ai/tools gives tools unique names even if two resources share a model', async () => {
    const resources = ['/a', '/b'].map((prefix) => ({ model: 'Book', prefix }))
    const names = (await book({ resources })).map(({ name }) => name)
    expect(new Set(names).size).toBe(10)
    expect(names).toContain('book_list_2')
  })

  it('GET /ai/tools marks the tools that this deployment can call', async () => {
    const callable = async (overrides: Overrides, options: Options) =>
      (await list(overrides, options)).filter((tool) => tool.callable).map(({ name }) => name)
    const own = ['describe_model', 'migration_status', 'schema_health', 'search_schema']
    const { app } = createBookApp()
    expect(await callable({}, { allow: ['write_data'] })).toEqual(own)
    expect(await callable({ app }, {})).toEqual(['book_list', 'book_retrieve', ...own])
    expect(await callable({ app }, { allow: ['write_data'] })).toHaveLength(5 + own.length)
  })

  it('GET /ai/tools lists query_data only with a database', async () => {
    const names = async (options: Options) => (await list({}, options)).map(({ name }) => name)
    expect(await names({})).not.toContain('query_data')
    expect(await names({ database: fakeDatabase(), allow: ['read_data'] })).toContain('query_data')
  })
})

describe('GET /ai/tools/:name', () => {
  it('GET /ai/tools/:name answers one tool, or 404 for an unknown one (I-52)', async () => {
    const { send } = createBookshop()
    const { body } = await send('/ai/tools/book_retrieve')
    expect(body).toMatchObject({ tool: { name: 'book_retrieve' }, version: '0.5.46' })
    const missing = await send('/ai/tools/nope')
    expect(missing.status).toBe(404)
    expect(missing.body).toMatchObject({ detail: "Tool 'nope' not found or not accessible" })
  })
})

describe('tools with ai: false', () => {
  it('with ai: false, tools are neither served nor counted nor in the handshake', async () => {
    const { send } = createBookshop({}, { ai: false })
    for (const path of ['/ai/tools', '/ai/tools/mcp', '/ai/mcp']) {
      expect((await send(path)).status).toBe(404)
    }
    expect((await send('/studio/context/summary')).body).toMatchObject({ ai_tool_count: 0 })
    const { endpoints } = (await send('/studio/handshake')).body as { endpoints: object }
    expect(Object.keys(endpoints)).not.toContain('tools')
  })
})

it('GET /ai/tools answers 304 while nothing changes', async () => {
  const { send } = createBookshop()
  const etag = (await send('/ai/tools')).headers.get('etag') ?? ''
  expect((await send('/ai/tools', { headers: { 'if-none-match': etag } })).status).toBe(304)
})

it('the answer to a tool call has the shape of toolResultSchema', async () => {
  const { body } = await createBookshop().call('migration_status')
  expect(toolResultSchema.parse(body)).toMatchObject({ is_error: false, status: null })
})
