import { type ErrorCode, errorStatus, StudioError } from '../../errors.ts'
import { json } from '../../http/respond.ts'
import { isRecord } from '../../lib/json.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'

/** What OpenAI's errors say besides a message. */
export interface ErrorPlace {
  /** The parameter at fault, such as `input[0].content`. */
  readonly param?: string | null
  /** A word for programs, such as `unsupported_parameter`. */
  readonly code?: string | null
  readonly headers?: Record<string, string>
}

/** Creates an error that the client gets in OpenAI's shape. */
export function refusal(code: ErrorCode, message: string, place: ErrorPlace = {}): StudioError {
  const { param = null, code: word = null, headers = {} } = place
  return new StudioError(code, message, { details: { param, code: word }, headers })
}

/** The client would send the request again by itself, which would start another run. */
export const noRetry: Record<string, string> = { 'x-should-retry': 'false' }

/** The error object of OpenAI's API. */
export interface ApiError {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/**
 * Runs a handler, and responds in OpenAI's shape to what it refuses. Any other failure is left to the pipeline.
 *
 * @param input The name of the parameter that holds the messages.
 */
export async function answerApi(
  { module, exchange, input }: { module: AgentsModule; exchange: Exchange; input: string },
  handle: () => Promise<Response>,
): Promise<Response> {
  try {
    return await handle()
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    if (error.cause !== undefined) {
      void (async () => module.engineOf(exchange).onError(error.cause, exchange.request))().catch(
        () => undefined,
      )
    }
    const status = errorStatus[error.code]
    return json({ error: toApiError(error, input) }, status, error.headers)
  }
}

function toApiError({ code, message, details }: StudioError, input: string): ApiError {
  const [first] = Array.isArray(details) ? (details as unknown[]) : [details]
  const place = isRecord(first) ? first : {}
  const { param, code: word, path, message: fault } = place
  const isOwn = 'param' in place
  return {
    message: !isOwn && typeof path === 'string' ? `${message}: ${String(fault)}` : message,
    type: typeOf(code),
    param: typeof param === 'string' ? param : toParameter(path, input),
    code: typeof word === 'string' && isOwn ? word : (wordOf[code] ?? null),
  }
}

function typeOf(code: ErrorCode): string {
  if (code === 'rate_limited') return 'rate_limit_error'
  return errorStatus[code] < 500 ? 'invalid_request_error' : 'server_error'
}

const wordOf: Readonly<Partial<Record<ErrorCode, string>>> = {
  rate_limited: 'rate_limit_exceeded',
  internal_error: 'server_error',
  unavailable: 'server_error',
}

/** Translates a field of our requests to the parameter of theirs. */
function toParameter(path: unknown, input: string): string | null {
  if (typeof path !== 'string') return null
  const [first = ''] = path.split('.')
  if (['message', 'messages', 'history'].includes(first)) return input
  return first === 'sessionId' ? 'previous_response_id' : path
}

/** Writes the path of a fault as OpenAI does: `input[0].content`. */
export function toParam(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`,
    )
    .join('')
}
