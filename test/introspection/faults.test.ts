import { createServer, type Socket } from 'node:net'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  contextSummarySchema,
  healthSchema,
} from '../../src/introspection/studio/studio-answers.ts'
import { databaseModels, postgresDatabase, sqlMigrations } from '../../src/postgres.ts'
import { withPostgres } from '../support/postgres.ts'
import { createTestStudio, endpoints, memoryFiles, sampleProject } from '../support/project.ts'

const project = sampleProject({
  apps: [
    {
      label: 'blog',
      models: databaseModels(),
      migrations: sqlMigrations(memoryFiles({ '0001.sql': '' })),
    },
  ],
  resources: [],
})

describe('a database that becomes unavailable and returns', () => {
  const { createDatabase, server } = withPostgres()

  it('every endpoint answers 200 during an outage of the database, and health reports the outage and its end', async () => {
    const { sql } = await createDatabase({ max: 2, backoff: () => 0.02 })
    await sql`create table users (id int primary key)`
    const options = { project, database: postgresDatabase(sql), snapshotMaxAgeMs: 0 }
    const { get, send, failures } = createTestStudio(options)
    const health = async () => healthSchema.parse(await get('/studio/health'))
    const models = async () =>
      contextSummarySchema.parse(await get('/studio/context/summary')).model_count

    expect((await health()).status).toBe('healthy')
    expect(await models()).toBe(1)

    const busy = sql`select pg_sleep(30)`.then(
      () => 'slept',
      () => 'disconnected',
    )
    await server().stop()
    expect(await busy).toBe('disconnected')
    for (const path of endpoints) expect((await send(path)).status).toBe(200)
    const down = await health()
    expect(down.status).toBe('degraded')
    expect(down.database).toMatchObject({ connected: false, latency_ms: null })
    expect(down.database.last_error).toMatch(/^connection (refused|closed)$/)
    expect(await models()).toBe(1) // as last read

    await server().start()
    await expect.poll(async () => (await health()).status, { timeout: 10_000 }).toBe('healthy')
    expect(await models()).toBe(1)
    expect(failures).toEqual([])
  })
})

describe('a source that fails', () => {
  const { createDatabase } = withPostgres()

  it('a failed model source leaves its own models out and is named by health; the other sources are complete', async () => {
    const { sql } = await createDatabase()
    const partial = sampleProject({
      apps: [...sampleProject().apps.map(toDefinition), missingSchema],
      resources: [],
    })
    const { get } = createTestStudio({ project: partial, database: postgresDatabase(sql) })
    const summary = contextSummarySchema.parse(await get('/studio/context/summary'))
    expect(summary.models.map(({ name }) => name)).toEqual(['Author', 'Book'])
    expect(summary.database_status).toMatchObject({ connected: true, last_error: null })
    const health = healthSchema.parse(await get('/studio/health'))
    expect(health).toMatchObject({ status: 'degraded', database: { connected: true } })
    expect(health.database.last_error).toBe('models of broken: the schema "nowhere" does not exist')
  })

  it('a read that the server refuses is reported with connected: true', async () => {
    const { sql } = await createDatabase()
    await sql`create table aksara_migrations (label text)`
    const { get } = createTestStudio({ project, database: postgresDatabase(sql) })
    const { database } = healthSchema.parse(await get('/studio/health'))
    expect(database.connected).toBe(true)
    expect(database.last_error).toContain('no column "name"')
  })

  const missingSchema = { label: 'broken', models: databaseModels({ schema: 'nowhere' }) }
  const toDefinition = ({ label, models }: ReturnType<typeof sampleProject>['apps'][number]) => ({
    label,
    ...(models ? { models } : {}),
  })
})

describe('a database that accepts connections and never answers', () => {
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => void sockets.add(socket))
  let url = ''
  beforeAll(async () => {
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    const address = silent.address()
    if (typeof address === 'object') url = `postgres://u:p@127.0.0.1:${address?.port}/d`
  })
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })

  it('every endpoint answers 200 soon after the ping timeout of a silent database', async () => {
    const sql = postgres(url, { max: 2, onnotice: () => undefined })
    const { get, send } = createTestStudio({
      project,
      database: postgresDatabase(sql),
      pingTimeoutMs: 100,
      snapshotMaxAgeMs: 0,
    })
    for (const path of endpoints) {
      const started = performance.now()
      expect((await send(path)).status).toBe(200)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
    const { database } = healthSchema.parse(await get('/studio/health'))
    expect(database).toMatchObject({ connected: false, last_error: 'no answer within 100 ms' })
    await sql.end({ timeout: 0 })
  })
})
