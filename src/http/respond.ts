import { errorStatus, type StudioError } from '../errors.ts'

/** Answers JSON. `undefined` members are left out, as `JSON.stringify` does. */
export function json(value: unknown, status = 200, headers?: Record<string, string>): Response {
  return Response.json(value, headers ? { status, headers } : { status })
}

/** Answers 204 without a body. */
export function noContent(headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 204, headers })
}

/** The error envelope of contract runs.md D.1; below `/studio` and `/ai` with `detail` beside it. */
export function errorResponse(error: StudioError, path: string): Response {
  const { code, message, details, headers } = error
  const envelope = { error: { code, message, ...(details === undefined ? {} : { details }) } }
  const body = /^\/(studio|ai)(\/|$)/.test(path) ? { ...envelope, detail: message } : envelope
  return json(body, errorStatus[code], headers)
}
