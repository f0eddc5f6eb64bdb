import { errorStatus, type StudioError } from '../errors.ts'
import { toJson } from '../lib/json.ts'

/**
 * Responds with JSON. Members that are `undefined` are left out, as `JSON.stringify` does.
 *
 * @throws TypeError for a value that JSON cannot hold: `undefined` itself, a BigInt, a cycle.
 */
export function json(value: unknown, status = 200, headers?: Record<string, string>): Response {
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError('The answer is not JSON')
  // Not `Response.json`, which costs 1.4 times as much in Node 20.
  return new Response(text, {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

/** Responds with 204 and no body. */
export function noContent(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers })
}

/** Responds with the error envelope. Below `/studio` and `/ai` it has the message in `detail` too. */
export function errorResponse(error: StudioError, path: string): Response {
  const { code, message, details, headers } = error
  const envelope = {
    error: { code, message, ...(details === undefined ? {} : { details: toJson(details) }) },
  }
  const body = /^\/(studio|ai)(\/|$)/.test(path) ? { ...envelope, detail: message } : envelope
  return json(body, errorStatus[code], headers)
}
