import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount } from '../../lib/options/numbers.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import type { Stores } from '../store.ts'
import { createMemoryApprovalStore } from './approvals.ts'
import { createMemoryRunStore } from './runs.ts'
import { createMemorySessionStore } from './sessions.ts'
import { countRows, type State } from './state.ts'

/** Options of `memoryStores`; each has a default. */
export interface MemoryStoresOptions {
  /** The source of the current time. @default the clock of the host */
  clock?: Clock
  /** How many runs to keep. Above that, the oldest ended ones are deleted. @default 10_000 */
  maxRuns?: number
  /** How many sessions to keep. Above that, those that changed least recently are deleted, unless a run is open. @default as many as runs */
  maxSessions?: number
  /** How many messages all sessions keep together. Above that, whole sessions are deleted in the same order, but never the newest. @default 100_000 */
  maxMessages?: number
}

const knownOptions: KnownKeys<MemoryStoresOptions> = {
  clock: true,
  maxRuns: true,
  maxSessions: true,
  maxMessages: true,
}

/**
 * Creates stores in memory, for development, tests and agents whose history may be lost. Other processes cannot see them,
 * and a restart loses everything, pending approvals included.
 */
export function memoryStores(options: MemoryStoresOptions = {}): Stores {
  refuseUnknownKeys('memoryStores', options, knownOptions)
  const { clock = systemClock } = options
  const maxRuns = checkCount('maxRuns', options.maxRuns ?? 10_000, 0)
  const maxSessions = checkCount('maxSessions', options.maxSessions ?? maxRuns, 0)
  const maxMessages = checkCount('maxMessages', options.maxMessages ?? 100_000, 0)
  const state: State = {
    clock,
    maxRuns,
    maxSessions,
    maxMessages,
    messages: 0,
    sessions: new Map(),
    runs: new Map(),
    live: new Set(),
    traces: new Map(),
    approvals: new Map(),
    idempotency: new Map(),
    serial: 0,
  }
  return {
    kind: 'memory',
    counts: async (tenant) => countRows(state, tenant),
    sessions: createMemorySessionStore(state),
    runs: createMemoryRunStore(state),
    approvals: createMemoryApprovalStore(state),
  }
}
