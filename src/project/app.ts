import type { AppHandler } from './project.ts'
import type { RouteSource } from './routes.ts'

/** Hands a request, the bindings and the execution context to an application. */
export type CallApp = (
  request: Request,
  env: unknown,
  context: unknown,
) => Response | Promise<Response>

/** Finds the way into an application; null when it has none. */
export function toCallApp(app: AppHandler): CallApp | null {
  // What an application does with its bindings and context is between it and its host.
  if (typeof app === 'function') return app as CallApp
  const { fetch } = app
  return typeof fetch === 'function' ? (fetch.bind(app) as CallApp) : null
}

/** Does the application say which routes it has, as Hono apps and itty routers do? */
export function listsRoutes(app: unknown): app is RouteSource {
  const { routes } = (app ?? {}) as { routes?: unknown }
  return Array.isArray(routes)
}
