import { admissionCases } from './admission.ts'
import { approvalListCases } from './approval-lists.ts'
import { decisionCases, expiryCases } from './approvals.ts'
import type { ContractCase, StoreFixture } from './case.ts'
import { changeCases } from './changes.ts'
import { claimCases } from './claims.ts'
import { dueCases } from './leases.ts'
import { outboxCases } from './outbox.ts'
import { pushTargetCases } from './push-targets.ts'
import { runListCases } from './run-lists.ts'
import { sessionReadCases } from './session-reads.ts'
import { sessionChangeCases } from './session-changes.ts'
import { sessionCases } from './sessions.ts'
import { writeCases } from './writes.ts'

export type { ContractCase, ContractClock, StoreFixture } from './case.ts'
export { type BlobsFixture, blobsContract } from './blobs.ts'
export { type CreateDispatcher, dispatcherContract } from './dispatcher.ts'

const storeCases = [
  ...sessionCases,
  ...sessionReadCases,
  ...sessionChangeCases,
  ...admissionCases,
  ...runListCases,
  ...claimCases,
  ...dueCases,
  ...writeCases,
  ...approvalListCases,
  ...decisionCases,
  ...expiryCases,
  ...changeCases,
  ...outboxCases,
  ...pushTargetCases,
]

/**
 * Lists what all stores promise, as cases for any test runner. `open` is called for every case and returns empty stores.
 *
 * @example
 * for (const { name, run } of storesContract(open)) it(name, run)
 */
export function storesContract(
  open: () => StoreFixture | Promise<StoreFixture>,
): readonly ContractCase[] {
  return storeCases.map(({ name, run }) => ({
    name,
    async run() {
      const fixture = await open()
      try {
        await run(fixture)
      } finally {
        await fixture.close?.()
      }
    },
  }))
}
