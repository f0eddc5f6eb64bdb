import { describe, expect, it } from 'vitest'
import { handshakeSchema } from '../../../src/introspection/studio/handshake.ts'
import { library } from '../../../src/library.ts'
import { createTestStudio, fakeDatabase, sampleProject } from '../../support/project.ts'

const handshake = async (options = {}, path = '/studio/handshake') =>
  handshakeSchema.parse(await createTestStudio(options).get(path))

describe('GET /studio/handshake', () => {
  it('has the keys of the contract, in its order', async () => {
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

  it('tells the protocol, the time and the project', async () => {
    const { protocol_version, timestamp, project } = await handshake({ debug: true })
    expect(protocol_version).toBe('1.0')
    expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(5_000)
    expect(project).toMatchObject({ name: 'Library', version: '2.1.0', debug_mode: true })
    expect(project.aksara_version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(project.python_version).toBe(`node ${process.versions.node}`)
  })

  it('takes the time from the clock it was given', async () => {
    const { timestamp } = await handshake({ clock: { now: () => 0 } })
    expect(timestamp).toBe('1970-01-01T00:00:00.000Z')
  })

  it('names a project that nobody named', async () => {
    const { project } = await handshake({ project: undefined })
    expect(project.name).not.toBe('')
  })

  it('says that there is no database', async () => {
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

  it('pings the database it has, and counts its connections', async () => {
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

  it('has four checksums of 16 hex digits', async () => {
    const { checksums } = await handshake()
    expect(Object.values(checksums)).toHaveLength(4)
    for (const digest of Object.values(checksums)) expect(digest).toMatch(/^[0-9a-f]{16}$/)
  })

  it('names itself and its runtime in the metadata', async () => {
    const { metadata } = await handshake({ database: fakeDatabase() })
    expect(metadata).toEqual({
      library: library.name,
      library_version: library.version,
      runtime: 'node',
      runtime_version: process.versions.node,
      pool_max: 10,
    })
  })
})

describe('what the handshake offers', () => {
  it('is reading the schema and the migrations, without a database', async () => {
    const { capabilities } = await handshake({ ai: false })
    expect(capabilities).toEqual(['read_schema', 'read_migrations'])
  })

  it('is tools and queries for AI clients, unless they are switched off', async () => {
    const database = fakeDatabase()
    const ai = ({ capabilities }: { capabilities: string[] }) =>
      capabilities.filter((name) => name.startsWith('ai_'))
    expect(ai(await handshake())).toEqual(['ai_tools'])
    expect(ai(await handshake({ database }))).toEqual(['ai_tools', 'ai_query'])
    expect(ai(await handshake({ database, ai: false }))).toEqual([])
  })

  it('is every endpoint of this module and no other, those of the contract first', async () => {
    const { studio, get } = createTestStudio({ database: fakeDatabase() })
    const { endpoints } = handshakeSchema.parse(await get('/studio/handshake'))
    const served = studio.routes.filter(({ path }) => /^\/(studio|ai)\//.test(path))
    expect(endpoints).toEqual(Object.fromEntries(served.map(({ name, path }) => [name, path])))
    expect(Object.keys(endpoints).slice(0, 6)).toEqual([
      'context_full',
      'context_summary',
      'health',
      'tools',
      'tools_mcp',
      'query_execute',
    ])
  })

  it('never includes a power that nothing serves, whatever is allowed', async () => {
    const allow = ['write_data', 'apply_migrations'] as const
    const { capabilities } = await handshake({ database: fakeDatabase(), allow, debug: true })
    for (const power of ['write_data', 'apply_migrations', 'debug_panels', 'admin_access']) {
      expect(capabilities).not.toContain(power)
    }
    for (const power of ['ai_codegen', 'ai_patch', 'ai_planner']) {
      expect(capabilities).not.toContain(power)
    }
  })

  it('is only what answers, below the base path', async () => {
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
    ['the option first', { environment: 'Review' }, both, 'review'],
    ['then the project', { project: sampleProject({ environment: 'QA' }) }, both, 'qa'],
    ['then STUDIO_ENV', {}, both, 'staging'],
    ['then NODE_ENV', {}, { ...both, STUDIO_ENV: undefined }, 'test'],
    ['development while debugging', { debug: true }, none, 'development'],
    ['else production', {}, none, 'production'],
  ])('is %s', async (_name, options, variables, expected) => {
    expect(await environmentOf(options, variables)).toBe(expected)
  })
})

describe('the entity tag of the handshake', () => {
  it('stays while only time, latency and connections change', async () => {
    let available = 8
    const database = fakeDatabase({ pool: () => ({ size: 10, available: available-- }) })
    const { send } = createTestStudio({ database })
    const first = await send('/studio/handshake')
    const etag = first.headers.get('etag') ?? ''
    expect((await send('/studio/handshake', { 'if-none-match': etag })).status).toBe(304)
  })

  it('changes when the database goes away', async () => {
    let away = false
    const ping = async () => {
      if (away) throw Object.assign(new Error(), { code: 'ECONNREFUSED' })
    }
    const { send } = createTestStudio({ database: fakeDatabase({ ping }) })
    const etag = (await send('/studio/handshake')).headers.get('etag') ?? ''
    away = true
    expect((await send('/studio/handshake', { 'if-none-match': etag })).status).toBe(200)
  })
})
