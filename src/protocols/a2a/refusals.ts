import { StudioError } from '../../errors.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'

/** Reason of A2A → the code of JSON-RPC, and the HTTP status and its name in the REST binding. */
const reasons = {
  PARSE_ERROR: [-32700, 400, 'INVALID_ARGUMENT'],
  INVALID_REQUEST: [-32600, 400, 'INVALID_ARGUMENT'],
  METHOD_NOT_FOUND: [-32601, 400, 'UNIMPLEMENTED'],
  INVALID_PARAMS: [-32602, 400, 'INVALID_ARGUMENT'],
  TASK_NOT_FOUND: [-32001, 404, 'NOT_FOUND'],
  TASK_NOT_CANCELABLE: [-32002, 400, 'FAILED_PRECONDITION'],
  PUSH_NOTIFICATION_NOT_SUPPORTED: [-32003, 400, 'FAILED_PRECONDITION'],
  UNSUPPORTED_OPERATION: [-32004, 400, 'FAILED_PRECONDITION'],
  CONTENT_TYPE_NOT_SUPPORTED: [-32005, 400, 'INVALID_ARGUMENT'],
  VERSION_NOT_SUPPORTED: [-32009, 400, 'FAILED_PRECONDITION'],
} as const

/** Why A2A refuses a request. */
export type Reason = keyof typeof reasons

/** A refusal in the words of A2A. */
export interface Refusal {
  readonly reason: Reason
  readonly message: string
  /** Each fault of the request, by its field. */
  readonly faults?: readonly SchemaFault[]
}

const refusals = new WeakMap<StudioError, Refusal>()

/** Creates the error that refuses a request in the words of A2A. */
export function refusalOf(
  reason: Reason,
  message: string,
  faults: readonly SchemaFault[] = [],
): StudioError {
  const error = new StudioError('bad_request', message, { details: faults })
  refusals.set(error, { reason, message, faults })
  return error
}

/**
 * Says an error in the words of A2A. Null for what has no word there: limits, outages and failures keep their HTTP status, by which
 * proxies and clients decide to repeat.
 */
export function toRefusal(error: unknown): Refusal | null {
  if (!(error instanceof StudioError)) return null
  const known = refusals.get(error)
  if (known) return known
  const { code, message, details } = error
  if (code === 'not_found') return { reason: 'TASK_NOT_FOUND', message }
  if (code === 'conflict' || code === 'unsupported_capability') {
    return { reason: 'UNSUPPORTED_OPERATION', message }
  }
  if (code !== 'bad_request' && code !== 'unprocessable') return null
  const faults = Array.isArray(details) ? (details as SchemaFault[]) : []
  return { reason: 'INVALID_PARAMS', message, faults }
}

type Detail = { readonly '@type': string } & Record<string, unknown>

function toDetails({ reason, faults = [] }: Refusal): Detail[] {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'a2a-protocol.org',
  }
  if (faults.length === 0) return [info]
  const fieldViolations = faults.map(({ path, message }) => ({ field: path, description: message }))
  return [info, { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }]
}

/** Shows a refusal as an error of JSON-RPC. */
export function toRpcError(refusal: Refusal) {
  return {
    code: reasons[refusal.reason][0],
    message: refusal.message,
    data: toDetails(refusal),
  }
}

/** Shows a refusal as the body of an answer over HTTP. */
export function toRestError(refusal: Refusal) {
  const [, code, status] = reasons[refusal.reason]
  return { error: { code, status, message: refusal.message, details: toDetails(refusal) } }
}
