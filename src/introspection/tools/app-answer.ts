import type { Json } from '../../lib/json.ts'
import { readText } from '../../lib/read-text.ts'
import { redactText } from '../../lib/redact.ts'
import type { ToolOutcome } from './outcome.ts'

/** Longest answer of an application that is handed on, in bytes. */
const maxBytes = 1_000_000

/**
 * Turns an application's answer into an outcome: JSON or plain text as it is, without the members that are hidden. A
 * failure of 500 and above says its status alone; what a 400 says is redacted, for development servers put stacks there.
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
  const isReadable = status < 300 || (status >= 400 && status < 500)
  if (!isReadable || !(isJson || isEmpty || type === 'text/plain')) {
    void response.body?.cancel().catch(() => undefined)
    const what = isReadable ? ` with ${type || 'no content type'}` : ''
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

function clean(value: Json, hidden: ReadonlySet<string>, redacts: boolean): Json {
  if (typeof value === 'string') return redacts ? redactText(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => clean(item, hidden, redacts))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !hidden.has(name) && !(redacts && name === 'stack'))
      .map(([name, member]) => [name, clean(member, hidden, redacts)]),
  )
}
