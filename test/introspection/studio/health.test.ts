import { describe, expect, it } from 'vitest'
import { healthSchema } from '../../../src/introspection/studio/studio-answers.ts'
import { sqlMigrations } from '../../../src/postgres.ts'
import {
  createTestStudio,
  fakeDatabase,
  memoryFiles,
  sampleProject,
} from '../../support/project.ts'

const database = fakeDatabase()
const health = async (options: object) => {
  const response = await createTestStudio(options).send('/studio/health')
  expect(response.status).toBe(200)
  return healthSchema.parse(await response.json())
}
const withMigrations = (files: Parameters<typeof memoryFiles>[0]) =>
  sampleProject({
    apps: [{ label: 'blog', migrations: sqlMigrations(memoryFiles(files)) }],
    resources: [],
  })

describe('GET /studio/health', () => {
  it('health reports healthy if the database answers', async () => {
    const response = await createTestStudio({ database }).send('/studio/health')
    const body = (await response.json()) as object
    expect(response.status).toBe(200)
    expect(Object.keys(body)).toEqual(['status', 'aksara_version', 'database', 'timestamp'])
    expect(body).toMatchObject({
      status: 'healthy',
      database: { connected: true, last_error: null },
    })
  })

  it('health answers 200 and reports degraded without a database', async () => {
    const response = await createTestStudio().send('/studio/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      database: { connected: false, last_error: null },
    })
  })

  it.each([
    ['ECONNREFUSED', 'connection refused'],
    ['28P01', 'authentication failed'],
    ['3D000', 'the database does not exist'],
    ['53300', 'too many connections'],
    ['CONNECT_TIMEOUT', 'connection timed out'],
    ['08006', 'connection failed'],
  ])('health explains the error code %s without host, user or password', async (code, reason) => {
    const message = 'connect to postgres://admin:hunter2@10.0.0.7/prod failed'
    const ping = () => Promise.reject(Object.assign(new Error(message), { code }))
    const { send, failures } = createTestStudio({ database: fakeDatabase({ ping }) })
    const text = await (await send('/studio/health')).text()
    expect(JSON.parse(text)).toMatchObject({ database: { connected: false, last_error: reason } })
    expect(text).not.toMatch(/hunter2|admin|10\.0\.0\.7|prod|postgres:/)
    expect(failures).toEqual([])
  })

  it('health hides the message of an unknown failure and passes it to onError', async () => {
    const failure = new Error('select secret from /etc/passwd')
    const ping = () => Promise.reject(failure)
    const { send, failures } = createTestStudio({ database: fakeDatabase({ ping }) })
    const text = await (await send('/studio/health')).text()
    expect(text).toContain('failed for an unexpected reason')
    expect(text).not.toMatch(/secret|passwd/)
    expect(failures).toEqual([failure])
  })

  it('health reports degraded if the ping times out', async () => {
    const ping = () => new Promise<void>(() => undefined)
    const hanging = fakeDatabase({ ping, read: ping as never })
    const { status, database: state } = await health({ database: hanging, pingTimeoutMs: 30 })
    expect(status).toBe('degraded')
    expect(state).toMatchObject({ connected: false, last_error: 'no answer within 30 ms' })
  })

  it('health reports degraded while migrations conflict', async () => {
    const project = withMigrations({
      '1.sql': '',
      '2.sql': '-- depends: blog.1',
      '3.sql': '-- depends: blog.1',
    })
    const { status, database: state } = await health({ database, project })
    expect(status).toBe('degraded')
    expect(state.last_error).toContain(
      `App 'blog' has 2 conflicting head migrations that need to be merged.`,
    )
  })

  it('health names migrations that depend on each other in a cycle', async () => {
    const project = withMigrations({ '1.sql': '-- depends: 2', '2.sql': '-- depends: 1' })
    const { status, database: state } = await health({ database, project })
    expect(status).toBe('degraded')
    expect(state.last_error).toMatch(/blog\.1, blog\.2.*cycle/)
  })

  it('health names a migration that cannot be read, without its path', async () => {
    const failure = Object.assign(new Error('EACCES: /srv/app/1.sql'), { code: 'EACCES' })
    const { status, database: state } = await health({
      database,
      project: withMigrations({ '1.sql': failure }),
    })
    expect(status).toBe('degraded')
    expect(state.last_error).toBe('migration blog.1: permission denied')
  })

  it('health names a resource whose model does not exist', async () => {
    const project = sampleProject({ resources: [{ model: 'Film', prefix: '/films' }] })
    const { database: state } = await health({ database, project })
    expect(state.last_error).toBe('resource /films: no model is named Film')
  })
})

describe('GET /studio/health?strict=1', () => {
  it('strict=1 answers 503 with the same body if the project is degraded', async () => {
    const response = await createTestStudio().send('/studio/health?strict=1')
    expect(response.status).toBe(503)
    expect(healthSchema.parse(await response.json()).status).toBe('degraded')
  })

  it('strict=1 answers 200 if the project is healthy', async () => {
    const response = await createTestStudio({ database }).send('/studio/health?strict=1')
    expect(response.status).toBe(200)
  })

  it('strict=0 answers 200 for a degraded project', async () => {
    expect((await createTestStudio().send('/studio/health?strict=0')).status).toBe(200)
  })
})
