import { badRequest, StudioError } from '../errors.ts'
import { readJson } from './body.ts'
import { preflight } from './cors.ts'
import { entityTag, matchesTag } from './etag.ts'
import type { Exchange } from './exchange.ts'
import { parse, queryRecord } from './parse.ts'
import { json } from './respond.ts'
import type { Route } from './route.ts'

/** The routes of one path, by method. */
export interface Resource {
  readonly path: string
  /** True when one of them answers without `auth`. */
  readonly open: boolean
  readonly methods: Map<string, Route>
}

/** Limits of what a route is given. */
export interface DispatchOptions {
  readonly capabilities: ReadonlySet<string>
  /** Longest accepted request body, in bytes. */
  readonly bodyBytes: number
}

/** Method → capability → parse (the body within its limit) → handle → respond. */
export async function dispatch(
  exchange: Exchange,
  resource: Resource,
  { capabilities, bodyBytes }: DispatchOptions,
): Promise<Response> {
  const { method, request } = exchange
  const route = resource.methods.get(method === 'HEAD' ? 'GET' : method)
  if (!route) return refuseMethod(exchange, resource)
  if (route.capability !== undefined && !capabilities.has(route.capability)) {
    throw new StudioError('forbidden', `This deployment does not offer ${route.capability}`, {
      details: { capability: route.capability },
    })
  }
  const params = decodeParams(exchange.params)
  await route.check?.(params, exchange)
  const query = route.query && parse(route.query, queryRecord(new URL(request.url)), 'query')
  const body = route.body && parse(route.body, await readJson(request, bodyBytes), 'request body')
  const answer = await route.handle({ params, query, body }, exchange)
  if (isResponse(answer)) return answer
  return route.etag
    ? respondTagged(answer, await entityTag(route.etag(answer)), request)
    : json(answer)
}

function refuseMethod(exchange: Exchange, { methods }: Resource): Response {
  const allow = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  if (exchange.method === 'OPTIONS') return preflight(exchange, allow)
  throw new StudioError('method_not_allowed', 'Method not allowed', { headers: { allow } })
}

function respondTagged(answer: unknown, etag: string, { headers }: Request): Response {
  const tagged = { etag, 'cache-control': 'no-cache' }
  return matchesTag(headers.get('if-none-match'), etag)
    ? new Response(null, { status: 304, headers: tagged })
    : json(answer, 200, tagged)
}

/** By tag, for a host may have replaced the global class that `fetch` still answers with. */
function isResponse(answer: unknown): answer is Response {
  return Object.prototype.toString.call(answer) === '[object Response]'
}

function decodeParams(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw badRequest('The path is not valid percent-encoding')
  }
}
