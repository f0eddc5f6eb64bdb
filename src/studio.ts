import { agentRoutes } from './agents/routes.ts'
import type { FetchHandler } from './http/handler.ts'
import type { Route } from './http/route.ts'
import { createRouter } from './http/router.ts'
import { createIntrospection } from './introspection/introspection.ts'
import { resolveOptions, type StudioOptions } from './options.ts'

/** A project and its agents behind one `fetch`. */
export class Studio {
  /** Bound: may be passed around without its object. */
  readonly fetch: FetchHandler
  readonly routes: readonly Route[]

  constructor(_agents: readonly unknown[] = [], options: StudioOptions = {}) {
    const resolved = resolveOptions(options)
    const agents = agentRoutes()
    const introspection = createIntrospection({ ...resolved, agentRoutes: agents })
    const capabilities = new Set<string>(introspection.capabilities)
    this.routes = [...introspection.routes, ...agents]
    this.fetch = createRouter({ ...resolved, routes: this.routes, capabilities })
  }
}
