import { describe, expect, it } from 'vitest'
import { handshakeSchema } from '../../../src/introspection/studio/studio-answers.ts'
import { library } from '../../../src/library.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

const handshake = async (options = {}, path = '/studio/handshake') =>
  handshakeSchema.parse(await createTestStudio(options).get(path))

describe('GET /studio/handshake', () => {
  it('the handshake has the keys of the contract in the order of the contract', async () => {
    const body = (await createTestStudio().get('/studio/handshake')) as object
    expect(Object.keys(body)).toEqual([
      'protocol_version',
      'timestamp',
      'project',
      'database',
      'capabilities',
      'checksums',
      'endpoints',
      'metadata',
    ])
  })

  it('the handshake contains the protocol version, the time and the project', async () => {
    const { protocol_version, timestamp, project } = await handshake({ debug: true })
    expect(protocol_version).toBe('1.0')
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(5_000)
    expect(project).toMatchObject({ name: 'Library', version: '2.1.0', debug_mode: true })
    expect(project.aksara_version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(project.python_version).toBe(`node ${process.versions.node}`)
  })

  it('the handshake takes its timestamp from the clock of the options', async () => {
    const { timestamp } = await handshake({ clock: { now: () => 0 } })
    expect(timestamp).toBe('1970-01-01T00:00:00.000Z')
  })

  it('the handshake has a default project name', async () => {
    const { project } = await handshake({ project: undefined })
    expect(project.name).not.toBe('')
  })

  it('the handshake reports connected: false without a database', async () => {
    const { database } = await handshake()
    expect(database).toEqual({
      connected: false,
      dialect: 'postgresql',
      pool_size: 0,
      pool_available: 0,
      latency_ms: null,
      last_error: null,
    })
  })

  it('the handshake pings the database and reports the connections of its pool', async () => {
    const { database } = await handshake({ database: fakeDatabase({ dialect: 'sample' }) })
    expect(database).toMatchObject({
      connected: true,
      dialect: 'sample',
      pool_size: 10,
      pool_available: 8,
      last_error: null,
    })
    expect(database.latency_ms).toBeGreaterThanOrEqual(0)
  })

  it('the handshake has four checksums of 16 hex digits', async () => {
    const { checksums } = await handshake()
    expect(Object.values(checksums)).toHaveLength(4)
    for (const digest of Object.values(checksums)) expect(digest).toMatch(/^[0-9a-f]{16}$/)
  })

  it('the handshake names the library and the runtime in its metadata', async () => {
    const { metadata } = await handshake({ database: fakeDatabase() })
    expect(metadata).toMatchObject({
      library: library.name,
      library_version: library.version,
      runtime: 'node',
      runtime_version: process.versions.node,
      pool_max: 10,
    })
  })
})

describe('the capabilities and endpoints of the handshake', () => {
  it('the capabilities without a database and AI are read_schema and read_migrations', async () => {
    const { capabilities } = await handshake({ ai: false })
    expect(capabilities).toEqual(['read_schema', 'read_migrations'])
  })

  it('the capabilities include ai_tools, with a database ai_query too, unless `ai` is false', async () => {
    const database = fakeDatabase()
    const ai = ({ capabilities }: { capabilities: string[] }) =>
      capabilities.filter((name) => name.startsWith('ai_'))
    expect(ai(await handshake())).toEqual(['ai_tools'])
    expect(ai(await handshake({ database, allow: ['read_data'] }))).toEqual([
      'ai_tools',
      'ai_query',
    ])
    expect(ai(await handshake({ database, allow: ['read_data'], ai: false }))).toEqual([])
  })

  it('the endpoints are all those of the introspection module, in the order of the contract', async () => {
    const allow = ['read_data', 'ai_sql'] as const
    const { studio, get } = createTestStudio({ database: fakeDatabase(), allow })
    const { endpoints, metadata } = handshakeSchema.parse(await get('/studio/handshake'))
    const served = studio.routes.filter(({ path }) => /^\/(studio|ai)\//.test(path))
    const templates = metadata['endpoint_templates'] as Record<string, string>
    expect({ ...endpoints, ...templates }).toEqual(
      Object.fromEntries(served.map(({ name, path }) => [name, path.replace(/:(\w+)/g, '{$1}')])),
    )
    expect(Object.keys(endpoints).slice(0, 6)).toEqual([
      'context_full',
      'context_summary',
      'health',
      'tools',
      'tools_mcp',
      'query_execute',
    ])
  })

  it('the endpoints can be requested as they stand, and the templates once they are filled in', async () => {
    const { send, get } = createTestStudio()
    const { endpoints, metadata } = handshakeSchema.parse(await get('/studio/handshake'))
    for (const path of Object.values(endpoints)) {
      expect(path).not.toMatch(/[:{]/)
      expect([path, (await send(path)).status]).not.toEqual([path, 404])
    }
    const templates = metadata['endpoint_templates'] as Record<string, string>
    expect(templates).toEqual({
      context_database: '/ai/context/database/{kind}',
      context_model: '/ai/context/models/{model}',
      models_inspect: '/studio/models/inspect/{model}',
      tool: '/ai/tools/{name}',
      tool_call: '/ai/tools/{name}/call',
    })
    const model = templates['context_model']?.replace('{model}', 'library.Book') ?? ''
    const tool = templates['tool']?.replace('{name}', 'book_list') ?? ''
    expect([(await send(model)).status, (await send(tool)).status]).toEqual([200, 200])
  })

  it('the capabilities never include one that no route serves, even if it is allowed', async () => {
    const allow = ['write_data', 'apply_migrations'] as const
    const { capabilities } = await handshake({ database: fakeDatabase(), allow, debug: true })
    for (const name of ['write_data', 'apply_migrations', 'admin_access']) {
      expect(capabilities).not.toContain(name)
    }
    for (const name of ['ai_codegen', 'ai_patch', 'ai_planner']) {
      expect(capabilities).not.toContain(name)
    }
  })

  it('the endpoints are served routes below the base path', async () => {
    const database = fakeDatabase()
    const { studio, send } = createTestStudio({ basePath: '/internal', database })
    const response = await send('/internal/studio/handshake')
    const { endpoints } = handshakeSchema.parse(await response.json())
    expect(endpoints).toMatchObject({
      context_summary: '/internal/studio/context/summary',
      health: '/internal/studio/health',
    })
    const served = studio.routes.map(({ path }) => `/internal${path}`)
    for (const path of Object.values(endpoints)) expect(served).toContain(path)
  })

  it('the templates are below the public path', async () => {
    const { metadata } = await handshake({ publicPath: '/internal' })
    expect(metadata['endpoint_templates']).toMatchObject({ tool: '/internal/ai/tools/{name}' })
  })
})

describe('the environment of the handshake', () => {
  const environmentOf = async (options: object, variables: Record<string, string | undefined>) => {
    const before = { STUDIO_ENV: process.env.STUDIO_ENV, NODE_ENV: process.env.NODE_ENV }
    const assign = (values: Record<string, string | undefined>) => {
      for (const [name, value] of Object.entries(values)) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
    try {
      assign(variables)
      return (await handshake(options)).project.environment
    } finally {
      assign(before)
    }
  }
  const both = { STUDIO_ENV: 'Staging', NODE_ENV: 'test' }
  const none = { STUDIO_ENV: undefined, NODE_ENV: undefined }

  it.each([
    ['the option', { environment: 'Review' }, both, 'review'],
    [
      'that of the project without the option',
      { project: sampleProject({ environment: 'QA' }) },
      both,
      'qa',
    ],
    ['STUDIO_ENV without either', {}, both, 'staging'],
    ['NODE_ENV without STUDIO_ENV', {}, { ...both, STUDIO_ENV: undefined }, 'test'],
    ['development in debug mode', { debug: true }, none, 'development'],
    ['production otherwise', {}, none, 'production'],
  ])('the environment is %s', async (_name, options, variables, expected) => {
    expect(await environmentOf(options, variables)).toBe(expected)
  })
})

describe('the entity tag of the handshake', () => {
  it('the entity tag stays the same while only time, latency and connections change', async () => {
    let available = 8
    const database = fakeDatabase({ pool: () => ({ size: 10, available: available-- }) })
    const { send } = createTestStudio({ database })
    const first = await send('/studio/handshake')
    const etag = first.headers.get('etag') ?? ''
    expect((await send('/studio/handshake', { 'if-none-match': etag })).status).toBe(304)
  })

  it('the entity tag changes when the database becomes unavailable', async () => {
    let isDown = false
    const ping = async () => {
      if (isDown) throw Object.assign(new Error(), { code: 'ECONNREFUSED' })
    }
    const { send } = createTestStudio({ database: fakeDatabase({ ping }) })
    const etag = (await send('/studio/handshake')).headers.get('etag') ?? ''
    isDown = true
    expect((await send('/studio/handshake', { 'if-none-match': etag })).status).toBe(200)
  })
})
