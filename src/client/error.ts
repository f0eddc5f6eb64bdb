/** Where a request failed that has no answer of a studio: on the way, or at a proxy. */
export type ClientErrorCode =
  'network_error' | 'timeout' | 'bad_answer' | 'stream_lost' | 'run_failed' | 'run_cancelled'

/**
 * The error of every failed call. `code` is the code of the studio's answer, such as `not_found`, or a code of the client:
 * `network_error` without an answer, `timeout` when it did not come in time, `bad_answer` for an answer that no studio gave,
 * `stream_lost` when a stream could not be continued, `run_failed` and `run_cancelled` for a run without a final answer.
 */
export class StudioClientError extends Error {
  override readonly name = 'StudioClientError'
  readonly code: string
  /** The HTTP status; null without an answer. */
  readonly status: number | null
  /** What the studio said besides the message, such as the list of faults; undefined if nothing. */
  readonly details: unknown
  /** The id of the request, if a proxy or the application set `x-request-id`; null otherwise. */
  readonly requestId: string | null
  /** How long to wait before asking again, in milliseconds; null if the answer does not say. */
  readonly retryAfterMs: number | null
  /** The run that the failed request started nevertheless, or whose stream ended; null if none is known. */
  readonly runId: string | null

  constructor(
    code: string,
    message: string,
    {
      status = null,
      details,
      requestId = null,
      retryAfterMs = null,
      runId = null,
      cause,
    }: ClientErrorFields = {},
  ) {
    super(message, { cause })
    this.code = code
    this.status = status
    this.details = details
    this.requestId = requestId
    this.retryAfterMs = retryAfterMs
    this.runId = runId
  }
}

/** The fields of a `StudioClientError` besides its code and message. */
export interface ClientErrorFields {
  readonly status?: number | null
  readonly details?: unknown
  readonly requestId?: string | null
  readonly retryAfterMs?: number | null
  readonly runId?: string | null
  readonly cause?: unknown
}

/** Reads the error of an answer from 400 on, also one that a proxy made. */
export async function readError(response: Response): Promise<StudioClientError> {
  const { status, headers } = response
  const text = await response.text().catch(() => '')
  const envelope = parseEnvelope(text)
  const fields = {
    status,
    requestId: headers.get('x-request-id'),
    retryAfterMs: readRetryAfter(headers),
    runId: readRunId(response),
  }
  if (!envelope) {
    const message = `The server answered ${status}, and not as a studio does`
    return new StudioClientError('bad_answer', message, fields)
  }
  const { code, message, details } = envelope
  return new StudioClientError(code, message, { ...fields, details })
}

function parseEnvelope(text: string): { code: string; message: string; details: unknown } | null {
  try {
    const { error } = JSON.parse(text) as {
      error?: { code?: unknown; message?: unknown; details?: unknown }
    }
    if (typeof error?.code !== 'string') return null
    return {
      code: error.code,
      message: String(error.message ?? error.code),
      details: error.details,
    }
  } catch {
    return null
  }
}

/** A date counts from that of the server, because the clock of this machine may be wrong. */
function readRetryAfter(headers: Headers): number | null {
  const asked = headers.get('retry-after')
  if (asked === null) return null
  const now = Date.parse(headers.get('date') ?? '') || Date.now()
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now
  return Number.isFinite(ms) ? Math.max(ms, 0) : null
}

/** Returns the id in the `Location` of a run, or null. */
export function readRunId({ headers }: Response): string | null {
  const [, id] = /\/runs\/([^/?#]+)$/.exec(headers.get('location') ?? '') ?? []
  return id === undefined ? null : decodeURIComponent(id)
}
