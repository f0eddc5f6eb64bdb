import type { Clock, Ids } from '../lib/clock.ts'

/** A clock that stands still until it is told to go on. */
export interface FixedClock extends Clock {
  /** Moves the clock forward by milliseconds. */
  advance(ms: number): void
}

/** A clock for tests; starts at the given milliseconds since 1970, or at 2026-01-01T00:00:00Z. */
export function fixedClock(start: number = Date.UTC(2026, 0, 1)): FixedClock {
  let time = start
  return { now: () => time, advance: (ms) => void (time += ms) }
}

/** Ids for tests that count up from 1: valid version 4 UUIDs and hex digits, the same in every test. */
export function countingIds(): Ids {
  let count = 0
  const next = (length: number) => (++count).toString(16).padStart(length, '0').slice(-length)
  return { uuid: () => `00000000-0000-4000-8000-${next(12)}`, hex: next }
}
