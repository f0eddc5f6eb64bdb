import type { SchemaFault } from './lib/standard-schema.ts'

/** Every error code that can cross the wire, with its HTTP status (contract runs.md D.1). */
export const errorStatus = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  internal_error: 500,
  unsupported_capability: 501,
  unavailable: 503,
} as const

/** One of the error codes that `errorStatus` lists. */
export type ErrorCode = keyof typeof errorStatus

/** What a `StudioError` carries besides its code and message. */
export interface StudioErrorOptions {
  /** JSON shown to the client. Never SQL, secrets or stack traces. */
  details?: unknown
  /** Response headers to send along, for example `allow` on a 405. */
  headers?: Record<string, string>
  /** The original failure: handed to `onError`, never sent. */
  cause?: unknown
}

/** The only error Studio throws on purpose; anything else is a bug and leaves as `internal_error`. */
export class StudioError extends Error {
  override readonly name = 'StudioError'
  readonly code: ErrorCode
  readonly details: unknown
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, message: string, options: StudioErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
    this.headers = options.headers ?? {}
  }
}

/** Creates a `bad_request` whose `details` list every fault of the input. */
export function badRequest(message: string, faults: readonly SchemaFault[] = []): StudioError {
  return new StudioError('bad_request', message, faults.length > 0 ? { details: faults } : {})
}
