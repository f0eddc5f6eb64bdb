/** Converts times of this process to times of the database. */
export interface ServerClock {
  /** Returns false until it has learned a time. */
  isKnown(): boolean
  /** Converts a time of `performance.now()` to milliseconds since 1970 by the database's clock. */
  toServerTime(time: number): number
  /** Takes a time of the database that has just arrived, in milliseconds since 1970. */
  learn(time: number): void
  /** Takes a time of the database in place of all earlier ones. */
  reset(time: number): void
}

/** A time is trusted this long. Clocks drift apart, and an operator may set one. */
const maxAgeMs = 60_000

/** SQL: the time of the database in milliseconds since 1970. */
export const serverTime = 'extract(epoch from pg_catalog.clock_timestamp()) * 1000'

/** Creates a clock that knows nothing yet. */
export function createServerClock(): ServerClock {
  let offset = -Infinity
  let learnedAt = -Infinity
  const replace = (next: number, now: number) => {
    offset = next
    learnedAt = now
  }
  return {
    isKnown: () => offset > -Infinity,
    toServerTime: (time) => time + offset,
    learn(time) {
      const now = performance.now()
      // An answer that took long makes the server look slow, so the largest difference is the best one.
      const isBetter = time - now > offset || now - learnedAt > maxAgeMs
      if (isBetter && Number.isFinite(time)) replace(time - now, now)
    },
    reset(time) {
      const now = performance.now()
      if (Number.isFinite(time)) replace(time - now, now)
    },
  }
}
