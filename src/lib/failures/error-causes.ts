import { isNetworkCode } from './error-code.ts'
import { isRecord } from '../json.ts'

/** An error can be its own cause, so only this many errors are looked at. */
const maxErrors = 20
/** Where libraries put the error, response or body behind an error. `errors` is a list, the last of which counts most. */
const links = ['cause', 'lastError', 'response', 'error', 'data', 'originalError', '$metadata']

/**
 * Returns an error and what it was made of, nearest first: its causes, the response and the parsed body that it carries,
 * and the errors that it collects. Values that are no objects are left out. Never throws.
 */
export function errorsBehind(error: unknown): Record<string, unknown>[] {
  const found = [error].filter(isRecord)
  for (let at = 0; at < found.length && found.length < maxErrors; at++) {
    const behind = found[at] ?? {}
    const collected = readMember(behind, 'errors')
    const next = [
      ...links.map((name) => readMember(behind, name)),
      ...(Array.isArray(collected) ? collected.slice(-maxErrors).reverse() : []),
    ]
    for (const candidate of next) {
      if (isRecord(candidate) && !found.includes(candidate)) found.push(candidate)
    }
  }
  return found
}

/** Reads a member of a foreign object. Returns undefined when its getter throws. */
export function readMember(object: Record<string, unknown>, name: string): unknown {
  try {
    return object[name]
  } catch {
    return undefined
  }
}

const statusNames = ['statusCode', 'status', 'status_code', 'httpStatusCode', 'httpStatus', 'code']

/** Words by which providers name a status in the body of an error, or in a stream that had begun with status 200. */
const statusWords: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_argument: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  resource_exhausted: 429,
  throttlingexception: 429,
  api_error: 500,
  server_error: 500,
  internal_server_error: 500,
  internalserverexception: 500,
  service_unavailable: 503,
  serviceunavailableexception: 503,
  unavailable: 503,
  timeout_error: 504,
  overloaded_error: 529,
}

/**
 * Returns the HTTP status, from 400 to 599, with which a request failed, wherever the error hides it: in a member of any
 * usual name, in a cause, a response or a body, or as a word such as `overloaded_error`. Null when it has none.
 */
export function errorStatus(error: unknown): number | null {
  for (const behind of errorsBehind(error)) {
    for (const name of statusNames) {
      const status = Number(readStatusMember(behind, name))
      if (Number.isInteger(status) && status >= 400 && status <= 599) return status
    }
    for (const name of ['type', 'code', 'status', 'name']) {
      const word = readMember(behind, name)
      const status = typeof word === 'string' ? statusWords[word.toLowerCase()] : undefined
      if (status !== undefined) return status
    }
  }
  return null
}

function readStatusMember(error: Record<string, unknown>, name: string): unknown {
  const status = readMember(error, name)
  return typeof status === 'number' || (typeof status === 'string' && /^\d{3}$/.test(status))
    ? status
    : undefined
}

/** Codes of a handshake that failed: no connection either, but it will fail again. */
const handshakeCode =
  /^(?:CERT_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|UNABLE_TO_\w+|ERR_TLS_\w+|EPROTO)$/

/** Returns the code of the network failure that caused an error, such as `ECONNREFUSED`; empty when there is none. */
export function networkCodeBehind(error: unknown): string {
  for (const behind of errorsBehind(error).slice(1)) {
    const code = readMember(behind, 'code')
    if (typeof code === 'string' && (isNetworkCode(code) || handshakeCode.test(code))) return code
  }
  return ''
}
