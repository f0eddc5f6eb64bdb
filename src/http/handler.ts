/** What a host may hand over with a request; Cloudflare's `ExecutionContext` fits. */
export interface HostContext {
  /** Keeps the host alive until the promise settles (Workers and others like it). */
  waitUntil?(promise: Promise<unknown>): void
  /** True when the listener is bound to a loopback address: only loopback names are then accepted as `Host`. */
  loopback?: boolean
}

/** The whole contract with a runtime. Never rejects: every failure is a response. */
export type FetchHandler = (
  request: Request,
  env?: unknown,
  context?: HostContext,
) => Promise<Response>
