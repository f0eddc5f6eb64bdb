import type { Json } from '../../lib/json.ts'
import { readText } from '../../lib/read-text.ts'
import { redactText } from '../../lib/redact.ts'
import type { ToolOutcome } from './outcome.ts'

/** Longest body of an application's answer that is passed on, in bytes. */
const maxBytes = 1_000_000

/**
 * Turns an application's answer into an outcome: its JSON or plain text, without members that have a hidden name. A 5xx
 * shows only its status. A 4xx is redacted, because development servers put stack traces there.
 */
export async function readAnswer(
  response: Response | undefined,
  hidden: ReadonlySet<string>,
): Promise<ToolOutcome> {
  if (!response) return fail(null, 'The application did not answer')
  const { status, headers } = response
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const isJson = type === 'application/json' || type.endsWith('+json')
  const isEmpty = response.body === null || status === 204
  const hasReadableStatus = status < 300 || (status >= 400 && status < 500)
  if (!hasReadableStatus || !(isJson || isEmpty || type === 'text/plain')) {
    void response.body?.cancel().catch(() => undefined)
    const what = hasReadableStatus ? ` with ${type || 'no content type'}` : ''
    return fail(status, `The application answered ${status}${what}`)
  }
  const text = isEmpty ? '' : await readText(response.body, { maxBytes, fatal: false })
  if (text === null) {
    return fail(status, `The answer is larger than ${maxBytes} bytes: ask for less`)
  }
  const content = isJson && text !== '' ? parseJson(text) : text || null
  if (content === undefined) return fail(status, 'The answer of the application is not JSON')
  const isError = status >= 400
  return { isError, status, result: clean(content, hidden, isError) }
}

function fail(status: number | null, message: string): ToolOutcome {
  return { isError: true, status, result: { message } }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** Removes members with a hidden name; of an error also stacks, and secrets in its texts. */
function clean(value: Json, hidden: ReadonlySet<string>, isError: boolean): Json {
  if (typeof value === 'string') return isError ? redactText(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => clean(item, hidden, isError))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !hidden.has(name) && !(isError && name === 'stack'))
      .map(([name, member]) => [name, clean(member, hidden, isError)]),
  )
}
