import { abortable } from '../../lib/deadline.ts'
import { parseExactJson } from '../../lib/exact-json.ts'
import type { Json } from '../../lib/json.ts'
import { readText } from '../../lib/read-text.ts'
import { redactKeys, redactText } from '../../lib/redact.ts'
import type { ToolOutcome } from './outcome.ts'
import type { WithheldNames } from './withheld-names.ts'
import { createWithholder, type Withholder } from './withhold.ts'

/** Longest body of an application's answer that is passed on, in bytes. */
const maxBytes = 1_000_000

/** What an answer is read with. */
interface AnswerOptions {
  readonly withheld: WithheldNames
  /** The model of the tool. */
  readonly model: string
  /** Aborts when the application has had its time, or the caller left: the body is cancelled then. */
  readonly signal: AbortSignal
}

/**
 * Turns an application's answer into an outcome: its JSON or plain text, without what is withheld. A 5xx shows only its
 * status. A 4xx is redacted, because development servers put stack traces there.
 */
export async function readAnswer(
  response: Response | undefined,
  { withheld, model, signal }: AnswerOptions,
): Promise<ToolOutcome> {
  if (!response) return fail(null, 'The application did not answer')
  const { status, body } = response
  const { isJson, isReadable, shown } = readMediaType(response)
  const hasReadableStatus = status < 300 || (status >= 400 && status < 500)
  const isEmpty = body === null || status === 204
  if (!hasReadableStatus || !(isReadable || isEmpty)) {
    void body?.cancel().catch(() => undefined)
    return fail(status, `The application answered ${status}${hasReadableStatus ? shown : ''}`)
  }
  const bound = (reading: Promise<string | null>) => abortable(reading, signal)
  const text = isEmpty ? '' : await readText(body, { maxBytes, fatal: false, bound })
  if (text === null) {
    return fail(status, `The answer is larger than ${maxBytes} bytes: ask for less`)
  }
  const withholder = createWithholder(withheld, status >= 400 ? redactText : redactKeys)
  return toOutcome(text.replace(/^\uFEFF/, ''), { status, isJson, model, withholder })
}

/** Only JSON and plain text in UTF-8 are read. */
function readMediaType({ headers }: Response) {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const media = type.trim().slice(0, 100)
  const isJson = media === 'application/json' || media.endsWith('+json')
  const isUtf8 = parameters.every((each) => !/charset=(?!"?(?:utf-?8|us-ascii))/.test(each))
  const isReadable = isUtf8 && (isJson || media === 'text/plain')
  const shown = ` with ${media || 'no content type'}${isUtf8 ? '' : ', not in UTF-8'}`
  return { isJson, isReadable, shown }
}

function toOutcome(
  text: string,
  parts: {
    readonly status: number
    readonly isJson: boolean
    readonly model: string
    readonly withholder: Withholder
  },
): ToolOutcome {
  const { status, isJson, model, withholder } = parts
  const isError = status >= 400
  if (text === '') return { isError, status, result: null }
  const content = parseJson(text)
  if (content === undefined && isJson) {
    return fail(status, 'The answer of the application is not JSON')
  }
  if (content === undefined && withholder.isWithheldText(text)) {
    return fail(status, 'The application answered with a text that lists withheld fields')
  }
  try {
    const result = withholder.clean(content === undefined || !isJson ? text : content, model)
    return { isError, status, result: isError ? dropStacks(result) : result }
  } catch (error) {
    if (error instanceof RangeError) return fail(status, 'The answer is nested too deeply')
    throw error
  }
}

function fail(status: number | null, message: string): ToolOutcome {
  return { isError: true, status, result: { message } }
}

function parseJson(text: string): Json | undefined {
  try {
    return parseExactJson(text)
  } catch {
    return undefined
  }
}

/** Removes the stacks that development servers put into their errors. */
function dropStacks(value: Json): Json {
  if (Array.isArray(value)) return value.map(dropStacks)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([name]) => !/^(?:stack|stack_?trace|trace)$/i.test(name),
  )
  return Object.fromEntries(entries.map(([name, member]) => [name, dropStacks(member)]))
}
