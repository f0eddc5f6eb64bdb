import type { Clock } from '../../src/lib/clock.ts'
import { memoryStores } from '../../src/storage/memory/index.ts'
import type { Stores } from '../../src/storage/store.ts'

/** Stores under test, with what ends them. */
export interface TestStores {
  readonly stores: Stores
  stop(): Promise<void>
}

/** A kind of stores that every behaviour is tried on. */
export interface StoreKind {
  readonly name: string
  /** Makes empty stores whose time is the clock's. */
  create(clock: Clock): Promise<TestStores>
}

/** Stores that live in this process. */
export const memoryKind: StoreKind = {
  name: 'memory',
  create: async (clock) => ({ stores: memoryStores({ clock }), stop: async () => undefined }),
}

/** Every kind of stores there is: a test of behaviour runs once a row. */
export const storeKinds: readonly StoreKind[] = [memoryKind]
