/** The two impure inputs, passed in so that tests can fix them. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
}

/** The host's clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** Makes identifiers. */
export interface Ids {
  /** A fresh UUID v4 in lower case. */
  uuid(): string
  /** Fresh random bytes as lower-case hex; `length` counts digits. */
  hex(length: number): string
}

/** Identifiers from the host's cryptographic random source. */
export const randomIds: Ids = {
  uuid: () => crypto.randomUUID(),
  hex: (length) =>
    Array.from(crypto.getRandomValues(new Uint8Array(Math.ceil(length / 2))), (byte) =>
      byte.toString(16).padStart(2, '0'),
    )
      .join('')
      .slice(0, length),
}

/** ISO 8601 UTC with milliseconds and `Z`. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
