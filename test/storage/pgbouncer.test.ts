import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineProject } from '../../src/index.ts'
import {
  databaseModels,
  postgresDatabase,
  postgresStores,
  readCatalog,
} from '../../src/postgres.ts'
import { fixedClock } from '../../src/testing.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import { hasPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { withPostgres } from '../support/postgres.ts'
import { createTestStudio } from '../support/studio.ts'

const isThere = await hasPgBouncer()

if (!isThere) console.warn('PgBouncer could not be installed here: its tests did not run')

describe.runIf(isThere)('behind PgBouncer in transaction mode', () => {
  const server = withPostgres()
  let bouncer: PgBouncer
  let sql: Sql
  beforeAll(async () => {
    bouncer = await startPgBouncer((await server.createDatabase()).url)
    sql = postgres(bouncer.url, { prepare: false, max: 8, onnotice: () => undefined })
  })
  afterAll(async () => {
    await sql?.end({ timeout: 1 })
    await bouncer?.stop()
  })

  describe('the stores', () => {
    itKeeps(
      storesContract(() => {
        const clock = fixedClock()
        return { clock, stores: clockedStores(sql, clock) }
      }),
    )
  })

  it('stores behind PgBouncer run an agent from request to answer, and another instance can read the run', async () => {
    const options = { clock: systemClock, stores: postgresStores(sql), turns: ['hello'] }
    const here = await createTestStudio(options)
    const there = await createTestStudio({ ...options, stores: postgresStores(sql) })
    const runId = await here.startRun('hi')
    expect(await there.runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
  })

  it('a database behind PgBouncer can be introspected and queried, and no setting remains on the connection', async () => {
    await sql.unsafe(
      `create table orders (id int primary key, note text); insert into orders values (1, 'a')`,
    )
    const readSettings = async () => {
      const [settings] = await sql`select current_setting('search_path') as path,
        current_setting('transaction_read_only') as read_only, current_setting('jit') as jit,
        coalesce(current_setting('studio.schemas', true), '') as schemas`
      return settings
    }
    const before = await readSettings()
    expect(before).toMatchObject({ read_only: 'off', schemas: '' })
    const database = postgresDatabase(sql)
    expect((await readCatalog(database)).tables.map(({ name }) => name)).toContain('orders')
    const models = databaseModels()
    const project = defineProject({ name: 'Shop', apps: [{ label: 'shop', models }] })
    const { get, post } = await createTestStudio({ project, database, allow: ['read_data'] })
    expect((await get('/studio/handshake')).body).toMatchObject({ database: { connected: true } })
    const plan = { model: 'Order', filters: [{ field: 'id', value: 1 }] }
    expect(await post('/ai/query/execute', plan)).toMatchObject({
      status: 200,
      body: { rows: [{ id: 1, note: 'a' }], count: 1 },
    })
    for (let count = 0; count < 8; count++) {
      expect(await readSettings()).toEqual(before)
    }
  })
})
