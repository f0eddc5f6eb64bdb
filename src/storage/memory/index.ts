import { type Clock, systemClock } from '../../lib/clock.ts'
import type { Stores } from '../store.ts'
import { createMemoryApprovalStore } from './approvals.ts'
import { createMemoryRunStore } from './runs.ts'
import { createMemorySessionStore } from './sessions.ts'
import type { State } from './state.ts'

/** Options of `memoryStores`; each has a default. */
export interface MemoryStoresOptions {
  /** Where time comes from. @default the host's clock */
  clock?: Clock
  /** How many runs are kept; the oldest ended ones go first. @default 10_000 */
  maxRuns?: number
}

/**
 * Makes stores that live as long as the process: for development, tests and agents whose history may be lost.
 * Nothing is shared between processes, and a restart forgets everything, pending approvals included.
 */
export function memoryStores({
  clock = systemClock,
  maxRuns = 10_000,
}: MemoryStoresOptions = {}): Stores {
  const state: State = {
    clock,
    maxRuns,
    sessions: new Map(),
    runs: new Map(),
    live: new Set(),
    traces: new Map(),
    approvals: new Map(),
    idempotency: new Map(),
    serial: 0,
  }
  return {
    sessions: createMemorySessionStore(state),
    runs: createMemoryRunStore(state),
    approvals: createMemoryApprovalStore(state),
  }
}
