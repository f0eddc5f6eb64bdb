import type { SchemaFault } from './lib/standard-schema.ts'

/** Error code → HTTP status, for every code that a response can have. */
export const errorStatus = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
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

/** Options of a `StudioError` besides its code and message. */
export interface StudioErrorOptions {
  /** JSON that the client receives. Never put SQL, secrets or stack traces here. */
  details?: unknown
  /** Response headers, for example `allow` for a 405. */
  headers?: Record<string, string>
  /** The original failure. `onError` receives it, clients never do. */
  cause?: unknown
}

/** The error that Studio throws on purpose. Clients receive its code, message and details; any other error is masked as `internal_error`. */
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

/** What a Worker is told whose requests share a connection. */
const sharedConnection =
  'The connection belongs to another request: give `stores` and `database` as functions that open one for each request'

/**
 * Returns the error that explains a failure with which a Worker refuses to use a connection of another request; null for
 * every other failure.
 */
export function explainSharedConnection(error: unknown): StudioError | null {
  if (!(error instanceof Error) || !/on behalf of a different request/.test(error.message)) {
    return null
  }
  return new StudioError('internal_error', sharedConnection, { cause: error })
}

/** Returns true for an error that a later call may not have, because the store is unavailable only for now. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof StudioError && error.code === 'unavailable'
}
