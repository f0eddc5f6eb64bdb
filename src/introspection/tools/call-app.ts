import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import { toCallApp } from '../../project/app.ts'
import type { AppHandler } from '../../project/project.ts'
import { readAnswer } from './app-answer.ts'
import type { ToolOutcome } from './outcome.ts'
import type { StudioTool } from '../model/tool.ts'

/** A tool call that the application of the project answers. */
interface AppCall {
  readonly app: AppHandler
  readonly tool: StudioTool
  readonly args: JsonObject
  readonly exchange: Exchange
  /** Names of JSON members to remove from the answer. */
  readonly hidden: ReadonlySet<string>
  readonly onError: (error: unknown, request: Request) => void
}

/** Longest the application may take, in milliseconds. */
const appTimeoutMs = 30_000

/** Headers that describe the request to Studio and not its caller. All others are passed on to the application. */
const requestHeaders =
  /^(accept|accept-.*|connection|content-.*|expect|host|if-.*|keep-alive|last-event-id|mcp-.*|prefer|proxy-.*|range|te|trailer|transfer-encoding|upgrade|x-ai-apply)$/

/**
 * Calls the application in this process on behalf of the caller (docs/decisions/091-tools-go-through-the-application.md). A
 * failure of the application is an outcome.
 *
 * @throws StudioError `bad_request` for a key that cannot be part of a path.
 */
export async function callApp(call: AppCall): Promise<ToolOutcome> {
  const { app, exchange, hidden, onError } = call
  const { request, env, context } = exchange
  const late = new StudioError('unavailable', `No answer within ${appTimeoutMs} ms`)
  const target = toTarget(call)
  try {
    return await withDeadline(appTimeoutMs, late, async (deadline) => {
      const signal = AbortSignal.any([deadline, request.signal])
      const response = await toCallApp(app)?.(
        new Request(target.url, { ...target.init, signal }),
        env,
        context,
      )
      return readAnswer(response, hidden)
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
  if (url.pathname !== pathname) throw invalidKey()
  const values = hasKey ? rest : args
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
    throw invalidKey() // for a lone surrogate
  }
}

function invalidKey(): StudioError {
  return badRequest('Invalid arguments: pk: cannot be part of a path', [
    { path: 'pk', message: 'cannot be part of a path' },
  ])
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function toHeaders({ request, requestId }: Exchange): Headers {
  const headers = new Headers({ accept: 'application/json', 'x-request-id': requestId })
  for (const [name, value] of request.headers) {
    if (!requestHeaders.test(name) && name !== 'x-request-id') headers.append(name, value)
  }
  return headers
}
