import { Router } from 'itty-router'
import { badRequest, StudioError } from '../errors.ts'
import { readJson } from './body.ts'
import { corsHeaders, preflight } from './cors.ts'
import { entityTag, matchesTag } from './etag.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { type Authenticate, authenticate, guardHost, guardOrigin } from './guards.ts'
import type { FetchHandler } from './handler.ts'
import { parse, queryRecord } from './parse.ts'
import { errorResponse, json } from './respond.ts'
import type { Route } from './route.ts'

/** What the pipeline needs to know besides its routes. */
export interface RouterOptions {
  readonly routes: readonly Route[]
  /** Prefix without a trailing slash; empty mounts at the root. */
  readonly basePath: string
  /** Undefined lets any `Host` in, except where the listener is bound to loopback. */
  readonly allowedHosts: readonly string[] | undefined
  readonly allowedOrigins: readonly string[]
  readonly auth: Authenticate | undefined
  /** What this deployment may do; a route's `capability` must be among them. */
  readonly capabilities: ReadonlySet<string>
  /** Longest accepted request body, in bytes. */
  readonly bodyBytes: number
  /** Gets every masked failure, never a client's mistake. */
  readonly onError: (error: unknown, request: Request) => void
}

/**
 * Builds the one request pipeline of both modules: host and origin guard → auth → match → capability → body limit →
 * parse → handle → respond; errors are masked, and CORS and the request id are added on the way out.
 */
export function createRouter(options: RouterOptions): FetchHandler {
  const { routes, basePath, allowedHosts, allowedOrigins, auth, onError } = options
  const open = new Set(routes.filter((route) => route.open).map((route) => route.path))
  const isOpen = ({ method, path }: Exchange) => method === 'OPTIONS' || open.has(path)

  const router = Router<Exchange, [], Response>({
    base: basePath,
    before: [
      (exchange: Exchange) => guardHost(exchange, allowedHosts),
      (exchange: Exchange) => guardOrigin(exchange, allowedOrigins),
      (exchange: Exchange) => (isOpen(exchange) ? undefined : authenticate(exchange, auth)),
    ],
    catch: (error: unknown, exchange: Exchange) => respondError(error, exchange, onError),
    finally: [finish],
  })
  for (const [path, methods] of groupByPath(routes)) {
    router.all(path, (exchange: Exchange) => dispatch(exchange, methods, options))
  }
  router.all('*', () => {
    throw new StudioError('not_found', 'Not found')
  })
  return (request, env, context) => router.fetch(createExchange(request, basePath, env, context))
}

async function dispatch(
  exchange: Exchange,
  methods: ReadonlyMap<string, Route>,
  options: RouterOptions,
): Promise<Response> {
  const { method, request } = exchange
  const route = methods.get(method === 'HEAD' ? 'GET' : method)
  if (!route) {
    const allow = allowHeader(methods)
    if (method === 'OPTIONS') return preflight(exchange, allow)
    throw new StudioError('method_not_allowed', 'Method not allowed', { headers: { allow } })
  }
  if (route.capability !== undefined && !options.capabilities.has(route.capability)) {
    throw new StudioError('forbidden', `This deployment does not offer ${route.capability}`, {
      details: { capability: route.capability },
    })
  }
  const params = decodeParams(exchange)
  await route.check?.(params, exchange)
  const query = route.query && parse(route.query, queryRecord(new URL(request.url)), 'query')
  const body =
    route.body && parse(route.body, await readJson(request, options.bodyBytes), 'request body')
  const answer = await route.handle({ params, query, body }, exchange)
  if (answer instanceof Response) return answer
  if (!route.etag) return json(answer)
  const etag = await entityTag(route.etag(answer))
  if (matchesTag(request.headers.get('if-none-match'), etag)) {
    return new Response(null, { status: 304, headers: { etag } })
  }
  return json(answer, 200, { etag, 'cache-control': 'no-cache' })
}

function respondError(
  error: unknown,
  exchange: Exchange,
  onError: RouterOptions['onError'],
): Response {
  const known = error instanceof StudioError ? error : undefined
  const hidden = known ? known.cause : error
  if (hidden !== undefined) reportSafely(() => onError(hidden, exchange.request))
  return errorResponse(known ?? new StudioError('internal_error', 'Internal error'), exchange.path)
}

function reportSafely(report: () => void): void {
  try {
    report()
  } catch {
    // a failing error hook must not replace the answer
  }
}

function finish(response: Response, exchange: Exchange): Response {
  response.headers.set('x-request-id', exchange.requestId)
  if (exchange.origin !== null) {
    for (const [name, value] of corsHeaders(exchange)) response.headers.append(name, value)
  }
  if (exchange.method !== 'HEAD') return response
  response.body?.cancel().catch(() => undefined)
  return new Response(null, response)
}

function decodeParams({ params = {} }: Exchange): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw badRequest('The path is not valid percent-encoding')
  }
}

function groupByPath(routes: readonly Route[]): Map<string, Map<string, Route>> {
  const paths = new Map<string, Map<string, Route>>()
  for (const route of routes) {
    const methods = paths.get(route.path) ?? new Map<string, Route>()
    if (methods.has(route.method)) {
      throw new TypeError(`Two routes for ${route.method} ${route.path}`)
    }
    paths.set(route.path, methods.set(route.method, route))
  }
  return paths
}

function allowHeader(methods: ReadonlyMap<string, Route>): string {
  const names = [...methods.keys()]
  return [...names, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}
