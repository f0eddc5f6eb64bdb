import type { HostContext } from './handler.ts'

/** Who is calling, as `auth` returned it. */
export interface Principal {
  readonly id: string
  /** Scopes every row. Callers without one share a tenant. */
  readonly tenant?: string
  /** True shows the tools that are for administrators. */
  readonly admin?: boolean
}

/** A request as it arrives, before `auth` has run. */
export interface Incoming {
  readonly request: Request
  readonly method: string
  readonly url: URL
  /** The path below `basePath`, undecoded; empty for a path outside of it. */
  readonly path: string
  /** The `Origin` header; null when the request has none. */
  readonly origin: string | null
  readonly requestId: string
  /** The bindings that the host passed to `fetch`. */
  readonly env: unknown
  readonly context: HostContext
}

/** One request on its way to a handler. */
export interface Exchange extends Incoming {
  /** Null on open routes, and where no `auth` is configured. */
  readonly principal: Principal | null
}

const wellFormedId = /^[A-Za-z0-9._:-]{1,128}$/

/** Reads what the pipeline needs from a request. A well-formed `X-Request-Id` of the client is kept. */
export function readIncoming(
  request: Request,
  basePath: string,
  host: { readonly env: unknown; readonly context: HostContext | undefined },
): Incoming {
  const { headers, method } = request
  const url = new URL(request.url)
  const { pathname } = url
  const clientId = headers.get('x-request-id')
  return {
    request,
    method,
    url,
    path: pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : '',
    origin: headers.get('origin'),
    requestId: clientId && wellFormedId.test(clientId) ? clientId : crypto.randomUUID(),
    env: host.env,
    context: host.context ?? {},
  }
}
