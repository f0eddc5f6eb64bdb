import type { Stores } from '../../storage/store.ts'

/** One promise of a contract: pass `name` and `run` to the test function of any runner. */
export interface ContractCase {
  /** A whole sentence, unique within its contract. */
  readonly name: string
  /** Resolves when the promise is kept; rejects with an error that says what was expected and what came. */
  run(): Promise<void>
}

/** The time a store under test works by. `fixedClock` of `fetch-studio/testing` is one. */
export interface ContractClock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Moves the time forward by milliseconds, for the store as well. */
  advance(ms: number): void | Promise<void>
}

/** Empty stores for one case, and the clock that decides every time they write or compare. */
export interface StoreFixture {
  readonly stores: Stores
  readonly clock: ContractClock
  /** Called after the case, also when it failed. */
  close?(): void | Promise<void>
}

/** A case of the stores' contract before it has stores to run with. */
export interface StoreCase {
  readonly name: string
  run(fixture: StoreFixture): Promise<void>
}
