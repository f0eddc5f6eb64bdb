import type { Clock, Ids } from '../lib/clock.ts'

/** A clock that stands still until a test advances it. */
export interface FixedClock extends Clock {
  /** Moves the clock forward by milliseconds. */
  advance(ms: number): void
}

/** Creates a clock that starts at these milliseconds since 1970. @default 2026-01-01T00:00:00Z */
export function fixedClock(start: number = Date.UTC(2026, 0, 1)): FixedClock {
  let time = start
  return { now: () => time, advance: (ms) => void (time += ms) }
}

/** Creates ids that count up from 1, the same in every test: valid UUIDs of version 4, and hex digits. */
export function countingIds(): Ids {
  let count = 0
  const next = (length: number) => (++count).toString(16).padStart(length, '0').slice(-length)
  return { uuid: () => `00000000-0000-4000-8000-${next(12)}`, hex: next }
}
