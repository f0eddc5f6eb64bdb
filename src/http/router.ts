import { Router } from 'itty-router'
import { StudioError } from '../errors.ts'
import { corsHeaders } from './cors.ts'
import { dispatch, type Resource } from './dispatch.ts'
import { createExchange, type Exchange } from './exchange.ts'
import { type Authenticate, authenticate, guardHost, guardOrigin } from './guards.ts'
import type { FetchHandler } from './handler.ts'
import { errorResponse } from './respond.ts'
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
 * Builds the one request pipeline of both modules. Errors are masked, and CORS and the request id are added on the way
 * out.
 *
 * @throws TypeError when two routes share a name, or a method and a path.
 */
export function createRouter(options: RouterOptions): FetchHandler {
  const match = createMatcher(options.routes)
  return async (request, env, context) => {
    const exchange = createExchange(request, options.basePath, env, context)
    try {
      return finish(await respond(exchange, match(exchange.path), options), exchange)
    } catch (error) {
      return finish(respondError(error, exchange, options.onError), exchange)
    }
  }
}

/** Host and origin guard → auth → match → (in `dispatch`) capability → body limit → parse → handle. */
async function respond(
  exchange: Exchange,
  match: Match | null,
  options: RouterOptions,
): Promise<Response> {
  guardHost(exchange, options.allowedHosts)
  guardOrigin(exchange, options.allowedOrigins)
  if (!match?.resource.open && exchange.method !== 'OPTIONS') {
    await authenticate(exchange, options.auth)
  }
  if (!match) throw new StudioError('not_found', 'Not found')
  exchange.params = match.params
  return dispatch(exchange, match.resource, options)
}

interface Match {
  readonly resource: Resource
  readonly params: Record<string, string>
}

/** Paths without parameters are looked up; the others are tried in order, with the patterns itty-router makes of them. */
function createMatcher(routes: readonly Route[]): (path: string) => Match | null {
  const resources = toResources(routes)
  const { routes: patterns, all } = Router()
  const dynamic = [...resources.values()].filter(({ path }) => /[:*]/.test(path))
  for (const { path } of dynamic) all(path, () => undefined)
  return (path) => {
    const fixed = resources.get(withoutTrailingSlashes(path))
    if (fixed) return { resource: fixed, params: {} }
    for (const [index, resource] of dynamic.entries()) {
      const found = patterns[index]?.[1].exec(path)
      if (found) return { resource, params: { ...found.groups } }
    }
    return null
  }
}

/** By hand, for a regular expression takes quadratic time over a path that is all slashes but for its end. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (end > 1 && path[end - 1] === '/') end--
  return path.slice(0, end)
}

function toResources(routes: readonly Route[]): Map<string, Resource> {
  const resources = new Map<string, Resource>()
  const seen = new Set<string>()
  for (const route of routes) {
    const { name, method, path, open = false } = route
    const shape = path.replace(/:\w+/g, ':')
    for (const key of [name, `${method} ${shape}`]) {
      if (seen.has(key)) throw new TypeError(`Two routes for ${key}`)
      seen.add(key)
    }
    const resource = resources.get(path) ?? { path, open, methods: new Map<string, Route>() }
    resource.methods.set(method, route)
    resources.set(path, { ...resource, open: resource.open || open })
  }
  return resources
}

function respondError(
  error: unknown,
  exchange: Exchange,
  onError: RouterOptions['onError'],
): Response {
  const known = error instanceof StudioError ? error : null
  if (!known || known.cause !== undefined) report(known ? known.cause : error, exchange, onError)
  return errorResponse(known ?? new StudioError('internal_error', 'Internal error'), exchange.path)
}

/** A failing error hook, also an asynchronous one, must not replace the answer. */
function report(error: unknown, { request }: Exchange, onError: RouterOptions['onError']): void {
  void (async () => onError(error, request))().catch(() => undefined)
}

function finish(response: Response, exchange: Exchange): Response {
  const answer = withHeaders(response, exchange)
  if (exchange.method !== 'HEAD') return answer
  answer.body?.cancel().catch(() => undefined)
  return new Response(null, answer)
}

/** The headers of a fetched or redirecting response cannot be changed: those are copied first. */
function withHeaders(response: Response, exchange: Exchange): Response {
  const { headers } = response
  try {
    headers.set('x-request-id', exchange.requestId)
  } catch {
    return withHeaders(new Response(response.body, response), exchange)
  }
  for (const [name, value] of corsHeaders(exchange)) headers.append(name, value)
  return response
}
