import type { SchemaFault } from './lib/standard-schema.ts'

/** The HTTP status of every error code that clients can get (docs/contracts/runs.md, D.1). */
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

/** What a `StudioError` holds besides its code and message. */
export interface StudioErrorOptions {
  /** JSON that the client gets. Must not hold SQL, secrets or stack traces. */
  details?: unknown
  /** Headers of the response, for example `allow` on a 405. */
  headers?: Record<string, string>
  /** The original failure, which goes to `onError` and never to the client. */
  cause?: unknown
}

/** The only error that Studio throws on purpose. Any other one is a bug, and the client gets `internal_error`. */
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
