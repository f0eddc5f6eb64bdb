import type { SqlDriver } from './driver/driver.ts'

/** Converts times of this process to times of the database. */
export interface ServerClock {
  /** Returns false until `measure` or `learn` was called. */
  isKnown(): boolean
  /** Converts a time of `performance.now()` to milliseconds since 1970 by the database's clock. */
  toServerTime(time: number): number
  /** Takes a time of the database that has just arrived, in milliseconds since 1970. */
  learn(serverTime: number): void
  /** Asks the database for its time. */
  measure(): Promise<void>
}

/** A time is trusted this long. Clocks drift apart, and an operator may set one. */
const maxAgeMs = 60_000

/** Creates a clock that knows nothing yet. */
export function createServerClock(driver: SqlDriver): ServerClock {
  let offset = -Infinity
  let learnedAt = -Infinity
  const replace = (next: number, now: number) => {
    offset = next
    learnedAt = now
  }
  return {
    isKnown: () => offset > -Infinity,
    toServerTime: (time) => time + offset,
    learn(serverTime) {
      const now = performance.now()
      // An answer that took long makes the server look slow, so the largest difference is the best one.
      const isBetter = serverTime - now > offset || now - learnedAt > maxAgeMs
      if (isBetter && Number.isFinite(serverTime)) replace(serverTime - now, now)
    },
    async measure() {
      const [row] = await driver.query(
        'select (extract(epoch from pg_catalog.clock_timestamp()) * 1000)::text',
        [],
      )
      const now = performance.now()
      replace(Number(row?.[0]) - now, now)
    },
  }
}
