import type { Sql } from 'postgres'
import { beforeAll } from 'vitest'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../contracts/stores.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { describePostgres } from '../support/postgres.ts'

describePostgres('the stores', (postgres) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await postgres.createDatabase()).sql
  })
  storesContract(async () => {
    const clock = fixedClock()
    return { clock, stores: clockedStores(sql, clock) }
  })
})
