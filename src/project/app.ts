import type { AppHandler } from './project.ts'
import type { RouteSource } from './routes.ts'

/** Calls an application with a request, the bindings and the execution context. */
export type CallApp = (
  request: Request,
  env: unknown,
  context: unknown,
) => Response | Promise<Response>

/** Returns the function that calls an application; null when the application has no `fetch`. */
export function toCallApp(app: AppHandler): CallApp | null {
  // The host decides the types of the bindings and the context, so they are unknown here.
  if (typeof app === 'function') return app as CallApp
  const { fetch } = app
  return typeof fetch === 'function' ? (fetch.bind(app) as CallApp) : null
}

/** Returns true when an application lists its routes, as Hono apps and itty routers do. */
export function listsRoutes(app: unknown): app is RouteSource {
  const { routes } = (app ?? {}) as { routes?: unknown }
  return Array.isArray(routes)
}
