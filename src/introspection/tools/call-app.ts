import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { abortable, withDeadline } from '../../lib/deadline.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import { toCallApp } from '../../project/app.ts'
import type { AppHandler } from '../../project/project.ts'
import { readAnswer } from './app-answer.ts'
import type { ToolOutcome } from './outcome.ts'
import type { StudioTool } from '../model/tool.ts'
import type { WithheldNames } from './withheld-names.ts'

/** A tool call that the application of the project answers. */
interface AppCall {
  readonly app: AppHandler
  readonly tool: StudioTool
  readonly args: JsonObject
  readonly exchange: Exchange
  /** Members to remove from the answer. */
  readonly withheld: WithheldNames
  readonly onError: (error: unknown, request: Request) => void
}

/** Longest the application may take, in milliseconds. */
const appTimeoutMs = 30_000

/**
 * Headers of the caller that reach the application: who it is, its language and tenant, and the trace it belongs to. No other
 * header does, because it could change the method, the path, the host or the identity of the call.
 */
const passedHeaders = new RegExp(
  `^(?:${[
    'authorization|cookie|origin|accept-language|user-agent|traceparent|tracestate|baggage',
    'x-(?:api-key|auth-token|csrf-token|xsrf-token|requested-with|correlation-id|trace-id|api-version)',
    'x-(?:locale|language|timezone)',
    'x-(?:tenant|org|organi[sz]ation|workspace|team|project|company|store|shop|site)(?:-(?:id|slug|name))?',
  ].join('|')})$`,
)

/** Arguments by which frameworks let a client choose another method. */
const methodOverride =
  /^(?:_{1,2}method_?|_http_?method|x-(?:http-)?method(?:-override)?|_method_?override)$/i

/**
 * Calls the application in this process on behalf of the caller (docs/decisions/091-tools-go-through-the-application.md). A
 * failure of the application is an outcome.
 *
 * @throws StudioError `bad_request` for a key that cannot be part of a path.
 */
export async function callApp(call: AppCall): Promise<ToolOutcome> {
  const { app, exchange, tool, withheld, onError } = call
  const { request, env, context } = exchange
  const late = new StudioError('unavailable', `No answer within ${appTimeoutMs} ms`)
  const target = toTarget(call)
  try {
    return await withDeadline(appTimeoutMs, late, async (deadline) => {
      const signal = AbortSignal.any([deadline, request.signal])
      const sent = new Request(target.url, { ...target.init, signal })
      const answered = Promise.resolve(toCallApp(app)?.(sent, env, context))
      const release = (answer?: Response) =>
        signal.aborted && void answer?.body?.cancel().catch(() => undefined)
      answered.then(release, () => undefined)
      const response = await abortable(answered, signal) // also ends when the client has left
      return readAnswer(response, { withheld, model: tool.model ?? '', signal })
    })
  } catch (error) {
    if (error === late) return fail(late.message)
    if (!request.signal.aborted) onError(error, request)
    return fail('The application failed')
  }
}

function fail(message: string): ToolOutcome {
  return { isError: true, status: null, result: { message } }
}

/** Puts the key into the path and the other arguments into the query of a GET or DELETE, otherwise into a JSON body. */
function toTarget({ tool, args, exchange }: AppCall): { url: URL; init: RequestInit } {
  const { method, path } = tool
  const hasKey = path.includes('{pk}')
  const { pk, ...rest } = args
  const url = new URL(exchange.url)
  const pathname = hasKey ? path.replace('{pk}', () => toSegment(pk)) : path
  url.pathname = pathname
  url.search = ''
  // The URL parser normalises `..` and the like: such a key would lead to another path.
  if (url.pathname !== pathname) throw invalidArgument('pk', 'cannot be part of a path')
  const values = hasKey ? rest : args
  const override = Object.keys(values).find((name) => methodOverride.test(name))
  if (override !== undefined) throw invalidArgument(override, 'would change the method of the call')
  const headers = toHeaders(exchange)
  if (method !== 'GET' && method !== 'DELETE') {
    headers.set('content-type', 'application/json')
    return { url, init: { method, headers, body: JSON.stringify(values) } }
  }
  for (const [name, value] of Object.entries(values)) {
    if (value !== null) url.searchParams.set(name, toText(value))
  }
  return { url, init: { method, headers } }
}

/** Escapes a key, including its slashes, to one segment of a path. */
function toSegment(key: Json | undefined): string {
  try {
    return encodeURIComponent(toText(key ?? ''))
  } catch {
    throw invalidArgument('pk', 'cannot be part of a path') // for a lone surrogate
  }
}

function invalidArgument(path: string, message: string): StudioError {
  return badRequest(`Invalid arguments: ${path}: ${message}`, [{ path, message }])
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function toHeaders({ request, requestId }: Exchange): Headers {
  const headers = new Headers({ accept: 'application/json', 'x-request-id': requestId })
  for (const [name, value] of request.headers) {
    if (passedHeaders.test(name)) headers.append(name, value)
  }
  return headers
}
