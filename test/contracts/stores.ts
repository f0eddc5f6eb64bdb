import { describe } from 'vitest'
import { approvalStoreContract } from './approval-store.ts'
import { runAdmissionContract } from './run-admission.ts'
import { runStoreContract } from './run-store.ts'
import { runWritesContract } from './run-writes.ts'
import { type StoreFixture, sessionStoreContract } from './session-store.ts'

/** What all stores must do, whatever keeps their rows. */
export function storesContract(createFixture: () => Promise<StoreFixture>): void {
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
}
