import type { Sql } from 'postgres'
import { beforeAll } from 'vitest'
import { fixedClock } from '../../src/testing.ts'
import { storesContract } from '../../src/testing/contracts/index.ts'
import { itKeeps } from '../support/contract.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { describePostgres } from '../support/postgres.ts'

describePostgres('postgresStores', (postgres) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await postgres.createDatabase()).sql
  })
  itKeeps(
    storesContract(() => {
      const clock = fixedClock()
      return { clock, stores: clockedStores(sql, clock) }
    }),
  )
})
