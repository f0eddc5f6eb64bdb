import type { Sql } from 'postgres'
import { afterAll } from 'vitest'
import type { Clock } from '../../src/lib/clock.ts'
import { memoryStores } from '../../src/storage/memory/index.ts'
import type { Stores } from '../../src/storage/store.ts'
import { clockedStores } from './postgres-stores.ts'
import { createSharedDatabase } from './shared-database.ts'

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

/** One database a test file, made when its first test wants it. */
let pool: Promise<Sql> | undefined
afterAll(async () => (await pool)?.end({ timeout: 1 }))

/** Stores on the PostgreSQL of `postgres-server.ts`, each in a schema of their own. */
export const postgresKind: StoreKind = {
  name: 'PostgreSQL',
  async create(clock) {
    pool ??= createSharedDatabase().then(({ sql }) => sql)
    return { stores: clockedStores(await pool, clock), stop: async () => undefined }
  },
}

/** Every kind of stores there is: a test of behaviour runs once a row. */
export const storeKinds: readonly StoreKind[] = [memoryKind, postgresKind]

/** Stores in memory that take their time to begin and to answer, as stores across a network do. */
export const slowKind: StoreKind = {
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

/** For behaviours that races could break. */
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
