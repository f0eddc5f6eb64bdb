/** The preferences of RFC 7240 that are honoured. */
export interface Preference {
  readonly respondAsync: boolean
  /** Seconds; null waits without a limit. */
  readonly wait: number | null
}

/** Reads the `Prefer` header. Unknown preferences are ignored, as RFC 7240 requires. */
export function parsePrefer(header: string | null): Preference {
  const preferences = (header ?? '').split(',').map((preference) => preference.trim().toLowerCase())
  const wait = preferences
    .map((preference) => /^wait=(\d{1,6})$/.exec(preference)?.[1])
    .find((seconds) => seconds)
  return {
    respondAsync: preferences.includes('respond-async'),
    wait: wait === undefined ? null : Number(wait),
  }
}
