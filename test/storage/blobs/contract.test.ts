import { describe } from 'vitest'
import { blobStores } from '../../../src/blobs.ts'
import { memoryChangesOf } from '../../../src/storage/memory/changes.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import { withMemoryOutbox } from '../../../src/storage/memory/outbox.ts'
import { memoryPushTargets } from '../../../src/storage/memory/push-targets.ts'
import { fixedClock, memoryBlobs } from '../../../src/testing.ts'
import { storesContract } from '../../../src/testing/contracts/index.ts'
import { itKeeps } from '../../support/contract.ts'

function createFixture(minBytes: number) {
  const clock = fixedClock()
  const inner = withMemoryOutbox(memoryStores({ clock }), clock)
  const changes = memoryChangesOf(inner, clock)
  const stores = { ...inner, changes, pushTargets: memoryPushTargets(inner) }
  return { clock, stores: blobStores(stores, memoryBlobs({ clock }), { minBytes, clock }) }
}

describe('blobStores over stores in memory', () => {
  describe('that keep some values as blobs', () => {
    itKeeps(storesContract(() => createFixture(64)))
  })

  describe('that keep every value as a blob', () => {
    itKeeps(storesContract(() => createFixture(1)))
  })
})
