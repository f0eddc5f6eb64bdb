import type { HostContext } from './handler.ts'

/** Who is asking, as `auth` said. `tenant` scopes every row; without it there is one tenant. */
export interface Principal {
  readonly id: string
  readonly tenant?: string
  /** True shows tools that are for administrators. */
  readonly admin?: boolean
}

/** One request on its way through the pipeline. */
export interface Exchange {
  readonly request: Request
  readonly method: string
  readonly url: string
  /** The path below `basePath`, undecoded; empty for a path outside of it. */
  readonly path: string
  readonly host: string
  /** `Origin` of the request; null when it has none. */
  readonly origin: string | null
  /** The scheme and authority this request was sent to. */
  readonly selfOrigin: string
  readonly requestId: string
  readonly env: unknown
  readonly context: HostContext
  /** The origin that `guardOrigin` let in; only then may it read the answer. */
  admittedOrigin: string | null
  /** Null until `authenticate` ran, and where no `auth` is configured. */
  principal: Principal | null
  /** Raw path parameters, written by the router. */
  params: Record<string, string>
}

const wellFormedId = /^[A-Za-z0-9._:-]{1,128}$/

/** Reads what the pipeline needs from a request, once. */
export function createExchange(
  request: Request,
  basePath: string,
  env: unknown,
  context: HostContext | undefined,
): Exchange {
  const { headers, url, method } = request
  const { pathname, host, origin: selfOrigin } = new URL(url)
  const callerId = headers.get('x-request-id')
  return {
    request,
    method,
    url,
    path: pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : '',
    host,
    origin: headers.get('origin'),
    selfOrigin,
    requestId: callerId && wellFormedId.test(callerId) ? callerId : crypto.randomUUID(),
    env,
    context: context ?? {},
    admittedOrigin: null,
    principal: null,
    params: {},
  }
}
