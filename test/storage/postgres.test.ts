import { fixedClock } from '../../src/testing.ts'
import { approvalStoreContract } from '../contracts/approval-store.ts'
import { runAdmissionContract } from '../contracts/run-admission.ts'
import { runStoreContract } from '../contracts/run-store.ts'
import { runWritesContract } from '../contracts/run-writes.ts'
import { sessionStoreContract } from '../contracts/session-store.ts'
import { clockedStores } from '../support/postgres-stores.ts'
import { describePostgres } from '../support/postgres.ts'
import { beforeAll, describe } from 'vitest'
import type { Sql } from 'postgres'

describePostgres('the stores', (postgres) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await postgres.createDatabase()).sql
  })
  const createFixture = async () => {
    const clock = fixedClock()
    return { clock, stores: clockedStores(sql, clock) }
  }
  describe('sessions', () => {
    sessionStoreContract(createFixture)
  })
  describe('runs', () => {
    runStoreContract(createFixture)
  })
  describe('admission', () => {
    runAdmissionContract(createFixture)
  })
  describe('writes', () => {
    runWritesContract(createFixture)
  })
  describe('approvals', () => {
    approvalStoreContract(createFixture)
  })
})
