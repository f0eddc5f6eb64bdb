/**
 * What reports runs and approvals to other systems. `telemetry()` of `fetch-studio/telemetry` and `webhooks()` of
 * `fetch-studio/webhooks` make one.
 */
export interface Reporter {
  /** What it is: `telemetry` or `webhooks`. */
  readonly name: string
  /** Returns what a studio runs. Only a studio calls it. */
  readonly serve: (studio: never) => unknown
}
