/** What a host may pass with a request; Cloudflare's `ExecutionContext` fits. */
export interface HostContext {
  /** Keeps the host alive until the promise settles, on Workers and similar hosts. */
  waitUntil?(promise: Promise<unknown>): void
  /** True when the listener is bound to a loopback address. Then only loopback names are accepted as `Host`. */
  loopback?: boolean
}

/** The whole contract with a runtime. It never rejects: every failure is a response. */
export type FetchHandler = (
  request: Request,
  env?: unknown,
  context?: HostContext,
) => Promise<Response>
