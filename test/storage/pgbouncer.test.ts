import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { fixedClock } from '../../src/testing.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { storesContract } from '../contracts/stores.ts'
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
    storesContract(async () => {
      const clock = fixedClock()
      return { clock, stores: clockedStores(sql, clock) }
    })
  })

  it('runs an agent from request to answer, and shows it to another instance', async () => {
    const options = { clock: systemClock, stores: postgresStores(sql), turns: ['hello'] }
    const here = await createTestStudio(options)
    const there = await createTestStudio({ ...options, stores: postgresStores(sql) })
    const runId = await here.startRun('hi')
    expect(await there.runIn(runId, 'succeeded')).toMatchObject({ output: 'hello' })
  })
})
