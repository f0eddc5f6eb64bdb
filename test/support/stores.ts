import type { Sql } from 'postgres'
import { afterAll } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { memoryStores } from '../../src/storage/memory/index.ts'
import type { Stores } from '../../src/storage/store.ts'
import { clockedStores } from './postgres-stores.ts'
import { createSharedDatabase } from './shared-database.ts'

/** Stores under test, with a function that closes them. */
export interface TestStores {
  readonly stores: Stores
  stop(): Promise<void>
}

/** A store backend that every behaviour is tested on. */
export interface StoreKind {
  readonly name: string
  /** Makes empty stores that take their time from the clock. */
  create(clock: Clock): Promise<TestStores>
}

/** Stores in the memory of this process. */
export const memoryKind: StoreKind = {
  name: 'memory',
  create: async (clock) => ({ stores: memoryStores({ clock }), stop: async () => undefined }),
}

/** The database of a test file, created by the first test that needs it. */
let pool: Promise<Sql> | undefined
afterAll(async () => (await pool)?.end({ timeout: 1 }))

/** Stores on the PostgreSQL of `postgres-server.ts`, each in a new schema. */
const postgresKind: StoreKind = {
  name: 'PostgreSQL',
  async create(clock) {
    pool ??= createSharedDatabase().then(({ sql }) => sql)
    return { stores: clockedStores(await pool, clock), stop: async () => undefined }
  },
}

/** All store backends; a behaviour test runs once per entry. */
export const storeKinds: readonly StoreKind[] = [memoryKind, postgresKind]

/** Stores in memory that delay every call and result, like stores across a network. */
const slowKind: StoreKind = {
  name: 'slow',
  create: async (clock) => {
    const { sessions, runs, approvals } = memoryStores({ clock })
    const stores = {
      sessions: delayed(sessions),
      runs: delayed(runs),
      approvals: delayed(approvals),
    }
    return { stores, stop: async () => undefined }
  },
}

/** Backends for behaviours that a race could break. */
export const racyKinds: readonly StoreKind[] = [...storeKinds, slowKind]

function delayed<Store extends object>(store: Store): Store {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1))
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const method: unknown = Reflect.get(target, name, receiver)
      if (typeof method !== 'function') return method
      return async (...given: unknown[]) => {
        await pause()
        const answer: unknown = await Reflect.apply(method, target, given)
        await pause()
        return answer
      }
    },
  })
}
