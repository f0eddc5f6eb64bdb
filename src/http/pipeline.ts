import { badRequest, explainSharedConnection, StudioError } from '../errors.ts'
import { type BodyLimits, readJsonBody } from './body.ts'
import { preflight } from './cors.ts'
import type { ConsoleAssets } from './console/assets.ts'
import { type Incoming, readIncoming } from './exchange.ts'
import { finish } from './finish.ts'
import { type Authenticate, authenticate, guardHost, guardOrigin } from './guards.ts'
import { createPeerGuard } from './peer.ts'
import type { FetchHandler } from './handler.ts'
import { parse, queryRecord } from './parse.ts'
import { errorResponse, json } from './respond.ts'
import type { Route } from './route.ts'
import { createMatcher, type PathRoutes } from './router.ts'

/** What the pipeline needs besides the requests. */
export interface PipelineOptions {
  readonly routes: readonly Route[]
  /** Prefix without a trailing slash; empty mounts at the root. */
  readonly basePath: string
  /** Undefined accepts any `Host`, except on a listener that is bound to loopback. */
  readonly allowedHosts: readonly string[] | undefined
  readonly allowedOrigins: readonly string[]
  readonly auth: Authenticate | undefined
  /** Answers the console's pages and files, which hold no data and need no `auth`. */
  readonly console?: ConsoleAssets | undefined
  /** What this deployment may do. The `capability` of a route must be among them. */
  readonly capabilities: ReadonlySet<string>
  /** Longest accepted request body, in bytes. */
  readonly bodyBytes: number
  /** Longest accepted body of a route with `attachments`, in bytes. */
  readonly attachmentBytes: number
  /** How deep the JSON of a body may nest. */
  readonly jsonDepth: number
  /** How long a client may take to send a body, in milliseconds. */
  readonly bodyMs: number
  /** Gets every masked failure, never a client's mistake. */
  readonly onError: (error: unknown, request: Request) => void
}

/**
 * Builds the one request pipeline that both modules share. Its steps stand here in order; each may refuse the request by
 * a throw.
 *
 * @throws TypeError when two routes share a name, or a method and a path.
 */
export function createPipeline(options: PipelineOptions): FetchHandler {
  const guardPeer = createPeerGuard((line) => console.warn(line))
  const findMatch = createMatcher(options.routes)
  return async (request, env, context) => {
    const incoming = readIncoming(request, options.basePath, { env, context })
    let admittedOrigin: string | null = null
    try {
      const { allowedHosts, auth } = options
      // A browser sends no token to a rebound name, so `auth` is a defence of its own.
      const peer =
        allowedHosts || auth || context?.loopback !== undefined ? null : guardPeer(request, env)
      guardHost(incoming, allowedHosts, peer === 'loopback')
      admittedOrigin = guardOrigin(incoming, options.allowedOrigins)
      const page = await options.console?.answer(incoming, options.basePath)
      if (page) return finish(page, incoming, admittedOrigin)
      const match = findMatch(incoming.path)
      const needsAuth = !match?.routes.open && incoming.method !== 'OPTIONS'
      const principal = needsAuth ? await authenticate(request, options.auth) : null
      if (!match) throw new StudioError('not_found', 'Not found')
      const exchange = { ...incoming, principal }
      const route = selectRoute(match.routes, incoming)
      guardCapability(route, options.capabilities)
      const params = decodeParams(match.params)
      if (route.check) await route.check(params, exchange)
      const query = route.query && parse(route.query, queryRecord(incoming.url), 'query')
      const body =
        route.body &&
        parse(route.body, await readJsonBody(request, bodyLimits(route, options)), 'request body')
      const answer = await route.handle({ params, query, body }, exchange)
      const response = isResponse(answer) ? answer : await toResponse(answer, route, request)
      return finish(response, incoming, admittedOrigin)
    } catch (error) {
      return finish(maskError(error, incoming, options.onError), incoming, admittedOrigin)
    }
  }
}

type SelectedRoute = Pick<
  Route,
  'capability' | 'check' | 'query' | 'body' | 'attachments' | 'etag' | 'handle'
>

function bodyLimits({ attachments = false }: SelectedRoute, options: PipelineOptions): BodyLimits {
  const { bodyBytes, attachmentBytes, jsonDepth, bodyMs } = options
  const maxBytes = attachments ? Math.max(bodyBytes, attachmentBytes) : bodyBytes
  return { maxBytes, jsonDepth, bodyMs }
}

function selectRoute({ methods }: PathRoutes, { method, request }: Incoming): SelectedRoute {
  const route = methods.get(method === 'HEAD' ? 'GET' : method)
  if (route) return route
  const allow = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  if (method === 'OPTIONS') return { handle: () => preflight(request, allow) }
  throw new StudioError('method_not_allowed', 'Method not allowed', { headers: { allow } })
}

function guardCapability({ capability }: SelectedRoute, capabilities: ReadonlySet<string>): void {
  if (capability === undefined || capabilities.has(capability)) return
  throw new StudioError('forbidden', `This deployment does not offer ${capability}`, {
    details: { capability },
  })
}

function decodeParams(params: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw badRequest('The path is not valid percent-encoding')
  }
}

/** Not `instanceof`: some hosts replace the global `Response`, while `fetch` still returns the original one. */
function isResponse(answer: unknown): answer is Response {
  return Object.prototype.toString.call(answer) === '[object Response]'
}

function toResponse(
  answer: unknown,
  { etag }: SelectedRoute,
  request: Request,
): Response | Promise<Response> {
  if (!etag) return json(answer)
  // loaded late, which keeps the core entry small
  return import('./etag.ts').then((module) => module.tagged(answer, etag(answer), request, json))
}

/** Reports what the client must not see: an unknown error, or the cause of a known one. */
function maskError(
  error: unknown,
  { request, path }: Incoming,
  onError: PipelineOptions['onError'],
): Response {
  const known = error instanceof StudioError ? error : explainSharedConnection(error)
  if (!known || known.cause !== undefined) {
    // An operator needs the explanation, not the host's own error alone.
    const reported = explainSharedConnection(known?.cause) ?? known?.cause ?? error
    // A hook that throws or rejects must not replace the response.
    void (async () => onError(reported, request))().catch(() => undefined)
  }
  return errorResponse(known ?? new StudioError('internal_error', 'Internal error'), path)
}
