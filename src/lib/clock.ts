/** The source of the current time. Passed in, so that tests can fix it. */
export interface Clock {
  /** Returns the milliseconds since 1970-01-01 UTC. */
  now(): number
}

/** The clock of the host. */
export const systemClock: Clock = { now: () => Date.now() }

/** The source of new identifiers. Passed in, so that tests can fix it. */
export interface Ids {
  /** Returns a new UUID v7 in lower case: later ones sort after earlier ones, so indexes grow at their end. */
  uuid(): string
  /** Returns new random bytes as lower-case hex; `length` counts the digits. */
  hex(length: number): string
}

/** Identifiers from the cryptographic random source of the host. */
export const randomIds: Ids = {
  uuid: () =>
    Date.now().toString(16).padStart(12, '0').replace(/.{8}/, '$&-') +
    `-7${crypto.randomUUID().slice(15)}`,
  // a host prepares the bytes of UUIDs in advance, which `getRandomValues` does not
  hex(length) {
    let digits = ''
    while (digits.length < length) digits += crypto.randomUUID().slice(24)
    return digits.slice(0, length)
  },
}

/** Formats a time as ISO 8601 in UTC, with milliseconds and `Z`. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
