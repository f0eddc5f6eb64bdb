/** What a host may pass with a request; Cloudflare's `ExecutionContext` fits. */
export interface HostContext {
  /** Keeps the host alive until the promise settles, on Workers and similar hosts. */
  waitUntil?(promise: Promise<unknown>): void
  /** True when the listener is bound to a loopback address. Then only loopback names are accepted as `Host`. */
  loopback?: boolean
}

/** What `Studio.fetch` takes: a request as hosts pass it, or what the global `fetch` takes. A text may be a path alone. */
export interface StudioFetch extends FetchHandler {
  (input: string | URL, init?: RequestInit): Promise<Response>
  (request: Request, env?: unknown, context?: HostContext): Promise<Response>
}

/** The whole contract with a runtime. It never rejects: every failure is a response. */
export type FetchHandler = (
  request: Request,
  env?: unknown,
  context?: HostContext,
) => Promise<Response>
